"""Names that are asked for in the place of private ones: no upstream learns anything from them."""

from __future__ import annotations

import re

import pytest

from pratique.ecosystems.cargo.names import twins
from pratique.naming.spelling import canonical
from pratique.naming.stand_in import stand_in

KEY = b"k" * 32
NAMES = {"npm": "@acme/secret", "pypi": "acme-secret", "cargo": "acme_secret", "maven": "com.acme:secret",
         "rubygems": "acme-secret", "nuget": "acme.secret"}  # fmt: skip


@pytest.mark.parametrize(("ecosystem", "name"), NAMES.items())
def test_it_is_a_name_of_the_ecosystem_in_a_scope_where_the_other_is_and_tells_nothing_of_it(
    ecosystem: str, name: str
) -> None:
    other = stand_in(ecosystem, name, KEY)

    assert canonical(ecosystem, other) == other
    assert [char in other for char in "@/:"] == [char in name for char in "@/:"]
    assert "acme" not in other
    assert "secret" not in other


def test_it_is_the_same_for_one_name_and_another_for_each_other_name_and_server() -> None:
    made = {stand_in("npm", name, key) for name in ("a", "b", "@s/a") for key in (KEY, b"l" * 32) for _ in range(2)}

    assert len(made) == 6


@pytest.mark.parametrize("name", ["a", "acme_secret", "acme-secret_core", "-acme--secret-", "a-b_c" * 8, "-" * 64])
def test_that_of_a_crate_has_its_joints_in_their_order_and_so_as_many_twins(name: str) -> None:
    other = stand_in("cargo", name, KEY)

    assert "".join(re.findall("[-_]", other)) == "".join(re.findall("[-_]", name))
    assert twins(other) is None if twins(name) is None else len(twins(other) or ()) == len(twins(name) or ())
    assert len(other.replace("-", "").replace("_", "")) >= min(32, 64 - name.count("-") - name.count("_"))


def test_joints_that_make_no_twins_are_not_told() -> None:
    assert "-" not in stand_in("pypi", "acme-secret", KEY)
    assert "-" not in stand_in("npm", "acme-secret", KEY)
