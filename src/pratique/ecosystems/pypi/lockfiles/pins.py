"""One entry of a lockfile of Python's clients: the files that it pins."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import unquote

import msgspec

from pratique.core.artifacts import Digests
from pratique.core.errors import Invalid, TooLarge
from pratique.core.lockfiles import LockedFile
from pratique.ecosystems.pypi import names
from pratique.ecosystems.pypi.filenames import SDIST_ENDINGS, is_plain
from pratique.ecosystems.pypi.versions import canonical_version
from pratique.formats.lock_entries import text
from pratique.formats.toml import read_toml
from pratique.formats.web_addresses import read_address

MAX_BYTES = 4 << 20
"""Room for some two thousand projects with all their wheels."""

MAX_PARTS = 400_000
"""Lines, and what a parser makes a value of."""

_KEY_PARTS = 6
_PARTS = b"\n,=[{"
_LENGTHS = {"sha256": 64, "sha512": 128, "sha1": 40, "md5": 32, "blake2b_256": 64}
_HEXADECIMAL = re.compile(r"[0-9A-Fa-f]+\Z")
_INSTALLABLE = (".whl", *SDIST_ENDINGS)


class Release(msgspec.Struct, frozen=True):
    """What an entry is about, in canonical spelling.

    Attributes:
        what: how sentences call the lockfile.
        index: the registry that the entry names; empty for none.
    """

    what: str
    name: str
    version: str
    index: str = ""

    def whole(self, hashes: Iterable[Any] = ()) -> LockedFile:
        """The release, where a lockfile names no files. Raises Invalid."""
        stated = tuple(dict.fromkeys(digests(self, one) for one in hashes))
        known = tuple(one for one in stated if one != Digests())
        if stated and not known:
            raise Invalid(f"{self.what} pins {self.name} by checksums of kinds that nobody knows here")
        return LockedFile(self.name, self.version, "", Digests(), "", self.index, known)

    def file(self, filename: str, stated: Digests, source: str = "") -> LockedFile:
        """One of its files. Raises Invalid."""
        if not is_plain(filename):
            raise Invalid(f"{self.what} pins {self.name} by {filename[:80]!a}, which is no name of a file")
        return LockedFile(self.name, self.version, filename, stated, source, self.index)


def release(what: str, name: Any, version: Any, index: str = "") -> Release:
    """What an entry is about. Raises Invalid."""
    if not isinstance(name, str) or not isinstance(version, str):
        raise Invalid(f"this is no {what}: it pins something without name or version as text")
    canonical = names.canonical(name)
    try:
        return Release(what, canonical, canonical_version(version), index)
    except ValueError:
        raise Invalid(f"{what} pins {canonical} {version[:64]!a}, which is no version of a Python project") from None


def files(of: Release, listed: Iterable[Any], source: str = "") -> Iterator[LockedFile]:
    """The files of an entry, each a mapping with `file`, `name`, `url` or `path`, and `hash`; or the whole release.

    Args:
        of: what they belong to.
        listed: as they stand there; what nobody installs any more (eggs, installers) is left out.
        source: the address of all that have none of their own.

    Raises:
        Invalid: one of them is broken.
    """
    found = []
    for one in listed:
        if not isinstance(one, dict):
            raise Invalid(f"this is no {of.what}: a file of {of.name} is no mapping")
        url = text(of.what, one, "url")
        filename = next((said for key in ("file", "name", "filename") if (said := text(of.what, one, key))), "")
        filename = filename or last_segment(url or text(of.what, one, "path"))
        if filename.lower().endswith(_INSTALLABLE):
            found.append(of.file(filename, _stated(of, one), url or source))
    yield from found or [of.whole()]


def _stated(of: Release, file: dict[str, Any]) -> Digests:
    if "hashes" not in file:
        return digests(of, file["hash"]) if "hash" in file else Digests()
    stated = file["hashes"]
    if not isinstance(stated, dict):
        raise Invalid(f"this is no {of.what}: the checksums of {of.name} are no mapping")
    every = {key: _checked(of, key, value) for key, value in stated.items() if key in _LENGTHS}
    return Digests(**every)


def digests(of: Release, stated: Any) -> Digests:
    """`sha256:0123...`; nothing for kinds that nobody else states. Raises Invalid."""
    if not isinstance(stated, str) or ":" not in stated:
        raise Invalid(f"{of.what} pins {of.name} by a checksum that is none")
    kind, _, value = stated.partition(":")
    return Digests(**{kind: _checked(of, kind, value)}) if kind in _LENGTHS else Digests()


def _checked(of: Release, kind: str, value: Any) -> str:
    if not isinstance(value, str) or len(value) != _LENGTHS[kind] or not _HEXADECIMAL.match(value):
        raise Invalid(f"{of.what} pins {of.name} by a checksum that is no {kind}")
    return value.lower()


def last_segment(address: str) -> str:
    """The file's name in an address or path."""
    read = read_address(address)
    path = address if read is None else read.path.partition("?")[0]
    return unquote(path.replace("\\", "/").rpartition("/")[2])


def toml(what: str, content: bytes) -> dict[str, Any]:
    """A lockfile in TOML. Raises Invalid, TooLarge."""
    parts = sum(content.count(one) for one in _PARTS)
    if parts > MAX_PARTS:
        raise TooLarge(f"the {what} has {parts} lines and values; at most {MAX_PARTS} are read")
    return read_toml(content, f"the {what}", MAX_BYTES, _KEY_PARTS)


def tables(what: str, found: Any, field: str) -> list[dict[str, Any]]:
    """A list of mappings. Raises Invalid."""
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise Invalid(f"this is no {what}: `{field}` is no list of tables")
    return found


def table(what: str, found: Any, field: str) -> dict[str, Any]:
    """A mapping, empty where there is none. Raises Invalid."""
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise Invalid(f"this is no {what}: `{field}` is no table")
    return found


def items(what: str, found: Any, field: str) -> list[Any]:
    """A list, empty where there is none. Raises Invalid."""
    if found is None:
        return []
    if not isinstance(found, list):
        raise Invalid(f"this is no {what}: `{field}` is no list")
    return found
