"""`pratique names check`: what a new name would be taken for, before anybody publishes it. It asks no network."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, BinaryIO, Literal

from cyclopts import App, Parameter

from pratique.cli.showing import say, show_table
from pratique.core.errors import Invalid
from pratique.naming.check import At, Outcome, Verdict, check
from pratique.naming.corpus import Known, read_names, read_popular, shipped, shipped_others
from pratique.naming.snapshot import Snapshot, build
from pratique.naming.spelling import canonical_or_none

app = App(name="names", help="What names would be taken for, and what is asked for that nobody has.")

for _name, _path in (
    ("missing", "pratique.cli.verbs.missing_names:missing"),
    ("reserve", "pratique.cli.verbs.reserve_names:reserve"),
    ("audit", "pratique.cli.verbs.audit_names:audit"),
    ("dispute", "pratique.cli.verbs.disputes:app"),
    ("placeholders", "pratique.cli.verbs.placeholders:placeholders"),
    ("feeds", "pratique.cli.verbs.name_feeds:feeds"),
    ("import-feeds", "pratique.cli.verbs.name_feeds:import_feeds"),
):
    app.command(_path, name=_name)

LONGEST_LINE = 16_384
"""Bytes of a line of standard input that are read as a name; of a longer one, only the beginning is."""

Ecosystem = Literal["npm", "pypi", "cargo", "maven", "rubygems", "nuget"]


@app.command(name="check")
def check_names(
    *names: Annotated[str, Parameter(allow_leading_hyphen=True)],
    ecosystem: Annotated[Ecosystem, Parameter(name=("--ecosystem", "-e"))],
    at: Literal["publish", "install"] = "publish",
    as_json: Annotated[bool, Parameter(name="--json", negative=())] = False,
    corpus: Path | None = None,
    all_names: Path | None = None,
) -> None:
    """Say what new names would be taken for: ok, note, review or hold, with the reason.

    Args:
        names: names to judge, or `-` for standard input, one a line.
        ecosystem: whose names.
        at: publish: may a new project be called so? install: is one of these meant that is downloaded 100 times more?
        as_json: one JSON object a line, in the order of the names.
        corpus: popular names in place of the shipped ones, lines `name<TAB>rank[<TAB>downloads a month]`.
        all_names: further names that exist, one a line.
    """
    if not names:
        raise Invalid('no name is given; write names, or "-" to read them from standard input')
    snapshot = build_snapshot(ecosystem, corpus, all_names)
    verdicts = (check(snapshot, name, At(at)) for name in _asked(names))
    if as_json:
        for verdict in verdicts:
            say(as_line(verdict))
        return
    _show(list(verdicts))


def build_snapshot(ecosystem: str, corpus: Path | None, all_names: Path | None) -> Snapshot:
    """The shipped popular names or those of a file, and perhaps all others of a second file.

    Raises:
        Invalid: a file cannot be read or is no such list.
    """
    popular: Sequence[Known] = shipped(ecosystem)
    others = shipped_others(ecosystem)
    if corpus is not None:
        read = read_popular(_lines(corpus))
        popular = [Known(name, one.downloads) for one in read if (name := canonical_or_none(ecosystem, one.name))]
    if all_names is not None:
        others += [name for one in read_names(_lines(all_names)) if (name := canonical_or_none(ecosystem, one))]
    return build(ecosystem, popular, others)


def as_line(verdict: Verdict) -> str:
    """A verdict as one line of JSON in ASCII, safe to print whatever the name holds."""
    return json.dumps(
        {
            "name": verdict.name,
            "verdict": verdict.verdict.value,
            "score": verdict.score,
            "targets": list(verdict.targets),
            "kind": verdict.kind,
            "why": verdict.why,
        }
    )


def read_lines(stream: BinaryIO) -> Iterator[str]:
    """Names from a stream, one a line, whatever the bytes; of a line that is too long, the beginning."""
    while line := stream.readline(LONGEST_LINE):
        rest = line
        while not rest.endswith(b"\n") and (rest := stream.readline(LONGEST_LINE)):
            pass
        yield line.decode(errors="surrogateescape").removesuffix("\n").removesuffix("\r")


def _asked(names: Iterable[str]) -> Iterator[str]:
    for name in names:
        if name == "-":
            yield from read_lines(sys.stdin.buffer)
        else:
            yield name


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid(f"{path} cannot be read as a list of names: {error}") from error


def _show(verdicts: list[Verdict]) -> None:
    rows = [(ascii(one.name[:80])[1:-1], one.verdict.value, f"{one.score:.2f}", one.why) for one in verdicts]
    show_table(("name", "verdict", "score", "why"), rows, "no names")
    worst = sum(one.verdict in (Outcome.REVIEW, Outcome.HOLD) for one in verdicts)
    say(f"{worst} of {len(verdicts)} would wait for a person")
