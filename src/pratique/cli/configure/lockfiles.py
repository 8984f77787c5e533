"""Lockfiles beside what is configured whose addresses lead past the server: clients believe those first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from pratique.app import ECOSYSTEMS
from pratique.cli.lockfiles import lockfiles_in, read_text
from pratique.core.errors import PratiqueError
from pratique.core.sentences import clean
from pratique.services.installing.check_lockfile import reader_of
from pratique.services.installing.goes_round import goes_round, in_words


def warn_of_lockfiles(ecosystem: str, folder: Path, base_urls: Sequence[str]) -> Iterator[str]:
    """A sentence for each lockfile of a folder that goes round the server.

    Args:
        ecosystem: whose lockfiles.
        folder: the project's, or where the command is given.
        base_urls: of the repository's ecosystem.
    """
    try:
        paths = lockfiles_in(folder, ecosystem)
    except PratiqueError:
        return
    for path in paths:
        try:
            _, reader = reader_of(ECOSYSTEMS, path.name)
            lockfile = reader.read_lockfile(path.name, read_text(path).encode())
        except PratiqueError as error:
            yield clean(f"whether {path.name} leads past this server cannot be told: {error}")
            continue
        found = goes_round(reader, lockfile, base_urls)
        if found:
            places = "; ".join(in_words(one) for one in found)
            yield f"{clean(path.name)} goes round this server all the same: {places}. Mend: {lockfile.mend}"
