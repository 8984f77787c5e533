"""What an index carries of an own file is read by every listing of its project from then on, so it is bounded."""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection

from pratique.core.artifacts import Manifest
from pratique.core.ecosystem import Ecosystem
from pratique.core.errors import TooLarge
from pratique.services.judging.knowledge import Knowledge
from pratique.store import files


def read_indexed(ecosystem: Ecosystem, filename: str, manifest: Manifest, most: int) -> Manifest:
    """As much of the manifest as the index carries.

    Raises:
        TooLarge: that is over a limit; the sentence names the longest field.
    """
    kept = ecosystem.indexed(manifest)
    size = files.entry_size(kept)
    if size <= most:
        return kept
    lengths = {field: len(msgspec.json.encode(value)) for field, value in kept.fields.items()}
    longest = max(lengths, key=lambda field: lengths[field], default="name")
    raise TooLarge(
        f"{filename}: what the index carries of it has {size} bytes, most of them in {longest[:60]!a} "
        f"({lengths.get(longest, size)}); the limit is {most} (setting publish.max_entry)"
    )


def check_room(connection: Connection, known: Knowledge, added: Manifest, most: int) -> None:
    """Raises TooLarge if the index of an own project would carry more than the limit with this file."""
    carried = files.entry_sizes(connection, known.project.id) if known.project else 0
    size = carried + files.entry_size(added)
    if size > most:
        raise TooLarge(
            f"with this file the index of {known.key.name} would carry {size} bytes; the limit for one project is "
            f"{most} (setting publish.max_entries)"
        )
