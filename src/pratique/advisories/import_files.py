"""Read OSV exports: an `all.zip`, or a folder of records. Streams, bounded, never stopped by one bad record."""

from __future__ import annotations

import lzma
import os
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import msgspec

from pratique.advisories.record import Advisory, OsvEcosystems, Rejected, read_record
from pratique.core.errors import Invalid, TooLarge


class ImportLimits(msgspec.Struct, frozen=True):
    """Bounds of one import, all settings.

    Attributes:
        max_records: files in the export.
        max_record: bytes of one record.
        max_total: bytes of all records together.
    """

    max_records: int = 2_000_000
    max_record: int = 8 << 20
    max_total: int = 16 << 30


USUAL = ImportLimits()

BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    OSError,
    ValueError,
    IndexError,
)
"""What the standard library raises for broken, locked or unsupported archives."""


def read_export(path: Path, ecosystems: OsvEcosystems, limits: ImportLimits = USUAL) -> Iterator[Advisory | Rejected]:
    """Read a ZIP file, a folder, or a single JSON record.

    Raises:
        Invalid: there is nothing of that kind at the path.
        TooLarge: the export as a whole is over a limit; what was yielded before is good.
    """
    if path.is_dir():
        yield from read_folder(path, ecosystems, limits)
    elif zipfile.is_zipfile(path):
        yield from read_zip(path, ecosystems, limits)
    elif path.is_file() and path.suffix == ".json":
        yield from _Reading(ecosystems, limits).record(path.name, _content(path, limits))
    elif not path.exists():
        raise Invalid(f'there is nothing at "{path}"; give an OSV export such as all.zip')
    else:
        raise Invalid(f"{path.name} is no ZIP file, no folder and no JSON file; give an OSV export such as all.zip")


def read_zip(path: Path, ecosystems: OsvEcosystems, limits: ImportLimits = USUAL) -> Iterator[Advisory | Rejected]:
    """Every record of an export's ZIP file; nothing is extracted.

    Raises:
        Invalid: the file is no readable ZIP.
        TooLarge: too many or too large records in all.
    """
    reading = _Reading(ecosystems, limits)
    try:
        archive = zipfile.ZipFile(path)
    except BROKEN as error:
        raise Invalid(f"{path.name} cannot be read as a ZIP file: {error}") from None
    with archive:
        for entry in archive.infolist():
            if entry.filename.endswith(".json"):
                yield from reading.record(entry.filename, _member(archive, entry, limits))


def read_folder(folder: Path, ecosystems: OsvEcosystems, limits: ImportLimits = USUAL) -> Iterator[Advisory | Rejected]:
    """Every `.json` below a folder; symbolic links are not followed.

    Raises:
        TooLarge: too many or too large records in all.
    """
    reading = _Reading(ecosystems, limits)
    for place, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = Path(place, name)
            if name.endswith(".json") and not path.is_symlink():
                yield from reading.record(str(path.relative_to(folder)), _content(path, limits))


class _Reading:
    """Counts of one import against its limits."""

    def __init__(self, ecosystems: OsvEcosystems, limits: ImportLimits) -> None:
        self._ecosystems, self._limits = ecosystems, limits
        self._records = self._bytes = 0

    def record(self, source: str, content: bytes | Rejected) -> list[Advisory | Rejected]:
        """Count one file and read it."""
        self._records += 1
        if self._records > self._limits.max_records:
            raise TooLarge(f"more than {self._limits.max_records} advisories in one import (max_records)")
        if isinstance(content, Rejected):
            return [content]
        self._bytes += len(content)
        if self._bytes > self._limits.max_total:
            raise TooLarge(f"more than {self._limits.max_total} bytes of advisories in one import (max_total)")
        if len(content) > self._limits.max_record:
            return [Rejected(source, f"is larger than {self._limits.max_record} bytes (max_record)")]
        return read_record(content, source, self._ecosystems)


def _member(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, limits: ImportLimits) -> bytes | Rejected:
    """One byte more than allowed is read, never what the entry claims."""
    try:
        with archive.open(entry) as stream:
            return stream.read(limits.max_record + 1)
    except BROKEN as error:
        return Rejected(entry.filename, f"cannot be unpacked: {error}")


def _content(path: Path, limits: ImportLimits) -> bytes | Rejected:
    try:
        with path.open("rb") as stream:
            return stream.read(limits.max_record + 1)
    except OSError as error:
        return Rejected(path.name, f"cannot be read: {error.strerror}")
