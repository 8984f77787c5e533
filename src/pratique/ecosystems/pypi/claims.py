"""Compare what an upload claims with what its artefact says; the artefact is believed.

Source: core metadata specification; the legacy upload API's field names.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pratique.core.artifacts import Manifest, PublishDraft
from pratique.core.errors import Invalid
from pratique.ecosystems.pypi.filenames import expanded_tags, wheel_parts
from pratique.ecosystems.pypi.names import normalise
from pratique.ecosystems.pypi.versions import canonical_version
from pratique.ecosystems.pypi.wheel import BUILD, TAGS

_FORM_TO_METADATA = {
    "platform": "platforms",
    "supported_platform": "supported_platforms",
    "license_file": "license_files",
    "provides_extras": "provides_extra",
    "import_name": "import_names",
    "import_namespace": "import_namespaces",
}
"""Form fields named otherwise than the metadata they repeat."""

_NOT_IN_METADATA = frozenset({"name", "version", "filetype", "pyversion", "comment"})


def compare_claims(draft: PublishDraft, manifest: Manifest) -> tuple[str, ...]:
    """Names of claimed fields that the artefact does not bear out, sorted.

    A field the client did not send claims nothing.

    Raises:
        Invalid: name or version differ.
    """
    if normalise(draft.name) != normalise(manifest.name):
        raise Invalid(f"the upload claims to be {draft.name} and holds {manifest.name!a}; nothing was stored")
    if canonical_version(draft.version) != canonical_version(manifest.version):
        raise Invalid(f"the upload claims version {draft.version} and holds {manifest.version}; nothing was stored")
    differing = {
        field
        for field, claimed in draft.claims.items()
        if field not in _NOT_IN_METADATA
        and _comparable(claimed) != _comparable(manifest.fields.get(_FORM_TO_METADATA.get(field, field)))
    }
    return tuple(sorted(differing | set(_misnamed(draft.filename, manifest))))


def _misnamed(filename: str, manifest: Manifest) -> Iterator[str]:
    """What a wheel's name says of it otherwise than its WHEEL file: it was renamed, and not built for that."""
    if TAGS not in manifest.fields:
        return
    build, tags = wheel_parts(filename)
    if expanded_tags([tags]) != expanded_tags(manifest.fields[TAGS]):
        yield "tags"
    if build.lower() != manifest.fields[BUILD].lower():
        yield "build number"


def _comparable(value: Any) -> Any:
    """One shape for what a form and a metadata file write differently: order, spacing, lists as text."""
    if isinstance(value, dict):
        return _comparable([f"{label}, {url}" for label, url in value.items()])
    if isinstance(value, list | tuple):
        words = {piece for item in value for piece in _comparable_text(str(item)).split(",") if piece}
        return frozenset(words)
    text = _comparable_text(value or "")
    return frozenset(piece for piece in text.split(",") if piece)


def _comparable_text(text: str) -> str:
    return "".join(text.split())
