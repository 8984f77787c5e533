"""Versions, their order and requirements are what the semver crate says, which is what cargo itself uses."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from itertools import chain
from typing import TypeVar

import pytest

from pratique.ecosystems.cargo import CARGO
from pratique.ecosystems.cargo.requirements import normal_requirement
from pratique.ecosystems.cargo.versions import MAX_LENGTH, is_version
from tests.harness.semver_crate import SemverCrate

T = TypeVar("T")
PAIRS = 5_000
REQUIREMENTS = 3_000
NUMBERS = ("0", "1", "2", "9", "10", "11", "007", str(2**63), str(2**64 - 1), str(2**64), "9" * 25)
IDENTIFIERS = (
    "0", "00", "1", "01", "001", "2", "10", "99999999999999999999", "100000000000000000000", "0" * 30, "9" * 30,
    "a", "A", "b", "Z", "alpha", "beta", "rc", "rc1", "rc-1", "1a", "a1", "0a", "01a", "-", "--", "-1", "1-", "-0", "",
)  # fmt: skip
ODD = ("_", " ", ".", "+", "-", "v", "*", "\u00e9", "\u0661", "\x00")
OPERATORS = ("", "", "=", ">", ">=", "<", "<=", "~", "^", "==", "=>", "!")


@pytest.fixture(scope="module")
def crate(tmp_path_factory: pytest.TempPathFactory) -> SemverCrate:
    return SemverCrate(tmp_path_factory.mktemp("semver"))


class Chance:
    """Nasty versions and requirements, the same in every run."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def version(self) -> str:
        """Mostly a version."""
        release = ".".join(self._number() for _ in range(3))
        before = f"-{self._identifiers()}" if self._happens(0.6) else ""
        after = f"+{self._identifiers()}" if self._happens(0.4) else ""
        return self._spoilt(release + before + after)

    def near(self, version: str) -> str:
        """Another version that differs little, often in its build only, or not at all."""
        release, _, _build = version.partition("+")
        changes: tuple[Callable[[], str], ...] = (
            lambda: version,
            lambda: f"{release}+{self._identifiers()}",
            lambda: f"{version}.{self._pick(IDENTIFIERS)}",
            lambda: f"{release.partition('-')[0]}-{self._identifiers()}",
            lambda: version.replace("0", "00", 1),
            lambda: version.replace("a", "A", 1),
            self.version,
        )
        return self._pick(changes)()

    def requirement(self) -> str:
        """Mostly a requirement."""
        parts = (self._comparator() for _ in range(self._pick((1, 1, 1, 2, 3))))
        return self._spoilt(self._pick((",", ", ", " , ")).join(parts))

    def _comparator(self) -> str:
        blanks = self._pick(("", "", " ", "  "))
        numbers = [self._number() for _ in range(self._pick((1, 2, 3)))]
        numbers += [self._pick("*xX") for _ in range(self._pick((0, 0, 0, 1, 2)))]
        before = f"-{self._identifiers()}" if self._happens(0.2) else ""
        after = f"+{self._identifiers()}" if self._happens(0.1) else ""
        if self._happens(0.03):
            numbers = [self._pick("*xX")]
        return f"{blanks}{self._pick(OPERATORS)}{blanks}{'.'.join(numbers)}{before}{after}{blanks}"

    def _number(self) -> str:
        return self._pick(NUMBERS) if self._happens(0.2) else self._pick(("0", "1", "2", "10"))

    def _identifiers(self) -> str:
        sound = [one for one in IDENTIFIERS if one]
        return ".".join(self._pick(sound if self._happens(0.98) else IDENTIFIERS) for _ in range(self._pick((1, 2, 3))))

    def _spoilt(self, text: str) -> str:
        if not self._happens(0.04):
            return text
        place = self._random.randrange(len(text) + 1)
        return text[:place] + self._pick(ODD) + text[place:]

    def _happens(self, chance: float) -> bool:
        return self._random.random() < chance

    def _pick(self, choices: Sequence[T]) -> T:
        return self._random.choice(choices)


def pairs() -> list[tuple[str, str]]:
    chance = Chance(1)
    found = [(version, chance.near(version)) for version in (chance.version() for _ in range(2 * PAIRS))]
    return [pair for pair in found if max(map(len, pair)) <= MAX_LENGTH][:PAIRS]


def our_kind(version: str) -> str:
    if not is_version(version):
        return "none"
    return "prerelease" if CARGO.is_prerelease(version) else "release"


def our_order(one: str, other: str) -> str:
    if not (is_version(one) and is_version(other)):
        return "none"
    a, b = CARGO.version_key(one), CARGO.version_key(other)
    return "less" if a < b else "greater" if a > b else "equal"


def our_form(requirement: str) -> str:
    try:
        return normal_requirement(requirement)
    except ValueError:
        return "none"


def test_the_order_of_5000_pairs_is_the_crates_own(crate: SemverCrate) -> None:
    asked = pairs()

    said = crate.says(("order", *pair) for pair in asked)

    differing = [(pair, theirs) for pair, theirs in zip(asked, said, strict=True) if our_order(*pair) != theirs]
    assert len(asked) == PAIRS
    assert min(said.count(order) for order in ("less", "equal", "greater", "none")) > 300
    assert not differing


def test_what_is_a_version_and_what_a_prerelease_is_the_crates_own_verdict(crate: SemverCrate) -> None:
    asked = sorted(set(chain.from_iterable(pairs())))

    said = crate.says(("version", version) for version in asked)

    differing = [(one, theirs) for one, theirs in zip(asked, said, strict=True) if our_kind(one) != theirs]
    assert min(said.count(kind) for kind in ("release", "prerelease", "none")) > 300
    assert not differing


def test_requirements_are_read_and_written_as_by_the_crate(crate: SemverCrate) -> None:
    chance = Chance(2)
    asked = [chance.requirement() for _ in range(REQUIREMENTS)]

    said = crate.says(("requirement", requirement) for requirement in asked)

    differing = [(one, theirs) for one, theirs in zip(asked, said, strict=True) if our_form(one) != theirs]
    assert 300 < said.count("none") < REQUIREMENTS - 300
    assert not differing
