"""Write `docs/refusals-by-client.md` anew: every stock client is refused, and what it printed is written down.

    python3 dev.py test tests/clients/test_the_drivers.py     # installs the clients
    .venv/bin/python tools/build_refusals.py

Takes some minutes. Nothing outside this machine is asked.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.harness.refusals import CLIENTS, ERRORS, PAGE, PLACES, Client, Seen, observe  # noqa: E402

HEAD = """# What each client shows of a refusal

Written by `tools/build_refusals.py`, which has every stock client refused and reads what it prints; a test compares
this page with what the clients do now. The clients' own retries are turned off where they can be.

Pratique says why in one sentence, and puts it wherever a client may look: the reason phrase of the status line, the
field `error` of the body, the header `npm-notice`. What policy refuses is answered with 403, because clients take every
other status for something else: 404 for a wrong name, 401 for a wrong password, 5xx for a reason to try again.

*Listing* is the project's document (a packument, a simple page, an index file): policy answers it with 403 only where
the whole name is refused. Where a version is refused the listing leaves it out or marks it, so that ranges go to the
newest allowed version. *Bytes* is the artefact itself: what a lockfile asks for.
"""


def main() -> None:
    """Refuse every client with every status in both places."""
    seen = dict(observations())
    lines = [HEAD]
    for status in ERRORS:
        lines += [f"## {status}\n", *table(status, seen), ""]
    lines += ["## What 403 looks like\n", "From what each client printed, where it begins to matter.\n"]
    for client in CLIENTS:
        lines += [example(client, place, seen[client.name, 403, place]) for place in PLACES]
    PAGE.write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")


def observations() -> Iterator[tuple[tuple[str, int, str], Seen]]:
    """Each client, status and place, with what was seen."""
    for client in CLIENTS:
        for status in ERRORS:
            for place in PLACES:
                with tempfile.TemporaryDirectory() as folder:
                    seen = observe(client, status, place, Path(folder) / "client")
                sys.stdout.write(f"{client.name} {status} {place}: {seen.cell}\n")
                sys.stdout.flush()
                yield (client.name, status, place), seen


def table(status: int, seen: dict[tuple[str, int, str], Seen]) -> Iterator[str]:
    """One line for each client."""
    yield "| client | listing | bytes |"
    yield "|---|---|---|"
    for client in CLIENTS:
        cells = " | ".join(seen[client.name, status, place].cell for place in PLACES)
        yield f"| {client.name} | {cells} |"


def example(client: Client, place: str, seen: Seen) -> str:
    """What stood in the terminal where it began to matter, without what differs from run to run."""
    text = re.sub(rf"{tempfile.gettempdir()}/[^\s/]+/client", "~", seen.result.shown.replace(str(ROOT), "."))
    text = re.sub(r"127\.0\.0\.1(:|%3A)\d+", r"127.0.0.1\g<1>7417", text)
    text = re.sub(r"\d+(?:\.\d+)? ?m?s\b", "N s", text)
    lines = [line.rstrip() for line in text.splitlines() if line.strip() and not line.startswith("    at ")]
    first = next((at for at, line in enumerate(lines) if "403" in line or "Blocked" in line), len(lines) - 3)
    shown = "\n".join(lines[max(0, first - 1) : first + 6])
    return f"{client.name}, {place}:\n\n```text\n{shown}\n```\n"


if __name__ == "__main__":
    main()
