"""The files of a project on this machine that name packages: found without following links, read within bounds."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from pratique.app import ECOSYSTEMS
from pratique.core.ecosystem import Ecosystem
from pratique.core.ecosystem_verbs import ReadsLockfiles, ReadsManifests
from pratique.core.errors import Invalid, NotFound, PratiqueError, TooLarge
from pratique.core.globs import glob_matches
from pratique.core.lockfiles import Leads
from pratique.core.mentions import Mention
from pratique.core.sentences import one_line
from pratique.formats.manifests import maven, nuget, rubygems

MAX_FILES = 2_000
MAX_FOLDERS = 50_000
MAX_DEPTH = 100
"""Folders in folders."""

MAX_BYTES = 4 << 20
"""Of one file; some kinds are read less far."""

_PASSED_BY = frozenset({"node_modules", "bower_components", "site-packages", "__pycache__", "target", "venv", "vendor"})
"""Folders of what others wrote; hidden ones are passed by as well."""

_PRIVATE_KINDS = ("git", "folder", "workspace", "an address of its own")
"""What lockfiles say of entries that come from no registry, as far as the name then is no public one's."""


class NameFound(msgspec.Struct, frozen=True):
    """A name, and where it stands.

    Attributes:
        name: canonical.
        private: what says that it is no public package's; empty where nothing does.
        files: where it stands, relative to the folder, sorted.
    """

    ecosystem: str
    name: str
    private: str
    files: tuple[str, ...]


class Unread(msgspec.Struct, frozen=True):
    """A file or folder that was not read, and why."""

    path: str
    why: str


class ProjectNames(msgspec.Struct, frozen=True):
    """All names that a folder's files hold."""

    names: tuple[NameFound, ...]
    unread: tuple[Unread, ...]
    files: int


class _Reader(NamedTuple):
    """How the files of one ecosystem's projects are read that people write."""

    ecosystem: str
    manifests: tuple[str, ...]
    read: Callable[[str, bytes], tuple[Mention, ...]]


_SERVED = tuple(
    _Reader(one.id, one.manifests, one.read_manifest_names) for one in ECOSYSTEMS if isinstance(one, ReadsManifests)
)
_OTHERS = (
    _Reader("maven", maven.MANIFESTS, maven.read_manifest_names),
    _Reader("rubygems", rubygems.MANIFESTS, rubygems.read_manifest_names),
    _Reader("nuget", nuget.MANIFESTS, nuget.read_manifest_names),
)
_READERS = (*_SERVED, *(one for one in _OTHERS if all(one.ecosystem != served.ecosystem for served in _SERVED)))


def names_below(folder: Path) -> ProjectNames:
    """Every name in the manifests and lockfiles of a folder and what is below it.

    Raises:
        NotFound: it is no folder, or cannot be read at all.
    """
    if not folder.is_dir():
        raise NotFound(f'"{one_line(str(folder))}" is no folder')
    unread: list[Unread] = []
    found: dict[tuple[str, str], tuple[str, set[str]]] = {}
    number = 0
    for path in _files(folder, unread):
        shown = _shown(path, folder)
        try:
            for ecosystem, mention in read_mentions(path):
                private, files = found.get((ecosystem, mention.name), ("", set()))
                found[ecosystem, mention.name] = (private or mention.private, files | {shown})
            number += 1
        except PratiqueError as error:
            unread.append(Unread(shown, str(error)))
    names = (NameFound(*key, private, tuple(sorted(files))) for key, (private, files) in sorted(found.items()))
    return ProjectNames(tuple(names), tuple(unread), number)


