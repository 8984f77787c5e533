"""requirements.txt, as far as it pins: `name==1.0`, with or without checksums. Source: pip's documentation."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec
from packaging.requirements import InvalidRequirement, Requirement

from pratique.core.errors import Invalid, TooLarge
from pratique.core.lockfiles import LockedFile, Lockfile
from pratique.ecosystems.pypi.lockfiles.pins import MAX_BYTES, release
from pratique.ecosystems.pypi.lockfiles.requirement_options import (
    Options,
    break_line,
    options_parser,
    plain_hashes,
    read_options,
)
from pratique.formats.lock_entries import Apart, lockfile, set_apart

WHAT = "requirements.txt"
MEND = "take the lines with other addresses out (--index-url, --extra-index-url, --find-links): pip's settings name one"
MAX_LINES = 100_000
_LONGEST = 1 << 16
"""Characters of a line, with its checksums."""

_ROOM = 1 << 19
"""Characters of all requirements and options without checksums, as their parsers are slow ones."""

_NAMED = 200
"""Characters of a path or address that stands for a name."""

MAX_OPTIONS = 5_000
"""Lines with options beside checksums."""

_COMMENT = re.compile(r"(?:^|\s)#.*\Z")
_ENCODING = re.compile(rb"coding[:=]\s*([-\w.]+)")
_CREDENTIALS = re.compile(r"//[^/\s]*@")


class _Read:
    """What was found so far."""

    def __init__(self) -> None:
        self.parser = options_parser()
        self.index: list[str] = []
        self.searched: list[str] = []
        self.entries: list[LockedFile | Apart] = []
        self.room = _ROOM
        self.options = 0


def read(content: bytes) -> Lockfile:
    """What it pins, and what else its client is told to search. Raises Invalid, TooLarge."""
    if len(content) > MAX_BYTES:
        raise TooLarge(f"the {WHAT} has {len(content)} bytes; at most {MAX_BYTES} are read")
    lines = _lines(content)
    if len(lines) > MAX_LINES:
        raise TooLarge(f"the {WHAT} has {len(lines)} lines; at most {MAX_LINES} are read")
    found = _Read()
    for number, line in _logical(lines):
        if len(line) > _LONGEST:
            raise Invalid(f"the {WHAT} has a line of {len(line)} characters: line {number}")
        _take(found, number, line)
    # The last one counts with pip, also in the files that this one has it read; those before are told nevertheless.
    index = found.index[-1] if found.index else ""
    pins = (msgspec.structs.replace(one, index=index) if isinstance(one, LockedFile) else one for one in found.entries)
    return lockfile(pins, MEND, [*found.index, *found.searched])


def _lines(content: bytes) -> list[str]:
    """As pip reads them, which believes what the first two lines say about the encoding. Raises Invalid."""
    for line in content.split(b"\n", 2)[:2]:
        named = _ENCODING.search(line) if line.startswith(b"#") else None
        if named is not None and named[1].lower() not in (b"utf-8", b"utf8", b"ascii", b"us-ascii"):
            raise Invalid(f"the {WHAT} says that it is no UTF-8 text")
    try:
        return content.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise Invalid(f"the {WHAT} is no UTF-8 text") from None


def _logical(lines: list[str]) -> Iterator[tuple[int, str]]:
    """Lines joined where one ends in a backslash, without comments and blanks."""
    joined: list[str] = []
    for number, line in enumerate(lines, 1):
        if line.endswith("\\") and not line.lstrip().startswith("#"):
            joined.append(line.strip("\\"))
            continue
        is_comment = line.lstrip().startswith("#")
        whole = _COMMENT.sub("", "".join([*joined, " " if is_comment else "", line])).strip()
        joined = []
        if whole:
            yield number, whole
    if joined and (rest := "".join(joined).strip()):
        yield len(lines), rest


def _take(found: _Read, number: int, line: str) -> None:
    bare, said = break_line(line)
    found.room -= len(bare)
    hashes = plain_hashes(said)
    if hashes is None:
        found.room -= len(said)
        found.options += 1
    if found.room < 0:
        raise TooLarge(f"the {WHAT} has more than {_ROOM} characters beside checksums; no more are read")
    if found.options > MAX_OPTIONS:
        raise TooLarge(f"the {WHAT} has more than {MAX_OPTIONS} lines with options; no more are read")
    options = Options(hashes=tuple(hashes)) if hashes is not None else _options(found, number, said)
    if bare:
        found.entries.append(_requirement(number, bare, options.hashes))
        # pip has no ears for an index here; other clients may.
        found.searched += options.index
    else:
        found.index += options.index
    found.searched += (*options.extra, *options.links)
    found.entries += (_apart(one, "another file; check it by itself") for one in options.files + options.constraints)
    found.entries += (_apart(one, "editable") for one in options.editable)


def _options(found: _Read, number: int, said: str) -> Options:
    try:
        return read_options(found.parser, said)
    except ValueError:
        told = "has an option that is none of pip's, or may be several of them; spell it out"
        raise Invalid(f"the {WHAT} {told}: line {number}") from None


def _apart(said: str, kind: str) -> Apart:
    return set_apart(_CREDENTIALS.sub("//", said[:_NAMED]), kind, said)


def _requirement(number: int, bare: str, hashes: tuple[str, ...]) -> LockedFile | Apart:
    try:
        wanted = Requirement(bare)
    except (InvalidRequirement, RecursionError):
        if re.match(r"[A-Za-z][A-Za-z0-9+]*:|[./]", bare) or "/" in bare.partition(";")[0]:
            return set_apart(bare[:80].rpartition("@")[2], "an address or folder", bare)
        raise Invalid(f"the {WHAT} has a line that is no requirement: line {number}") from None
    if wanted.url is not None:
        return set_apart(wanted.name, "git" if wanted.url.startswith("git") else "an address of its own", wanted.url)
    exact = [one for one in wanted.specifier if one.operator in ("==", "===")]
    if len(wanted.specifier) != 1 or len(exact) != 1 or exact[0].version.endswith(".*"):
        return set_apart(wanted.name, "not pinned to one version")
    return release(WHAT, wanted.name, exact[0].version).whole(hashes)
