"""`pratique names check`: what a new name would be taken for, before anybody publishes it. It asks no network."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Annotated, BinaryIO, Literal

import msgspec
from cyclopts import App, Parameter

from pratique.cli.afar import perform_afar
from pratique.cli.asking import HERE, Where, ask
from pratique.cli.showing import day, say, say_aside, show_table
from pratique.core.errors import Invalid
from pratique.naming.check import At, Outcome, Verdict, check
from pratique.naming.corpus import Known, shipped, shipped_others
from pratique.naming.names_list import read_names, read_popular
from pratique.naming.snapshot import Snapshot, build, build_small
from pratique.naming.spelling import canonical_or_none
from pratique.services.names.check_name import LONGEST, MAX_NAMES, CheckNames, NamesChecked
from pratique.services.names.import_names import ImportNames
from pratique.services.names.name_exceptions import ExceptName, ListExceptions, UnexceptName
from pratique.services.verbs import table

app = App(name="names", help="What names would be taken for, and what is asked for that nobody has.")

for _name, _path, _help in (
    ("missing", "pratique.cli.verbs.missing_names:missing", "List what is asked for that nobody has."),
    ("reserve", "pratique.cli.verbs.reserve_names:reserve", "Keep names for own projects, all of them or none."),
    ("audit", "pratique.cli.verbs.audit_names:audit", "Find private names in a project's files that others may take."),
    ("dispute", "pratique.cli.verbs.disputes:app", "Who else claims a name, and what became of it."),
    ("placeholders", "pratique.cli.verbs.placeholders:placeholders", "List projects that only keep a name."),
    ("feeds", "pratique.cli.verbs.name_feeds:feeds", "Lists of invented names, and how old they are."),
    ("import-feeds", "pratique.cli.verbs.name_feeds:import_feeds", "Take in the lists of invented names now."),
):
    app.command(_path, name=_name, help=_help)

LONGEST_LINE = 16_384
"""Bytes of a line of standard input that are read as a name; of a longer one, only the beginning is."""

_CHUNK = 1 << 20

NOT_ASKED = (
    "only names that are known everywhere were looked at: whether a public registry has it, and what your server "
    "reserves or denies, --server asks"
)
"""Said of what a publish would look at and a check without a server cannot."""

Ecosystem = Literal["npm", "pypi", "cargo", "maven", "rubygems", "nuget"]


@app.command(name="check")
def check_names(
    *names: Annotated[str, Parameter(allow_leading_hyphen=True)],
    ecosystem: Annotated[Ecosystem, Parameter(name=("--ecosystem", "-e"))],
    at: Literal["publish", "install"] = "publish",
    as_json: Annotated[bool, Parameter(name="--json", negative=())] = False,
    corpus: Path | None = None,
    all_names: Path | None = None,
    server: Annotated[str | None, Parameter(env_var="PRATIQUE_SERVER")] = None,
    token: Annotated[str | None, Parameter(env_var="PRATIQUE_TOKEN")] = None,
    ca: Annotated[Path | None, Parameter(env_var="PRATIQUE_CA")] = None,
    repository: str = "main",
) -> None:
    """Say what new names would be taken for: ok, note, review or hold, with the reason.

    Args:
        names: names to judge, or `-` for standard input, one a line.
        ecosystem: whose names.
        at: publish: may a new project be called so? install: is one of these meant that is downloaded 100 times more?
        as_json: one JSON object a line, in the order of the names.
        corpus: popular names in place of the shipped ones, lines `name<TAB>rank[<TAB>downloads a month]`.
        all_names: further names that exist, one a line.
        server: ask the server with this URL, which knows what was published and seen there.
        token: for that server; better set PRATIQUE_TOKEN, where other users cannot see it.
        ca: file (PEM) of the private authority that certifies that server.
        repository: of that server.
    """
    if not names:
        raise Invalid('no name is given; write names, or "-" to read them from standard input')
    if server is not None and (corpus is not None or all_names is not None):
        raise Invalid("give --server or files of names, not both: the server has its own")
    if server is None:
        snapshot = build_snapshot(ecosystem, corpus, all_names)
        verdicts = (check(snapshot, name, At(at)) for name in _asked(names))
        said = NOT_ASKED if at == "publish" else ""
        answers: Iterator[tuple[Verdict, str]] = ((verdict, said) for verdict in verdicts)
    else:
        wanted = CheckNames(ecosystem, (), At(at), repository)
        answers = ask_server(wanted, _asked(names), partial(_perform, server, token, ca))
    if as_json:
        for verdict, _ in answers:
            say(as_line(verdict))
        return
    _show(list(answers))


def _perform(server: str, token: str | None, ca: Path | None, request: CheckNames) -> NamesChecked:
    return perform_afar(table.NAMES_CHECK_MANY, request, server, token, ca)


def ask_server(
    wanted: CheckNames, names: Iterator[str], perform: Callable[[CheckNames], NamesChecked]
) -> Iterator[tuple[Verdict, str]]:
    """The server's answers in the order of the names, and what was not looked at; many names go in one request.

    What is too long for any registry, or no text at all, is told here.
    """
    alone = build_small(wanted.ecosystem, ())
    while some := list(islice(names, MAX_NAMES)):
        sent = tuple(name for name in some if _can_be_sent(name))
        answered = iter(perform(msgspec.structs.replace(wanted, names=sent)).names if sent else ())
        for name in some:
            if _can_be_sent(name):
                one = next(answered)
                yield (
                    Verdict(name, Outcome(one.verdict), float(one.score), one.targets, one.kind, one.why),
                    one.not_asked,
                )
            else:
                yield check(alone, name, wanted.at), ""


def _can_be_sent(name: str) -> bool:
    return len(name) <= LONGEST and name.isprintable()


@app.command(name="import")
def import_names(
    path: Path,
    *,
    ecosystem: Annotated[Ecosystem, Parameter(name=("--ecosystem", "-e"))],
    where: Where = HERE,
) -> None:
    """Take in the names that exist in an ecosystem, and how popular they are. Again, it takes in what is new.

    Args:
        path: a list: lines `name[<TAB>rank[<TAB>downloads a month]]`, a Python registry's simple index as JSON, or an
            npm registry's `_all_docs`.
        ecosystem: whose names.
        where: data folder.
    """
    done = ask(table.NAMES_IMPORT, ImportNames(ecosystem, str(path.absolute())), where)
    if done:
        say(f"{done.names:,} names of {done.ecosystem}, {done.new:,} of them new; {done.ranked:,} with a rank")
        if done.invalid:
            say(f"{done.invalid:,} are no names there: {', '.join(done.invalid_names)}")


@app.command(name="except")
def except_name(
    name: str,
    *,
    ecosystem: Annotated[Ecosystem, Parameter(name=("--ecosystem", "-e"))],
    reason: str,
    target: str = "",
    expires: str | None = None,
    repository: str = "main",
    where: Where = HERE,
) -> None:
    """Let a new project have a name, whatever it could be taken for.

    Args:
        name: of the project that is to be published.
        ecosystem: whose name it is.
        reason: kept with it, and told to who asks about the name.
        target: the one name that it may resemble; any if not given.
        expires: after how long, like `14d`; never if not given.
        repository: where.
        where: data folder or server.
    """
    made = ask(table.NAMES_EXCEPT, ExceptName(ecosystem, name, reason, target, expires, repository), where)
    if made:
        what = f"may resemble {made.target}" if made.target else "may resemble anything"
        say(f"{made.name} {what}{f' until {day(made.expires)} UTC' if made.expires else ''}: {made.reason}")


@app.command(name="unexcept")
def unexcept_name(
    name: str,
    *,
    ecosystem: Annotated[Ecosystem, Parameter(name=("--ecosystem", "-e"))],
    repository: str = "main",
    where: Where = HERE,
) -> None:
    """Take back what was allowed for a name; a project that was founded meanwhile stays."""
    removed = ask(table.NAMES_UNEXCEPT, UnexceptName(ecosystem, name, repository), where)
    for one in removed.exceptions if removed else ():
        say(f"{one.name} is checked like any other name again")


@app.command(name="exceptions")
def list_exceptions(*, repository: str = "main", where: Where = HERE) -> None:
    """List the names that may resemble others."""
    found = ask(table.NAMES_EXCEPTIONS, ListExceptions(repository), where)
    if found:
        rows = [
            (one.ecosystem, one.name, one.target or "anything", day(one.expires) or "never", one.by, one.reason)
            for one in found.exceptions
        ]
        show_table(("ecosystem", "name", "may resemble", "ends", "by", "reason"), rows, "no name is excepted")


def build_snapshot(ecosystem: str, corpus: Path | None, all_names: Path | None) -> Snapshot:
    """The shipped popular names or those of a file, and perhaps all others of a second file.

    Raises:
        Invalid: a file cannot be read or is no such list.
    """
    popular: Sequence[Known] = shipped(ecosystem)
    others = shipped_others(ecosystem)
    if corpus is not None:
        read = read_popular(_chunks(corpus))
        popular = [Known(name, one.downloads) for one in read if (name := canonical_or_none(ecosystem, one.name))]
    if all_names is not None:
        others += [name for one in read_names(_chunks(all_names)) if (name := canonical_or_none(ecosystem, one))]
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


def _chunks(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            yield from iter(partial(file.read, _CHUNK), b"")
    except OSError as error:
        raise Invalid(f"{path} cannot be read as a list of names: {error.strerror}") from error


def _show(answers: list[tuple[Verdict, str]]) -> None:
    verdicts = [verdict for verdict, _ in answers]
    rows = [(ascii(one.name[:80])[1:-1], one.verdict.value, f"{one.score:.2f}", one.why) for one in verdicts]
    show_table(("name", "verdict", "score", "why"), rows, "no names")
    worst = sum(one.waits for one in verdicts)
    say(f"{worst} of {len(verdicts)} would wait for a person")
    for said in sorted({said for _, said in answers} - {""}):
        say_aside(said)
