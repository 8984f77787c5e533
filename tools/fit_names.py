"""Learn the weights of the name check anew: logistic regression over traits of candidates. Standard library only.

    python tools/fit_names.py PAIRS.csv ORDINARY.tsv [ECOSYSTEM=ALL_NAMES ...]

PAIRS has the columns of `bench/data/name-pairs.csv`; ORDINARY has lines `ecosystem<TAB>name` and must not hold the
ordinary names that `bench/names.py` measures with. A candidate is positive if it is the labelled target of a squat;
candidates of ordinary names and of pairs judged benign are negative. Prints `START` and `WEIGHTS` for
`naming/score.py`, rounded to a tenth; kinds with a fixed score there are left out. `START` is then lowered, by hand,
until ordinary names disturb as little as is wanted.
"""

from __future__ import annotations

import csv
import sys
from math import exp
from pathlib import Path

from pratique.naming.candidates import candidates
from pratique.naming.corpus import shipped, shipped_others
from pratique.naming.keys import spell
from pratique.naming.score import FIXED, LIKE_SCOPES
from pratique.naming.snapshot import Snapshot, build
from pratique.naming.spelling import canonical_or_none
from pratique.naming.traits import traits

ECOSYSTEMS = {"npm": "npm", "pypi": "pypi", "rubygems": "rubygems", "crates": "cargo", "maven": "maven"}
TRUST = {"confirmed": 1.5, "hand": 1.0, "judged": 0.3, "weak": 0.25}
"""How much a squat counts, by the quality of its label."""
BENIGN = {"judged": 0.15, "auto": 0.05}
ROUNDS = 12
PRIOR = 1.0
"""Pull of every weight towards 0."""

Example = tuple[dict[str, float], float, float]
"""Traits, 1 for a squat, and how much it counts."""


def main(pairs_file: str, ordinary_file: str, *lists: str) -> None:
    """Read, learn, print."""
    with Path(pairs_file).open(encoding="utf-8", newline="") as lines:
        pairs = [row for row in csv.DictReader(lines) if row["ecosystem"] in ECOSYSTEMS]
    everything = dict(one.split("=", 1) for one in lists)
    snapshots = {one: snapshot(one, pairs, everything.get(one)) for one in ECOSYSTEMS.values()}
    examples = [example for row in pairs for example in of_pair(snapshots[ECOSYSTEMS[row["ecosystem"]]], row)]
    for line in Path(ordinary_file).read_text(encoding="utf-8").splitlines():
        ecosystem, _, name = line.partition("\t")
        examples += [(found, 0.0, 1.0) for _, found in learned(snapshots[ecosystem], name)]
    names, weights = fit(examples)
    sys.stdout.write(f"START = {weights[0]:.1f}\nWEIGHTS = {{\n")
    for name, weight in zip(names, weights[1:], strict=True):
        if round(weight, 1):
            sys.stdout.write(f'    "{name}": {weight:.1f},\n')
    sys.stdout.write("}\n")


def snapshot(ecosystem: str, pairs: list[dict[str, str]], everything: str | None) -> Snapshot:
    """The names that are known beside the squats."""
    mine = [row for row in pairs if ECOSYSTEMS[row["ecosystem"]] == ecosystem]
    known = [row["target"] for row in mine] + [row["squat"] for row in mine if row["label"] == "neg"]
    if everything:
        known += [line.split("\t")[0] for line in Path(everything).read_text(encoding="utf-8").splitlines()]
    others = [name for one in known if (name := canonical_or_none(ecosystem, one))]
    return build(ecosystem, shipped(ecosystem), [*shipped_others(ecosystem), *others])


def of_pair(known: Snapshot, row: dict[str, str]) -> list[Example]:
    """The labelled target of a squat, or all that an ordinary name resembles."""
    found = learned(known, row["squat"])
    if row["label"] == "neg":
        return [(one, 0.0, BENIGN.get(row["quality"], 0.05)) for _, one in found]
    target = canonical_or_none(known.ecosystem, row["target"])
    return [(one, 1.0, TRUST[row["quality"]]) for name, one in found if name == target]


def learned(known: Snapshot, name: str) -> list[tuple[str, dict[str, float]]]:
    """Targets and traits of all candidates whose score is learned."""
    canonical = canonical_or_none(known.ecosystem, name)
    if canonical is None:
        return []
    typed = spell(known.ecosystem, canonical)
    found = [one for one in candidates(known, typed) if one.kind not in FIXED and one.kind not in LIKE_SCOPES]
    return [(one.target, traits(known, typed, one)) for one in found]


def fit(examples: list[Example]) -> tuple[list[str], list[float]]:
    """Names of traits, and their weights after the one of the start, by Newton's method."""
    names = sorted({name for found, _, _ in examples for name in found})
    place = {name: number for number, name in enumerate(names, 1)}
    rows = [([(0, 1.0), *((place[name], value) for name, value in found.items())], y, w) for found, y, w in examples]
    weights = [0.0] * (len(names) + 1)
    for _ in range(ROUNDS):
        slope = [0.0] + [-PRIOR * weight for weight in weights[1:]]
        bend = [[PRIOR * (row == column and row > 0) for column in range(len(weights))] for row in range(len(weights))]
        for row, wanted, counts in rows:
            likely = 1 / (1 + exp(-sum(weights[at] * value for at, value in row)))
            for at, value in row:
                slope[at] += counts * (wanted - likely) * value
                for other, second in row:
                    bend[at][other] += counts * likely * (1 - likely) * value * second
        weights = [weight + step for weight, step in zip(weights, solved(bend, slope), strict=True)]
    return names, weights


def solved(matrix: list[list[float]], right: list[float]) -> list[float]:
    """The solution of a system of linear equations, by elimination."""
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    for pivot in range(len(rows)):
        best = max(range(pivot, len(rows)), key=lambda at: abs(rows[at][pivot]))
        rows[pivot], rows[best] = rows[best], rows[pivot]
        for at, row in enumerate(rows):
            if at != pivot:
                factor = row[pivot] / rows[pivot][pivot]
                rows[at] = [value - factor * above for value, above in zip(row, rows[pivot], strict=True)]
    return [row[-1] / row[at] for at, row in enumerate(rows)]


if __name__ == "__main__":
    main(*sys.argv[1:])
