"""How many packages the scan looks at in a second, how often it is wrong about good ones, beside GuardDog.

    python3 dev.py bench scan [--json] [--popular N] [--guarddog N] [--corpus DIR]

Popular packages of PyPI and npm (wheels and tarballs, half of each; those that scanners raise false alarms about come
first) are fetched once by their stock clients into `.bench`; --corpus names a folder of artefacts in their place, with
one folder for each ecosystem. Look-alikes are the inert ones of `tests/lookalikes`. All of them are scanned in the
cage, as `pratique scan` does; speed is by the worker's processor time, as the machine does other things too. Small are
artefacts of at most 100 KB and all look-alikes, large those of at least 1 MB unpacked. GuardDog's command scans some of
the popular ones, and what both took for these is compared. A popular package at quarantine is a false alarm; one at
review costs a person a look.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.scanning import guarddog, lookalikes
from bench.scanning.caged import Took, scan_all
from bench.scanning.popular import popular
from bench.serving.bars import Found

from pratique.core.scans import Verdict
from pratique.scan.report import Subject

SMALL = 100 << 10
LARGE = 1 << 20
MB = 1_000_000
ECOSYSTEMS = ("npm", "pypi", "cargo", "maven", "rubygems", "nuget")


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="end with one JSON object")
    parser.add_argument("--popular", type=int, default=200, help="popular artefacts, at most 200")
    parser.add_argument("--guarddog", type=int, default=16, help="how many of them GuardDog scans as well")
    parser.add_argument("--corpus", type=Path, help="a folder of artefacts in place of popular ones")
    options = parser.parse_args()
    found, asides = Found(), list[str]()
    paths = in_folder(options.corpus) if options.corpus else popular(options.popular, asides)
    benign = list(scan_all(((path.name, subject(path), path, None) for path in paths), asides))
    tell_popular(benign, found)
    tell_lookalikes(found, benign, asides)
    tell_guarddog(paths, benign, options.guarddog, found, asides)
    for aside in asides:
        found.note(aside)
    if options.json:
        print(found.as_json("scan"))
    return 0


def in_folder(folder: Path) -> list[Path]:
    """Artefacts of a corpus, `ECOSYSTEM/FILE`."""
    return sorted(path for one in ECOSYSTEMS for path in (folder / one).glob("*") if path.is_file())


def subject(path: Path) -> Subject:
    """Whose artefact: the folder says the ecosystem, the artefact the rest."""
    return Subject(path.parent.name, filename=path.name)


def tell_popular(benign: Sequence[Took], found: Found) -> None:
    """False alarms, and how fast large ones are."""
    found.put("popular_scanned", len(benign), 0)
    for verdict, figure in ((Verdict.QUARANTINE, "popular_quarantined"), (Verdict.REVIEW, "popular_review")):
        alarms = [one for one in benign if one.report.verdict is verdict]
        found.put(figure, len(alarms), 0)
        for one in alarms:
            why = "; ".join(dict.fromkeys(finding.detector for finding in one.report.findings[:4]))
            found.note(f"{verdict.value}: {one.name} ({why})")
    large = [one for one in benign if one.report.unpacked >= LARGE]
    if large:
        found.put("large_mb_per_s", sum(one.report.unpacked for one in large) / MB / max(cpu(large), 0.01), 1)
    if benign:
        milliseconds = sorted(1_000 * one.wall for one in benign)
        found.put("popular_median_ms", statistics.median(milliseconds), 1)
        found.put("popular_p95_ms", milliseconds[int(0.95 * (len(milliseconds) - 1))], 1)
        found.put("worker_peak_mb", max(one.peak for one in benign), 0)


def tell_lookalikes(found: Found, benign: Sequence[Took], asides: list[str]) -> None:
    """Recall by technique, alarms about twins, and how fast small ones are."""
    seen = lookalikes.Seen(asides)
    small = [*(one for one in benign if one.packed <= SMALL), *seen.harmful, *seen.twins]
    found.put("small_packages_per_s_core", len(small) / max(cpu(small), 0.01), 1)
    there, not_cleared, held = (sum(counts[place] for counts in seen.by_technique.values()) for place in range(3))
    found.put("lookalikes", there, 0)
    found.put("lookalike_recall", not_cleared / there)
    found.put("lookalike_quarantined", held / there)
    found.put("twin_quarantined", seen.alarms.count(Verdict.QUARANTINE), 0)
    found.put("twin_review", seen.alarms.count(Verdict.REVIEW), 0)
    for technique, (of, hits, stopped) in sorted(seen.by_technique.items()):
        found.note(f"{technique}: {hits} of {of} seen, {stopped} quarantined")


def tell_guarddog(paths: Sequence[Path], benign: Sequence[Took], wanted: int, found: Found, asides: list[str]) -> None:
    """What GuardDog takes for the same artefacts."""
    ours = {one.name: one for one in benign}
    some = [path for path in paths if path.name in ours and path.parent.name in ("npm", "pypi")]
    step = max(1, len(some) // wanted) if wanted else 1
    judged = guarddog.judge(some[::step][:wanted] if wanted else [], asides)
    if not judged:
        return
    mine = [ours[one.name] for one in judged]
    theirs = sum(one.cpu for one in judged)
    found.put("speedup_guarddog", theirs / max(cpu(mine), 0.01), 1)
    alarms = [one.alarm for one in judged if one.alarm is not None]
    found.peers["guarddog"] = {
        "artefacts": len(judged),
        "cpu_s_each": round(theirs / len(judged), 3),
        "alarms": sum(alarms),
        "verdicts": len(alarms),
    }
    found.note(f"GuardDog: {theirs / len(judged):.2f} s of CPU each, {sum(alarms)} alarms of {len(alarms)} verdicts")


def cpu(scans: Sequence[Took]) -> float:
    """Seconds of processor time of all."""
    return sum(one.cpu for one in scans)


if __name__ == "__main__":
    sys.exit(main())
