"""How many squats the name check sees, how much ordinary work it disturbs, how fast it is, beside other rules.

    python3 dev.py bench names [--json] [--pairs FILE] [--all-names [ECOSYSTEM=]FILE ...] [--sizes N,N,...]

Pairs are `squat,target,ecosystem,label,class,quality,...` in CSV; without --pairs those whose licence lets them stand
in this repository. Known names are the shipped popular ones, both names of ordinary pairs and the targets of squats
(which existed when the squat appeared), and what --all-names adds; a rule never compares a name with itself. Ordinary
names are 3,000 of PyPI, without a rank and released in 2026, and 3,000 of npm's least downloaded, drawn at random; the
weights of the score were learned on others. Each figure says which names it is over. Latency is of a whole check, for
each name the best of twenty rounds over all names, so that what else the machine does does not count.
"""

from __future__ import annotations

import argparse
import csv
import gc
import json
import random
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.rivals.name_rules import rules

from pratique.naming.candidates import candidates
from pratique.naming.check import RATIO, REVIEW, At, Outcome, check
from pratique.naming.corpus import shipped, shipped_others
from pratique.naming.keys import segments, spell
from pratique.naming.names_list import read_names
from pratique.naming.score import score
from pratique.naming.snapshot import Snapshot, build
from pratique.naming.spelling import canonical_or_none

DATA = Path(__file__).parent / "data"
ECOSYSTEMS = {"npm": "npm", "pypi": "pypi", "rubygems": "rubygems", "crates": "cargo", "maven": "maven"}
WAITS = (Outcome.REVIEW, Outcome.HOLD)
SIZES = (100_000, 886_000, 3_000_000)
ROUNDS = 20


class Pair(NamedTuple):
    """A labelled pair: of a squat and its target, or of two ordinary names."""

    name: str
    target: str
    ecosystem: str
    label: str
    kind: str
    quality: str


class Share(NamedTuple):
    """So many of so many."""

    hits: int
    of: int

    @property
    def value(self) -> float | None:
        """The share, None of nothing."""
        return round(self.hits / self.of, 4) if self.of else None


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument("--pairs", type=Path, default=DATA / "name-pairs.csv")
    parser.add_argument("--all-names", action="append", default=[], help="ECOSYSTEM=FILE, one name a line")
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)), help="numbers of names for memory and latency")
    options = parser.parse_args()
    pairs = read_pairs(options.pairs)
    listed = dict(read_listed(one) for one in options.all_names)
    snapshots = {one: snapshot_with(one, pairs, listed.get(one, [])) for one in ECOSYSTEMS.values()}
    ordinary = read_ordinary()
    report = {
        **headline(snapshots, pairs, ordinary),
        "recall": recall(snapshots, pairs),
        "recall_shipped_names_only": recall(
            {one: build(one, shipped(one), shipped_others(one)) for one in snapshots}, pairs
        ),
        "false_alarms": false_alarms(snapshots, pairs, ordinary),
        "rivals": rivals(snapshots, pairs, ordinary),
        **costs([int(one) for one in options.sizes.split(",") if one], listed.get("pypi", []), ordinary["pypi"]),
    }
    print(json.dumps(report) if options.json else told(report))
    return 0


def read_pairs(path: Path) -> list[Pair]:
    """The pairs of ecosystems that are checked, in canonical form."""
    found = []
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            ecosystem = ECOSYSTEMS.get(row["ecosystem"])
            names = [canonical_or_none(ecosystem, row[column]) for column in ("squat", "target")] if ecosystem else []
            if all(names) and names:
                found.append(Pair(names[0], names[1], ecosystem, row["label"], row["class"], row["quality"]))
    return found


def read_ordinary() -> dict[str, list[str]]:
    """Ordinary names by ecosystem."""
    found = defaultdict(list)
    for line in (DATA / "ordinary-names.tsv").read_text(encoding="utf-8").splitlines():
        ecosystem, _, name = line.partition("\t")
        found[ecosystem].append(name)
    return dict(found)


def read_listed(option: str) -> tuple[str, list[str]]:
    """The names of an --all-names option."""
    ecosystem, given, path = option.rpartition("=")
    ecosystem = ecosystem if given else "pypi"
    names = read_names([Path(path).read_bytes()])
    return ecosystem, [name for one in names if (name := canonical_or_none(ecosystem, one))]


def snapshot_with(ecosystem: str, pairs: Iterable[Pair], listed: list[str]) -> Snapshot:
    """The shipped names, those that existed beside the squats, and a list."""
    mine = [pair for pair in pairs if pair.ecosystem == ecosystem]
    existed = [pair.target for pair in mine] + [pair.name for pair in mine if pair.label == "neg"]
    return build(ecosystem, shipped(ecosystem), [*shipped_others(ecosystem), *existed, *listed])


