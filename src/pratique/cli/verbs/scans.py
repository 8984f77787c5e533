"""`pratique rescan` and `pratique scanner`: scan again what is stored, and see how that goes."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from pratique.cli.asking import HERE, Where, ask
from pratique.cli.showing import say, show_table
from pratique.services.scanning.rescan import Rescan
from pratique.services.scanning.show_scanner import ShowScanner
from pratique.services.verbs import table


def rescan(
    purl: str | None = None,
    *,
    all_: Annotated[bool, Parameter(name="--all", negative=())] = False,
    rules: str = "changed",
    where: Where = HERE,
) -> None:
    """Scan stored packages again, in the background; `pratique scanner` tells how far it has come.

    Args:
        purl: a project or a release, as in pkg:npm/left-pad@1.3.0.
        all_: everything that is stored.
        rules: `changed`: what was not scanned with the rules of this version; `all`: all of it.
        where: data folder or server.
    """
    begun = ask(table.RESCAN, Rescan(purl, all_, rules), where)
    if begun is None:
        return
    if not begun.artefacts:
        say("Nothing is to be scanned again: all of it was scanned with the rules of this version.")
        return
    say(f"{begun.artefacts} files are scanned again while the server runs; `pratique scanner` tells how far it is.")


def scanner(*, where: Where = HERE) -> None:
    """Show how much is scanned, and what confines the process that looks at packages.

    Args:
        where: data folder or server.
    """
    found = ask(table.SCANNER, ShowScanner(), where)
    if found is None:
        return
    say(f"Rules {found.rules}: {found.current} of {found.stored} stored files were scanned with them.")
    if found.rescan:
        say(f"The last rescan: {found.rescanned} of {found.rescan} files.")
    say(f"The scanner runs; {found.waiting} files wait." if found.running else "The scanner is not needed now.")
    rows = [(one.name, "yes" if one.holds else "NO", one.note) for one in found.measures]
    show_table(("Whoever looks at packages has", "given by the kernel", ""), rows, "This could not be found out.")
