"""The command `pratique`."""

from __future__ import annotations

import sys

from cyclopts import App

from pratique.cli.up import up
from pratique.core.errors import PratiqueError

app = App(name="pratique", help="A package registry and firewall: nothing is served before it is cleared.")
app.command(up)


def run() -> None:
    """Run the command of this process's arguments and leave with its exit code; errors are one sentence."""
    try:
        result = app()
    except PratiqueError as error:
        print(f"pratique: {error}", file=sys.stderr)
        sys.exit(1)
    sys.exit(result if isinstance(result, int) else 0)
