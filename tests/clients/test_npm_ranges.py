"""What npm is told of affected versions is what npm's own semver finds affected."""

from __future__ import annotations

import json
import random
from itertools import product
from pathlib import Path

from pratique.advisories.affected import Affected, pack
from pratique.advisories.evaluation import affects
from pratique.advisories.spans import spans
from pratique.ecosystems.npm import NPM
from pratique.ecosystems.npm.audit import range_of
from tests.harness.clients import program
from tests.harness.process import run, stranger

JUDGE = """
const semver = require(process.argv[1])
const cases = JSON.parse(require('fs').readFileSync(0, 'utf8'))
const says = ([range, version]) => [true, false].map(
  includePrerelease => semver.satisfies(version, range, { includePrerelease, loose: true }))
console.log(JSON.stringify(cases.map(says)))
"""
VERSIONS = tuple(
    f"{major}.{minor}.{patch}{pre}"
    for (major, minor, patch), pre in product(
        ((0, 0, 0), (0, 0, 1), (0, 1, 0), (1, 0, 0), (1, 0, 10), (1, 2, 0), (2, 0, 0), (10, 0, 0)),
        ("", "-0", "-alpha", "-alpha.1", "-alpha.beta", "-rc.2", "-rc.10"),
    )
)
KINDS = ("introduced", "introduced", "fixed", "last_affected", "limit")
CASES = 2_000


def test_a_range_holds_what_the_record_says_with_and_without_prereleases(tmp_path: Path) -> None:
    chance = random.Random(4)
    cases = [(affected, chance.choice(VERSIONS)) for affected in (a_record(chance) for _ in range(CASES))]
    expected = [affects(affected, version, NPM.version_key) for affected, version in cases]
    asked = [
        [range_of(spans(affected, NPM.version_key), [version] if hit else []), version]
        for (affected, version), hit in zip(cases, expected, strict=True)
    ]

    said = judged(asked, tmp_path)

    wrong = [
        (affected, question, answer, hit)
        for (affected, _), question, answer, hit in zip(cases, asked, said, expected, strict=True)
        if answer[0] != hit or answer[1] not in (hit, False) or (hit and not answer[1])
    ]
    assert not wrong, wrong[:5]
    assert CASES / 5 < sum(expected) < CASES * 4 / 5


def a_record(chance: random.Random) -> str:
    """Events over some ranges, and versions named one by one."""
    ranges = tuple(
        tuple((kind, _version(kind, chance)) for kind in chance.choices(KINDS, k=chance.randint(1, 5)))
        for _ in range(chance.randint(0, 3))
    )
    return pack(Affected(tuple(chance.choices(VERSIONS, k=chance.randint(1, 3))), ranges))


def _version(kind: str, chance: random.Random) -> str:
    return "0" if kind == "introduced" and chance.random() < 0.2 else chance.choice(VERSIONS)


def judged(cases: list[list[str]], folder: Path) -> list[list[bool]]:
    """What the semver that npm carries says of pairs of range and version: with pre-releases, without."""
    npm = Path(program("npm")).resolve()
    semver = next(parent / "node_modules" / "semver" for parent in npm.parents if (parent / "node_modules").is_dir())
    judge = [program("node"), "-e", JUDGE, str(semver)]
    said = run(judge, folder, stranger(folder / "home"), answer=json.dumps(cases)).must()
    answers: list[list[bool]] = json.loads(said.stdout)
    return answers
