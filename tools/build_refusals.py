"""Write `docs/refusals-by-client.md` anew: every stock client is refused, and what it printed is written down.

    python3 dev.py test tests/clients/test_the_drivers.py     # installs the clients
    .venv/bin/python tools/build_refusals.py

Takes some minutes. Nothing outside this machine is asked.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.harness.held_versions import FILE_OF_CARGO, QUESTIONS, WANTED, held_version, observe_held  # noqa: E402
from tests.harness.refusals import CLIENTS, ERRORS, PAGE, PLACES, SITE, Seen, observe  # noqa: E402
from tests.harness.refused_uploads import ERRORS as UPLOAD_ERRORS  # noqa: E402
from tests.harness.refused_uploads import PUBLISHERS, observe_upload  # noqa: E402

HEAD = """# What each client shows of a refusal

Written by `tools/build_refusals.py`, which has every stock client refused and reads what it prints; a test compares
this page with what the clients do now. The clients' own retries are turned off where they can be.

Pratique says why in one sentence, and puts it wherever a client may look: the reason phrase of the status line, the
field `error` of the body, the header `npm-notice`. What policy refuses is answered with 403, because clients take every
other status for something else: 404 for a wrong name, 401 for a wrong password, 5xx for a reason to try again.

*Listing* is the project's document (a packument, a simple page, an index file): policy answers it with 403 only where
the whole name is refused. Where a version is refused the listing leaves it out or marks it, so that ranges go to the
newest allowed version; what comes of asking for that version stands below "One version of several". *Bytes* is the
artefact itself: what a lockfile asks for.
"""

VERSION_HEAD = f"""## One version of several

`left` has 1.0.0, which is allowed, and 1.0.1, which is held. Every client takes 1.0.0 for a range that both are in.
Whoever wants 1.0.1 itself, or a range that only it is in, is shown this.

Where it is not the sentence, the last column is what shows it, in the same project or with the same settings. Anybody
who may read here can also open the page that the sentence names. Whoever may explain asks for any version of any name:
`pratique explain pkg:npm/left@1.0.1 --server {SITE}`. Then take the version that the sentence names as
allowed, or ask a person to approve.
"""

UPLOAD_HEAD = """## Uploads

What clients that publish show: 400 for an artefact that cannot be right, 401 for a token that is none or no more, 403
for what the token's owner may not do or policy refuses, 409 for a version that is here already (PyPI's clients know 400
for that, and get it), 413 for what is over a limit.
"""

Table = Mapping[tuple[str, str], Seen]


def main() -> None:
    """Refuse every client with every status in every place."""
    lines = [HEAD]
    examples: list[str] = []
    for status in ERRORS:
        seen = gather((one.name, place, observe, one, status, place) for one in CLIENTS for place in PLACES)
        lines += [f"## {status}\n", *table(seen, PLACES), ""]
        if status == 403:
            examples = [example(*key, one) for key, one in seen.items()]
    lines += [VERSION_HEAD, *held_table(examples), "", UPLOAD_HEAD]
    columns = [str(status) for status in UPLOAD_ERRORS]
    seen = gather((one.name, str(code), observe_upload, one, code) for one in PUBLISHERS for code in UPLOAD_ERRORS)
    lines += [*table(seen, columns), "", "## What 403 looks like\n"]
    examples += [example(name, "upload", seen[name, "403"]) for name in dict.fromkeys(name for name, _ in seen)]
    lines += ["From what each client printed, where it begins to matter.\n", *examples]
    PAGE.write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")


def held_table(examples: list[str]) -> Iterator[str]:
    """One line for each client, against one real server."""
    with tempfile.TemporaryDirectory() as folder, held_version(Path(folder) / "front") as server:
        seen = gather((one.name, wanted, observe_held, one, wanted, server) for one in CLIENTS for wanted in WANTED)
    examples += [example(name, wanted, one) for (name, wanted), one in seen.items() if wanted == next(iter(WANTED))]
    yield from table(seen, list(WANTED), {client.name: shown_by(client.name) for client in CLIENTS})


def shown_by(name: str) -> str:
    """What shows the sentence to users of a client."""
    if name in QUESTIONS:
        return f"`{QUESTIONS[name].line}`"
    if name == "cargo":
        return f"`curl {SITE}{FILE_OF_CARGO}`"
    return "asking for exactly it"


def gather(wanted: Iterable[tuple[object, ...]]) -> dict[tuple[str, str], Seen]:
    """Client and column -> what was seen; each item ends with a function and all its arguments but the folder."""
    found = {}
    for name, column, watch, *arguments in wanted:
        with tempfile.TemporaryDirectory() as folder:
            seen: Seen = watch(*arguments, Path(folder) / "client")  # type: ignore[operator]
        sys.stdout.write(f"{name} {column}: {seen.cell}\n")
        sys.stdout.flush()
        found[str(name), str(column)] = seen
    return found


def table(seen: Table, columns: Sequence[str], advice: Mapping[str, str] | None = None) -> Iterator[str]:
    """One line for each client."""
    heads = ["client", *columns, *(["what shows the sentence"] if advice else [])]
    yield f"| {' | '.join(heads)} |"
    yield f"|{'---|' * len(heads)}"
    for name in dict.fromkeys(name for name, _ in seen):
        cells = [name, *(seen[name, column].cell for column in columns), *([advice[name]] if advice else [])]
        yield f"| {' | '.join(cells)} |"


def example(name: str, place: str, seen: Seen) -> str:
    """What stood in the terminal where it began to matter, without what differs from run to run."""
    text = re.sub(rf"{tempfile.gettempdir()}/[^\s/]+/client", "~", seen.result.shown.replace(str(ROOT), "."))
    text = re.sub(r"127\.0\.0\.1(:|%3A)\d+", r"127.0.0.1\g<1>7417", text)
    text = re.sub(r"\d+(?:\.\d+)? ?m?s\b", "N s", text)
    lines = [line.rstrip() for line in text.splitlines() if line.strip() and not line.startswith("    at ")]
    last = max(0, len(lines) - 3)
    marks = ("403", "Blocked", "scope lacks", "No candidates", "No matching", "No version", "failed to select")
    first = next((at for at, line in enumerate(lines) if any(mark in line for mark in marks)), last)
    shown = "\n".join(lines[max(0, first - 1) : first + 6])
    return f"{name}, {place}:\n\n```text\n{shown}\n```\n"


if __name__ == "__main__":
    main()