def headline(snapshots: dict[str, Snapshot], pairs: list[Pair], ordinary: dict[str, list[str]]) -> dict[str, object]:
    """The figures that the rest explains."""
    confirmed = [pair for pair in pairs if pair.quality == "confirmed"]
    dropped = [pair for pair in pairs if pair.kind == "scope_confusion"]
    popular = [(one, known.name) for one in ("npm", "pypi") for known in shipped(one)[:10_000]]
    by_ratio = share(questioned_by_ratio(snapshots[one], name) for one, name in popular)
    return {
        "recall_confirmed": seen(snapshots, confirmed).value,
        "recall_dropped_scope": seen(snapshots, dropped).value,
        "background_pypi": disturbed(snapshots["pypi"], ordinary["pypi"]).value,
        "background_npm": disturbed(snapshots["npm"], ordinary["npm"]).value,
        "popular_install_alarms": share(
            check(snapshots[one], name, At.INSTALL).verdict in WAITS for one, name in popular
        ).value,
        "popular_install_alarms_by_ratio_alone": by_ratio.value,
    }


def questioned_by_ratio(snapshot: Snapshot, name: str) -> bool:
    """Whether an install would be questioned if popular names were not excused, but only the ratio counted."""
    typed = spell(snapshot.ecosystem, name)
    least = RATIO * snapshot.monthly(snapshot.number(name))
    found = [one for one in candidates(snapshot, typed) if one.number is not None]
    return any(snapshot.monthly(one.number) >= least and score(snapshot, typed, one) >= REVIEW for one in found)


def seen(snapshots: dict[str, Snapshot], pairs: Iterable[Pair]) -> Share:
    """How many squats would wait for a person."""
    return share(check(snapshots[pair.ecosystem], pair.name).verdict in WAITS for pair in pairs)


def disturbed(snapshot: Snapshot, names: Iterable[str]) -> Share:
    """How many ordinary names would, were they new."""
    return share(score_as_new(snapshot, name) >= REVIEW for name in names)


def score_as_new(snapshot: Snapshot, name: str) -> float:
    """The highest score of a name as if it were new: popular ones are not excused."""
    typed = spell(snapshot.ecosystem, canonical_or_none(snapshot.ecosystem, name) or name)
    return max((score(snapshot, typed, one) for one in candidates(snapshot, typed)), default=0.0)


def recall(snapshots: dict[str, Snapshot], pairs: list[Pair]) -> dict[str, dict[str, object]]:
    """Squats seen by quality of the label, ecosystem and class; in how many the labelled target is named."""
    groups: dict[str, list[Pair]] = defaultdict(list)
    for pair in pairs:
        if pair.label == "pos":
            for group in (pair.quality, f"{pair.quality} {pair.ecosystem}", f"class {pair.kind}"):
                groups[group].append(pair)
    found = {}
    for group in sorted(groups):
        verdicts = [(pair, check(snapshots[pair.ecosystem], pair.name)) for pair in groups[group]]
        found[group] = {
            "of": len(verdicts),
            "review": share(verdict.verdict in WAITS for _, verdict in verdicts).value,
            "hold": share(verdict.verdict is Outcome.HOLD for _, verdict in verdicts).value,
            "target_named": share(
                verdict.verdict in WAITS and pair.target in verdict.targets for pair, verdict in verdicts
            ).value,
        }
    return found


def false_alarms(
    snapshots: dict[str, Snapshot], pairs: list[Pair], ordinary: dict[str, list[str]]
) -> dict[str, dict[str, object]]:
    """Ordinary names that would wait: judged benign, popular pairs as if one were new, and drawn at random."""
    groups: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for pair in pairs:
        if pair.label == "neg":
            groups[pair.kind.partition(":")[0]].append((pair.ecosystem, pair.name))
    for ecosystem, names in ordinary.items():
        groups[f"ordinary {ecosystem}"] = [(ecosystem, name) for name in names]
    found = {}
    for group, names in sorted(groups.items()):
        scores = [score_as_new(snapshots[ecosystem], name) for ecosystem, name in names]
        excused = share(check(snapshots[ecosystem], name).verdict in WAITS for ecosystem, name in names)
        found[group] = {
            "of": len(names),
            "review": excused.value,
            "as_if_new": share(one >= REVIEW for one in scores).value,
        }
    return found


