"""What a scan is pointed at, as descriptors that a caged worker can read: files, folders, standard input."""

from __future__ import annotations

import os
import stat
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from pratique.core.errors import Invalid, NotFound, TooLarge
from pratique.scan.recognise import ecosystem_of
from pratique.scan.report import Subject

MAX_IN_MEMORY = 1 << 30
"""Bytes of standard input, or of a folder, that are taken: they are held in memory and not written to disk."""

ARTEFACTS = (
    ".whl",
    ".tgz",
    ".tar.gz",
    ".tar.bz2",
    ".tar.xz",
    ".zip",
    ".egg",
    ".crate",
    ".gem",
    ".nupkg",
    ".snupkg",
    ".jar",
    ".war",
    ".aar",
)
_PIECE = 1 << 20


def artefacts_in(target: Path) -> list[Path]:
    """The artefacts of a folder; the folder itself where it is a package that somebody unpacked, or a project.

    Raises:
        NotFound: it cannot be read.
        Invalid: there is neither in it.
    """
    if not target.is_dir():
        return [target]
    try:
        names = sorted(os.listdir(target))
    except OSError as error:
        raise NotFound(f'"{target}" cannot be read: {error.strerror}') from None
    if ecosystem_of("", names) or any((target / name).is_dir() and _is_about(target / name) for name in names):
        return [target]
    found = [target / name for name in names if name.lower().endswith(ARTEFACTS) and (target / name).is_file()]
    if not found:
        raise Invalid(f'"{target}" holds no package and no artefact of one; name a file, or say what it is with --as')
    return found


def _is_about(folder: Path) -> bool:
    return folder.name.endswith((".dist-info", ".egg-info")) or folder.name == "META-INF"


@contextmanager
def opened(target: Path) -> Iterator[int]:
    """A descriptor of an artefact; of a folder, of a tar archive of it in memory.

    Raises:
        NotFound: it cannot be read.
        Invalid: it is no regular file, or no folder of such.
        TooLarge: the folder is.
    """
    try:
        descriptor = _packed(target) if target.is_dir() else _regular(target)
    except OSError as error:
        raise NotFound(f'"{error.filename or target}" cannot be read: {error.strerror}') from None
    try:
        yield descriptor
    finally:
        os.close(descriptor)


@contextmanager
def taken_in(stream: BinaryIO) -> Iterator[int]:
    """A descriptor of all that a stream gives, held in memory and nowhere else.

    Raises:
        TooLarge: it gives too much.
    """
    descriptor = _memory()
    try:
        size = 0
        while piece := stream.read(_PIECE):
            size += len(piece)
            if size > MAX_IN_MEMORY:
                raise TooLarge(f"standard input gives more than {MAX_IN_MEMORY} bytes; scan it as a file")
            _write(descriptor, piece)
        yield descriptor
    finally:
        os.close(descriptor)


def subject_of(text: str) -> Subject:
    """Whose artefact it is, as `--as` says it.

    Raises:
        Invalid: it is not of the form ECOSYSTEM:NAME@VERSION.
    """
    ecosystem, colon, rest = text.partition(":")
    name, at, version = rest.rpartition("@")
    if not (colon and at and name and version) or ecosystem not in ECOSYSTEMS or not rest.isprintable():
        known = ", ".join(ECOSYSTEMS)
        raise Invalid(f'--as {ascii(text[:80])[1:-1]}: write it as "npm:left-pad@1.3.0"; ecosystems are {known}')
    return Subject(ecosystem, name, version)


ECOSYSTEMS = ("npm", "pypi", "cargo", "maven", "rubygems", "nuget")


def _regular(target: Path) -> int:
    descriptor = os.open(target, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise Invalid(f'"{target}" is no regular file')
    return descriptor


def _packed(folder: Path) -> int:
    """A folder as a tar archive in memory: regular files only, links are named and not followed."""
    descriptor = _memory()
    try:
        with os.fdopen(os.dup(descriptor), "wb") as target, tarfile.open(fileobj=target, mode="w") as archive:
            size = 0
            for path in _files(folder):
                about = path.lstat()
                size += about.st_size + 512
                if size > MAX_IN_MEMORY:
                    raise TooLarge(f'"{folder}" has more than {MAX_IN_MEMORY} bytes; scan its packed artefact instead')
                info = tarfile.TarInfo(path.relative_to(folder).as_posix())
                if stat.S_ISLNK(about.st_mode):
                    info.type, info.linkname = tarfile.SYMTYPE, os.readlink(path)
                    archive.addfile(info)
                elif stat.S_ISREG(about.st_mode):
                    with path.open("rb") as content:
                        info.size = os.fstat(content.fileno()).st_size
                        archive.addfile(info, content)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _files(folder: Path) -> Iterator[Path]:
    def refuse(error: OSError) -> None:
        raise error

    for place, folders, names in os.walk(folder, onerror=refuse):
        folders[:] = sorted(name for name in folders if name != ".git")
        links = [name for name in folders if (Path(place) / name).is_symlink()]
        for name in sorted([*names, *links]):
            yield Path(place) / name


def _memory() -> int:
    if not hasattr(os, "memfd_create"):
        raise Invalid("this system holds no files in memory; scan a packed artefact that is a file")
    return os.memfd_create("artefact", os.MFD_CLOEXEC)


def _write(descriptor: int, piece: bytes) -> None:
    left = memoryview(piece)
    while left:
        left = left[os.write(descriptor, left) :]
