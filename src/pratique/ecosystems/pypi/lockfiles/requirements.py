"""requirements.txt, as far as it pins: `name==1.0`, with or without checksums. Source: pip's documentation."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec
from packaging.requirements import InvalidRequirement, Requirement

from pratique.core.errors import Invalid, TooLarge
from pratique.core.lockfiles import LockedFile, Lockfile
from pratique.ecosystems.pypi.lockfiles.pins import MAX_BYTES, Apart, lockfile, release

WHAT = "requirements.txt"
MEND = "take the lines with other addresses out (--index-url, --extra-index-url, --find-links): pip's settings name one"
MAX_LINES = 100_000
_LONGEST = 1 << 16
"""Characters of a line, with its checksums."""

_ROOM = 1 << 19
"""Characters of all requirements without their checksums, as their parser is a slow one."""


_COMMENT = re.compile(r"(?:^|\s)#.*\Z")
_OPTION = re.compile(r"(--?[A-Za-z][A-Za-z-]*)(?:[ \t=]+(.*))?\Z")
_HASH = re.compile(r"\s--hash[= ]+(\S+)")
_LATER_OPTION = re.compile(r"\s--[a-z-]+[= ].*\Z")
_INDEX = ("-i", "--index-url", "--pypi-url")
_MORE = ("--extra-index-url", "-f", "--find-links")
_OTHER_FILES = ("-r", "--requirement", "-c", "--constraint", "-e", "--editable")


class _Read(msgspec.Struct):
    """What was found so far."""

    index: str = ""
    searched: list[str] = []
    entries: list[LockedFile | Apart] = []
    room: int = _ROOM


def read(content: bytes) -> Lockfile:
    """What it pins, and what else its client is told to search. Raises Invalid, TooLarge."""
    if len(content) > MAX_BYTES:
        raise TooLarge(f"the {WHAT} has {len(content)} bytes; at most {MAX_BYTES} are read")
    try:
        lines = content.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise Invalid(f"the {WHAT} is no UTF-8 text") from None
    if len(lines) > MAX_LINES:
        raise TooLarge(f"the {WHAT} has {len(lines)} lines; at most {MAX_LINES} are read")
    found = _Read()
    for number, line in _logical(lines):
        if len(line) > _LONGEST:
            raise Invalid(f"the {WHAT} has a line of {len(line)} characters: line {number}")
        _take(found, number, line)
    pins = (
        msgspec.structs.replace(one, index=found.index) if isinstance(one, LockedFile) else one for one in found.entries
    )
    return lockfile(pins, MEND, found.searched)


def _logical(lines: list[str]) -> Iterator[tuple[int, str]]:
    """Lines joined where one ends in a backslash, without comments and blanks."""
    joined: list[str] = []
    for number, line in enumerate(lines, 1):
        if line.endswith("\\") and not line.lstrip().startswith("#"):
            joined.append(line[:-1])
            continue
        whole = _COMMENT.sub("", "".join([*joined, line])).strip()
        joined = []
        if whole:
            yield number, whole
    if joined and (rest := "".join(joined).strip()):
        yield len(lines), rest


def _take(found: _Read, number: int, line: str) -> None:
    option = _OPTION.match(line) if line.startswith("-") else None
    if option is None:
        hashes = _HASH.findall(line)
        bare = _LATER_OPTION.sub("", line).strip()
        found.room -= len(bare)
        if found.room < 0:
            raise TooLarge(f"the {WHAT} has more than {_ROOM} characters beside checksums; no more are read")
        found.entries.append(_requirement(number, bare, hashes))
        return
    word, value = option[1], (option[2] or "").strip()
    if word in _INDEX:
        found.index = value
    elif word in _MORE:
        found.searched.append(value)
    elif word in _OTHER_FILES or line.startswith(("-r", "-c", "-e")):
        kind = "editable" if line.startswith(("-e", "--editable")) else "another file; check it by itself"
        found.entries.append(Apart(value or line[2:].strip(), kind))


def _requirement(number: int, bare: str, hashes: list[str]) -> LockedFile | Apart:
    try:
        wanted = Requirement(bare)
    except (InvalidRequirement, RecursionError):
        if re.match(r"[A-Za-z][A-Za-z0-9+]*:|[./]", bare) or "/" in bare.partition(";")[0]:
            return Apart(bare[:80].rpartition("@")[2], "an address or folder")
        raise Invalid(f"the {WHAT} has a line that is no requirement: line {number}") from None
    if wanted.url is not None:
        return Apart(wanted.name, "git" if wanted.url.startswith("git") else "an address of its own")
    exact = [one for one in wanted.specifier if one.operator in ("==", "===")]
    if len(wanted.specifier) != 1 or len(exact) != 1 or exact[0].version.endswith(".*"):
        return Apart(wanted.name, "not pinned to one version")
    return release(WHAT, wanted.name, exact[0].version).whole(hashes)
