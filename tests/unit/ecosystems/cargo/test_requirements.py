"""Requirements are written as cargo writes them after reading."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.ecosystems.cargo.requirements import normal_requirement


@pytest.mark.parametrize(
    ("written", "listed"),
    [
        ("1", "^1"),
        ("1.2", "^1.2"),
        ("1.2.3", "^1.2.3"),
        ("1.2.3-rc.1", "^1.2.3-rc.1"),
        ("1.2.3+build.7", "^1.2.3"),
        ("=1.2.3-rc.1+build", "=1.2.3-rc.1"),
        ("^1.2", "^1.2"),
        ("~ 1.2", "~1.2"),
        ("  >=  1.0  ,<2 ", ">=1.0, <2"),
        ("> 1, < 2, =1.5", ">1, <2, =1.5"),
        ("*", "*"),
        (" x ", "*"),
        ("X", "*"),
        ("1.*", "1.*"),
        ("1.x", "1.*"),
        ("1.*.*", "1.*"),
        ("1.2.X", "1.2.*"),
        ("=1.*", "=1"),
        (">=1.2.x", ">=1.2"),
        (f"{2**64 - 1}", f"^{2**64 - 1}"),
        (", ".join(["1"] * 32), ", ".join(["^1"] * 32)),
    ],
)
def test_a_requirement_is_listed_in_cargos_own_form(written, listed):
    assert normal_requirement(written) == listed


@pytest.mark.parametrize(
    "written",
    ["", " ", ",", "1,", ",1", "1 2", "1..2", "a", "v1", "==1", "=>1", "1.2.3.4", "01", "1.02", "1.*.3", "1.2.*.*",
     "*.1", "*, 1", "1, *", "1.*-rc", "1-rc", "1.2-rc", "1.2.3-", "1.2.3+", "1.2.3-01", "\t1", "1\n", "1 || 2",
     "\u0661", str(2**64), f"1.{2**64}", f"1.2.{2**64}", ", ".join(["1"] * 33), "," * 100_000, "9" * 5_000,
     "1" + " " * 200_000 + "x"],
)  # fmt: skip
def test_what_cargo_does_not_read_is_no_requirement(written):
    with pytest.raises(ValueError, match=r"version|number|parts"):
        normal_requirement(written)


@given(st.text(alphabet="0123456789.*xX^~=<>, -+ab", max_size=20))
def test_any_text_is_a_requirement_in_its_last_form_or_a_value_error(text):
    with contextlib.suppress(ValueError):
        listed = normal_requirement(text)
        assert normal_requirement(listed) == listed
