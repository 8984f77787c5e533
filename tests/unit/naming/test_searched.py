"""What is searched says the same as what is indexed, and what a snapshot lacks can be told along."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings

from pratique.naming.check import At, Outcome, check
from pratique.naming.corpus import Known, shipped, shipped_others
from pratique.naming.snapshot import Snapshot, build, build_shipped, build_small
from tests.unit.naming.names import POPULAR
from tests.unit.naming.test_properties import TYPED

_POPULAR = [Known(name) for name in POPULAR["npm"]]
_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789-"


def mistyped(name: str, chance: random.Random) -> str:
    """A name with one thing wrong."""
    place = chance.randrange(len(name))
    letter, here = chance.choice(_LETTERS), name[place]
    further = min(len(name), place + chance.randrange(1, 6))
    return chance.choice(
        [
            name[:place] + letter + name[place:],
            name[:place] + letter + name[place + 1 :],
            name[:place] + name[place + 1 :],
            name[:place] + name[place + 1 : further] + here + name[further:],
            name[:place] + name[place + 1 : place + 2] + here + name[place + 2 :],
            f"{name}-js",
            f"python-{name}",
            f"{name}2",
            "-".join(reversed(name.split("-"))),
            name.replace("l", "1").replace("m", "rn"),
            name.partition("/")[2] or name,
        ]
    )


def both(ecosystem: str, most: int) -> tuple[list[Known], Snapshot, Snapshot]:
    popular, others = shipped(ecosystem)[:most], shipped_others(ecosystem)[:most]
    return list(popular), build(ecosystem, popular, others), build_small(ecosystem, popular, others)


@pytest.mark.parametrize("ecosystem", ["npm", "pypi", "cargo", "maven"])
def test_searching_finds_what_indexes_find(ecosystem: str) -> None:
    popular, indexed, searched = both(ecosystem, 2_000)
    chance = random.Random(7)
    asked = [mistyped(chance.choice(popular).name, chance) for _ in range(1_500)]

    for at in At:
        assert [check(searched, name, at) for name in asked] == [check(indexed, name, at) for name in asked]
    found = {check(indexed, name).kind for name in asked}
    assert {"misspelling", "same_letters"} <= found


@settings(deadline=None, max_examples=60)
@given(TYPED, TYPED)
def test_any_name_gets_the_same_verdict(name: str, other: str) -> None:
    arguments = ("npm", _POPULAR, [other])

    assert check(build_small(*arguments), name) == check(build(*arguments), name)


def test_what_comes_along_is_the_same_however_it_is_made() -> None:
    assert build_shipped("cargo") == build_small("cargo", shipped("cargo"), shipped_others("cargo"))


def test_names_told_along_count_like_those_of_the_snapshot() -> None:
    verdict = check(build_small("pypi", [Known("left-pad")]), "acmecore", alike=["acme-core", "acme-web"])

    assert (verdict.verdict, verdict.kind, verdict.targets) == (Outcome.HOLD, "same_letters", ("acme-core",))
    assert check(build_small("pypi", []), "acme-core", alike=["acme-core"]).verdict is Outcome.OK


def test_a_name_told_along_is_never_more_popular_than_what_is_installed() -> None:
    verdict = check(build_small("pypi", []), "acmecore", At.INSTALL, alike=["acme-core"])

    assert verdict.verdict is Outcome.OK
