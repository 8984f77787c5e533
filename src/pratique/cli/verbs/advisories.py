"""`pratique advisories`: what is known of vulnerable and malicious releases."""

from __future__ import annotations

from cyclopts import App

from pratique.cli.asking import HERE, Where, ask
from pratique.cli.showing import day, say, show_table
from pratique.core.clock import to_iso
from pratique.services.verbs import table
from pratique.services.verbs.advisories import ImportAdvisories, ShowAdvisories

app = App(name="advisories", help="What is known of vulnerable and malicious releases.")


@app.command(name="import")
def import_(source: str = "starter", *, where: Where = HERE) -> None:
    """Take in an OSV export.

    Args:
        source: a path to `all.zip` or to a folder of records, an https URL of an `all.zip`, or `starter` for the
            set that comes with Pratique; with --server only the set or a source of that server's settings.
        where: data folder or server.
    """
    done = ask(table.ADVISORIES_IMPORT, ImportAdvisories(source), where)
    if done:
        say(f"{done.records:,} records from {done.source}; news about {done.changed:,} projects")
        say(f"the newest changed on {day(to_iso(done.newest))} UTC")
        for purl in done.popular:
            say(f"reported as malware although it is popular, and held until somebody looks: {purl}")
        if done.rejected_count:
            say(f"{done.rejected_count:,} could not be used:")
        for one in done.rejected:
            say(f"  {one}")


@app.command
def status(*, where: Where = HERE) -> None:
    """Show which advisories are here and how old they are."""
    found = ask(table.ADVISORIES_STATUS, ShowAdvisories(), where)
    if found:
        rows = [
            (one.source, one.records, day(one.imported) or "never", one.age, one.rejected or "")
            for one in found.sources
        ]
        nothing = "none: known malware is not recognised; run `pratique advisories import starter`"
        show_table(("source", "records", "imported", "newest is old", "rejected"), rows, nothing)
        for one in found.sources:
            if one.failed:
                say(f"{one.source} was tried on {day(one.failed)} UTC and failed: {one.why}")
