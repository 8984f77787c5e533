"""File names of wheels and source archives: what they say about project and version.

Source: binary distribution format specification, "File name convention"; source distribution format
specification; PEP 625; PEP 427.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from string import digits

import msgspec
from packaging.tags import parse_tag
from packaging.utils import BuildTag, InvalidWheelFilename, parse_wheel_filename

from pratique.core.errors import Invalid
from pratique.ecosystems.pypi.names import normalise
from pratique.ecosystems.pypi.versions import canonical_version

WHEEL, SDIST = "bdist_wheel", "sdist"
SDIST_ENDINGS = (".tar.gz", ".zip", ".tar.bz2", ".tgz", ".tar.xz")
"""What pip still reads; everything else an index may list (eggs, installers) is not offered."""

MAX_LENGTH = 255
MAX_TAGS = 1000
"""Combinations a wheel's compressed tags may stand for; real ones stay below fifty."""

_WITH_BUILD = 6
"""Parts of a wheel's name that has a build number."""

_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._+!-]*\Z")


class FileName(msgspec.Struct, frozen=True):
    """What a file name says: canonical version and `bdist_wheel` or `sdist`."""

    version: str
    filetype: str


def is_plain(filename: str) -> bool:
    """Whether this is one harmless path segment made of the characters that file names of releases use."""
    return len(filename) <= MAX_LENGTH and _PLAIN.match(filename) is not None


def read_filename(filename: str, project: str) -> FileName | None:
    """Read a listed file's name, knowing which project it should belong to.

    Args:
        filename: last path segment.
        project: canonical name. Old source archives are ambiguous without it: `a-1.0-1.zip`.

    Returns:
        None if it is no wheel or source archive of that project.
    """
    if not is_plain(filename):
        return None
    if filename.endswith(".whl"):
        return _read_wheel(filename.removesuffix(".whl"), project)
    ending = next((ending for ending in SDIST_ENDINGS if filename.endswith(ending)), None)
    return None if ending is None else _read_sdist(filename.removesuffix(ending), project)


def _read_wheel(stem: str, project: str) -> FileName | None:
    parts = stem.split("-")
    if len(parts) not in (5, 6) or normalise(parts[0]) != project:
        return None
    try:
        return FileName(canonical_version(parts[1]), WHEEL)
    except ValueError:
        return None


def _read_sdist(stem: str, project: str) -> FileName | None:
    for match in re.finditer("-", stem):
        if normalise(stem[: match.start()]) == project:
            try:
                return FileName(canonical_version(stem[match.end() :]), SDIST)
            except ValueError:
                continue
    return None


def check_upload_filename(filename: str, name: str, version: str, filetype: str) -> None:
    """Check the file name of an upload against its name, version and type, by today's rules.

    Raises:
        Invalid: the sentence shows the file name and what it should have been.
    """
    if not is_plain(filename):
        raise Invalid(f"{filename[:100]!a} is no file name of a release; letters, digits and `._+!-` are allowed")
    if filetype == SDIST and not filename.endswith(".tar.gz"):
        raise Invalid(
            f'"{filename}" is no source archive; those end in .tar.gz (PEP 625): build it with `python -m build`'
        )
    if filetype == WHEEL:
        _check_wheel_tags(filename)
    found = read_filename(filename, normalise(name))
    if found is None or found.filetype != filetype or found.version != canonical_version(version):
        wanted = f"{normalise(name).replace('-', '_')}-{canonical_version(version)}"
        wanted += ".tar.gz" if filetype == SDIST else "-<tags>.whl"
        raise Invalid(f'"{filename}" does not belong to {name} {version} of type {filetype}; expected "{wanted}"')


def _check_wheel_tags(filename: str) -> None:
    try:
        if combinations(wheel_parts(filename)[1]) > MAX_TAGS:
            raise InvalidWheelFilename(f"more than {MAX_TAGS} combinations of tags")
        parse_wheel_filename(filename)
    except InvalidWheelFilename as error:
        raise Invalid(f'"{filename}" is no name of a wheel (PEP 427): {error}') from None


def rival(filename: str, others: Iterable[str]) -> str | None:
    """The other file of a release beside which installers could not tell which one is meant.

    A release has one source archive, and one wheel for the same tags and build number, however they are spelled.
    """
    mine = _what_it_is(filename)
    return next((other for other in others if _what_it_is(other) == mine), None)


def _what_it_is(filename: str) -> tuple[str, BuildTag, frozenset[str]]:
    if not filename.endswith(".whl"):
        return SDIST, (), frozenset()
    build, tags = wheel_parts(filename.lower())
    return WHEEL, _build_tag(build), expanded_tags([tags]) or frozenset({tags})


def _build_tag(build: str) -> BuildTag:
    """As installers sort it: its leading digits are a number, `1` and `01` the same; empty where there is none."""
    rest = build.lstrip(digits)
    number = build.removesuffix(rest)
    return (int(number or 0), rest) if build else ()


def wheel_parts(filename: str) -> tuple[str, str]:
    """Build number (empty for none) and compressed tags of a wheel's name."""
    parts = filename.removesuffix(".whl").split("-")
    return parts[2] if len(parts) == _WITH_BUILD else "", "-".join(parts[-3:])


def combinations(tags: str) -> int:
    """How many tags compressed ones such as `py2.py3-none-any` stand for."""
    return math.prod(part.count(".") + 1 for part in tags.split("-"))


def expanded_tags(compressed: Iterable[str]) -> frozenset[str] | None:
    """All tags that compressed ones stand for; None if one of them is no tag, or they are more than anybody reads."""
    found: set[str] = set()
    for text in compressed:
        if len(found) + combinations(text) > MAX_TAGS or text.count("-") != 2:
            return None
        found |= {str(tag) for tag in parse_tag(text)}
    return frozenset(found)