def read_mentions(path: Path) -> list[tuple[str, Mention]]:
    """The names in one file, with their ecosystem.

    Raises:
        Invalid: it is broken.
        NotFound: it cannot be read.
        TooLarge: it has more bytes than are read.
    """
    content = _content(path)
    found: list[tuple[str, Mention]] = []
    for reader in _READERS:
        if _is_one_of(path.name, reader.manifests):
            found += [(reader.ecosystem, one) for one in reader.read(path.name, content)]
    for ecosystem in ECOSYSTEMS:
        if isinstance(ecosystem, ReadsLockfiles) and _is_one_of(path.name, ecosystem.lockfiles):
            found += [(ecosystem.id, one) for one in _locked(ecosystem, ecosystem, path.name, content)]
    return found


def _locked(ecosystem: Ecosystem, reader: ReadsLockfiles, filename: str, content: bytes) -> Iterator[Mention]:
    if len(content) > reader.lockfile_bytes:
        raise TooLarge(f"it has {len(content)} bytes; at most {reader.lockfile_bytes} are read")
    reader.check_lockfile_name(filename)
    lockfile = reader.read_lockfile(filename, content)
    for pin in lockfile.pins:
        elsewhere = reader.leads_to(pin, ()) is Leads.ELSEWHERE
        yield Mention(pin.name, "comes from another registry" if elsewhere else "")
    for told in lockfile.apart:
        said, _, kind = told.removesuffix(")").rpartition(" (")
        try:
            name = ecosystem.canonical(said)
        except Invalid:
            continue  # a path or an address that stands for a name
        yield Mention(name, f"comes from {kind}" if kind in _PRIVATE_KINDS else "")


def _files(folder: Path, unread: list[Unread]) -> Iterator[Path]:
    """Files of names that are read, without those behind links, as far as there are not too many."""
    files = 0
    for folders, (root, names) in enumerate(_folders(folder, unread), 1):
        files += len(names)
        if files > MAX_FILES or folders > MAX_FOLDERS:
            unread.append(Unread(".", f"more than {MAX_FILES} files or {MAX_FOLDERS} folders; the rest was not read"))
            return
        for path in (root / name for name in names):
            if path.is_symlink() or not path.is_file():
                unread.append(Unread(_shown(path, folder), "it is no plain file, and links are not followed"))
            else:
                yield path


def _folders(folder: Path, unread: list[Unread]) -> Iterator[tuple[Path, list[str]]]:
    """Folders with the names of their files that are read; each before those in it, in order."""
    waiting = [(folder, 0)]
    while waiting:
        root, depth = waiting.pop()
        try:
            with os.scandir(root) as entries:
                inside = sorted(entries, key=lambda one: one.name)
        except OSError as error:
            unread.append(Unread(_shown(root, folder), error.strerror or "cannot be read"))
            continue
        is_folder = {one.name: one.is_dir(follow_symlinks=False) for one in inside}
        yield root, [name for name, below in is_folder.items() if not below and _is_read(name)]
        below = [name for name, is_one in is_folder.items() if is_one and _is_entered(name)]
        if below and depth >= MAX_DEPTH:
            unread.append(Unread(_shown(root, folder), f"folders lie deeper than {MAX_DEPTH}; these were not read"))
            continue
        waiting += [(root / name, depth + 1) for name in reversed(below)]


def _is_entered(folder: str) -> bool:
    return folder not in _PASSED_BY and not folder.startswith(".")


def _shown(path: Path, folder: Path) -> str:
    """A path below the folder as text that can be printed: names of files are bytes, and need be no text."""
    return one_line(os.fsencode(path.relative_to(folder).as_posix()).decode("utf-8", "replace"))


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise NotFound(f"it cannot be read: {error.strerror}") from None
    if len(content) > MAX_BYTES:
        raise TooLarge(f"it has more than {MAX_BYTES} bytes")
    return content


def _is_read(name: str) -> bool:
    return any(_is_one_of(name, one.manifests) for one in _READERS) or any(
        isinstance(one, ReadsLockfiles) and _is_one_of(name, one.lockfiles) for one in ECOSYSTEMS
    )


def _is_one_of(name: str, globs: tuple[str, ...]) -> bool:
    return any(glob_matches(glob, name) for glob in globs)
