"""`pratique storage`: what files take."""

from __future__ import annotations

from pratique.cli.asking import HERE, Where, ask
from pratique.cli.showing import show_table
from pratique.services.upkeep.show_storage import ShowStorage
from pratique.services.verbs import table


def storage(*, where: Where = HERE) -> None:
    """Show what files take.

    Args:
        where: data folder or server.
    """
    found = ask(table.STORAGE, ShowStorage(), where)
    if found is None:
        return
    limit = _megabytes(found.limit) if found.limit else "none (`cache_max_bytes`)"
    rows = [("own releases", _megabytes(found.own), "none"), ("upstreams", _megabytes(found.cached), limit)]
    show_table(("files of", "take", "limit"), rows, "")


def _megabytes(size: int) -> str:
    return f"{size / (1 << 20):,.1f} MB"
