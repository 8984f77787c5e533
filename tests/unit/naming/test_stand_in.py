"""Names that are asked for in the place of private ones: no upstream learns anything from them."""

from __future__ import annotations

import pytest

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
