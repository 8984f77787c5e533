"""Core metadata of a release: the METADATA of a wheel, the PKG-INFO of a source archive.

Source: core metadata specification; PEP 566, PEP 643, PEP 639.
"""

from __future__ import annotations

import email.errors
import re
from typing import Any

from packaging.metadata import InvalidMetadata, Metadata, RawMetadata, parse_email

from pratique.core.artifacts import Manifest
from pratique.core.errors import Invalid, TooLarge
from pratique.ecosystems.pypi.fields import read_fields
from pratique.ecosystems.pypi.filenames import read_filename
from pratique.ecosystems.pypi.names import canonical, normalise
from pratique.ecosystems.pypi.versions import canonical_version, spoken_version

MAX_METADATA = 1 << 20
"""Bytes; a long description takes a few hundred kilobytes."""

MAX_REQUIRES_PYTHON = 1000
"""Characters; with blanks in it, the time of a specifier's parser grows with the square of its length."""

MAX_REQUIREMENT = 4_000
"""Characters of one requirement. The longest that were seen, which name every platform in a marker, have 600."""

MAX_PARENTHESES = 32
"""Opened in one requirement; each costs its parser more than anything else of the same length."""

MAX_REQUIREMENTS = 256 << 10
"""Characters of all requirements of a release; a thousand take about fifty thousand. Their parser takes about a
second for half a million."""

OBJECTIONS = "_objections"
"""Field of a manifest: what speaks against publishing such an archive, as sentences. It can be read all the same:
many released before there were such rules are like that."""

_PARSER_ERRORS = (
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    AssertionError,
    RecursionError,
    email.errors.MessageError,
)
"""What the standard library's e-mail parser answers malformed headers with."""

_VERSION = re.compile(r"[12]\.\d+\Z")


def parse_metadata(content: bytes, where: str) -> dict[str, Any]:
    """Core metadata as JSON values, validated field by field.

    Args:
        content: the file's bytes.
        where: its path, for sentences.

    Raises:
        Invalid: not core metadata; the sentence names the first wrong field.
        TooLarge: longer than `MAX_METADATA`, or of more fields than `read_fields` takes.
    """
    if len(content) > MAX_METADATA:
        raise TooLarge(f"{where} has {len(content)} bytes; at most {MAX_METADATA} are read")
    read_fields(content, where)
    try:
        raw, unparsed = parse_email(content)
    except _PARSER_ERRORS:
        raise Invalid(f"{where} cannot be read as core metadata") from None
    ambiguous = sorted(unparsed.keys() & {"metadata-version", "name", "version", "requires-python"})
    if ambiguous:
        raise Invalid(f"{where} states {ambiguous[0]} more than once, or not in UTF-8")
    if not _VERSION.match(raw.get("metadata_version", "")):
        raise Invalid(f"{where} states no Metadata-Version 1.x or 2.x, the ones that installers read")
    _validate(raw, where)
    return dict(sorted(raw.items()))


def _validate(raw: RawMetadata, where: str) -> None:
    """Check what resolvers act on. Other fields are shown and never acted on, and many published ones are untidy."""
    if len(raw.get("requires_python", "")) > MAX_REQUIRES_PYTHON:
        raise TooLarge(f"{where} has a Requires-Python of more than {MAX_REQUIRES_PYTHON} characters")
    _check_lengths(raw.get("requires_dist", []), where)
    metadata = Metadata.from_raw(raw, validate=False)
    for field in ("name", "version", "requires_python", "requires_dist"):
        try:
            getattr(metadata, field)
        except InvalidMetadata as error:
            raise Invalid(f"{where} is not valid core metadata: {ascii(str(error))[1:-1][:300]}") from None
        except ValueError:  # of numbers with thousands of digits, which the interpreter does not read
            raise Invalid(f"{where} has a version with too many digits to be read") from None


def _check_lengths(requirements: list[str], where: str) -> None:
    """Raises TooLarge for what takes the parser of requirements too long."""
    if sum(map(len, requirements)) > MAX_REQUIREMENTS:
        raise TooLarge(f"{where} has requirements of more than {MAX_REQUIREMENTS} characters together (Requires-Dist)")
    for one in requirements:
        if len(one) > MAX_REQUIREMENT:
            raise TooLarge(f"{where} has a requirement of more than {MAX_REQUIREMENT} characters: {one[:60]!a}...")
        if one.count("(") > MAX_PARENTHESES:
            raise TooLarge(f"{where} has a requirement with more than {MAX_PARENTHESES} parentheses: {one[:60]!a}...")


def build_manifest(
    filename: str, content: bytes, where: str, *, served: bytes, execution_points: tuple[str, ...]
) -> Manifest:
    """The manifest, once name and version inside agree with the file name.

    Args:
        filename: of the artefact.
        content: the metadata's bytes.
        where: path of the metadata inside, for sentences.
        served: bytes offered as separate metadata, empty for none.
        execution_points: as in `FileView`.

    Raises:
        Invalid: not core metadata, or of another project or version.
        TooLarge: the metadata is too long.
    """
    fields = parse_metadata(content, where)
    name, version = fields["name"], spoken_version(fields["version"])
    named = read_filename(filename, canonical(name))
    if named is None or named.version != version:
        raise Invalid(f'"{filename}" holds {name!a} {version}: name and version inside must be those of the file name')
    return Manifest(name=name, version=version, fields=fields, metadata=served, execution_points=execution_points)


def check_folder(stem: str, manifest: Manifest) -> None:
    """Check that a folder is named `{name}-{version}` after the metadata in it.

    Args:
        stem: of a source archive's top folder, or of a `.dist-info` without its ending.
        manifest: name and version that count.

    Raises:
        Invalid: it is named otherwise.
    """
    name, dash, version = stem.rpartition("-")
    try:
        right = bool(dash) and normalise(name) == normalise(manifest.name)
        right = right and canonical_version(version) == manifest.version
    except ValueError:
        right = False
    if not right:
        raise Invalid(f"the archive's folder {stem!a} is not named after {manifest.name!a} {manifest.version} in it")