def rivals(
    snapshots: dict[str, Snapshot], pairs: list[Pair], ordinary: dict[str, list[str]]
) -> dict[str, dict[str, object]]:
    """Other rules on the same names."""
    by_ecosystem = {
        one: rules(one, [known.name for known in shipped(one)], [snapshot.names[i] for i in range(len(snapshot.names))])
        for one, snapshot in snapshots.items()
    }
    ours = {one: {"this check, review": judge(snapshot)} for one, snapshot in snapshots.items()}
    found: dict[str, dict[str, object]] = {}
    for rule in ["this check, review", *by_ecosystem["npm"]]:
        objects = {one: ours[one].get(rule) or by_ecosystem[one][rule] for one in snapshots}
        row: dict[str, object] = {}
        for quality in ("confirmed", "weak", "judged"):
            row[quality] = share(
                bool(objects[pair.ecosystem](pair.name))
                for pair in pairs
                if pair.quality == quality and pair.label == "pos"
            ).value
        row["dropped scope"] = share(
            bool(objects[pair.ecosystem](pair.name)) for pair in pairs if pair.kind == "scope_confusion"
        ).value
        row["judged benign"] = share(
            bool(objects[pair.ecosystem](pair.name)) for pair in pairs if pair.kind.startswith("judged_benign")
        ).value
        began, count = time.perf_counter(), 0
        for ecosystem, names in ordinary.items():
            row[f"ordinary {ecosystem}"] = share(bool(objects[ecosystem](name)) for name in names).value
            count += len(names)
        row["mean_us"] = round((time.perf_counter() - began) / count * 1e6, 1)
        found[rule] = row
    return found


def judge(snapshot: Snapshot) -> Callable[[str], set[str]]:
    """This check as a rule like the others."""
    return lambda name: {"review"} if score_as_new(snapshot, name) >= REVIEW else set()


def costs(sizes: list[int], listed: list[str], asked: list[str]) -> dict[str, object]:
    """Memory and latency by number of names: those of a list, then made-up ones, with PyPI's popular names."""
    found: dict[str, object] = {}
    rows = []
    for size in sizes:
        others = [*listed, *made_up(size - len(listed))][:size] if size > len(listed) else listed[:size]
        began = time.perf_counter()
        snapshot = build("pypi", shipped("pypi"), others)
        built = time.perf_counter() - began
        half, most = latency(snapshot, asked)
        rows.append({"names": len(snapshot.names), "p50_us": half, "p99_us": most, "index_mb": megabytes(snapshot),
                     "build_s": round(built, 1)})  # fmt: skip
        if size == 886_000:
            found |= {"p50_us": half, "p99_us": most, "index_mb_886k": rows[-1]["index_mb"]}
    return {**found, "sizes": rows}


def latency(snapshot: Snapshot, names: list[str]) -> tuple[float, float]:
    """Median and 99th percentile of a check, in microseconds, with the garbage collector resting."""
    best = [float("inf")] * len(names)
    gc.collect()
    gc.freeze()
    gc.disable()
    for _ in range(ROUNDS):
        for place, name in enumerate(names):
            began = time.perf_counter_ns()
            check(snapshot, name)
            best[place] = min(best[place], time.perf_counter_ns() - began)
    gc.enable()
    gc.unfreeze()
    ordered = sorted(one / 1000 for one in best)
    return round(ordered[len(ordered) // 2], 1), round(ordered[int(len(ordered) * 0.99)], 1)


def megabytes(snapshot: Snapshot) -> float:
    """What the snapshot's tables take."""
    tables = [snapshot.names.block, snapshot.names.starts, snapshot.downloads, snapshot.near.table]
    for index in (snapshot.exact, snapshot.near):
        tables += [index.pairs.words, index.pairs.starts]
    small = [*snapshot.familiar, *snapshot.scopes.sizes]
    held = sum(map(sys.getsizeof, tables)) + sum(map(sys.getsizeof, small)) + sys.getsizeof(snapshot.familiar)
    return round(held / 1e6, 1)


def made_up(count: int) -> Iterable[str]:
    """Names like real ones: one to four words of popular names, now and then a syllable or number of their own."""
    chance = random.Random(6)
    words = sorted({word for known in shipped("pypi") for word in segments(known.name)})
    made: set[str] = set()
    while len(made) < count:
        parts = chance.choices(words, k=chance.choice((1, 2, 2, 2, 3)))
        if len(parts) < 3:
            parts[-1] += "".join(chance.choices("aeioubcdfgklmnprst", k=3))
        made.add("-".join(parts))
    return made


def share(answers: Iterable[bool]) -> Share:
    """How many of the answers are yes."""
    listed = list(answers)
    return Share(sum(listed), len(listed))


def told(report: dict[str, object]) -> str:
    """The report as text."""
    lines = []
    for name, value in report.items():
        if isinstance(value, dict):
            lines += ["", name, *(f"  {group:40} {row(values)}" for group, values in value.items())]
        elif isinstance(value, list):
            lines += ["", name, *(f"  {row(values)}" for values in value)]
        else:
            lines.append(f"{name:26} {value}")
    return "\n".join(lines)


def row(values: dict[str, object]) -> str:
    """Figures in a line."""
    return "  ".join(f"{name} {value}" for name, value in values.items())


if __name__ == "__main__":
    sys.exit(main())
