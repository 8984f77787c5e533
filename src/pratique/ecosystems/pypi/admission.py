"""What a release must be to be published now; what was released before such rules need not meet them.

Not asked, as PyPI asks it: known classifiers (private projects use `Private :: Do Not Upload` so that PyPI refuses
them), no local versions (patched builds of public projects are what they are for), and platform tags that run
elsewhere too.
Source: core metadata specification; the limits are those of PyPI.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from packaging.requirements import Requirement

from pratique.core.artifacts import Manifest
from pratique.core.errors import Invalid
from pratique.ecosystems.pypi.metadata import OBJECTIONS

METADATA_VERSIONS = ("1.0", "1.1", "1.2", "2.0", "2.1", "2.2", "2.3", "2.4", "2.5")
"""2.0 was never final, and is in every wheel of its years."""

MAX_SUMMARY = 512
MAX_LABEL = 32
"""Characters of one label among the project's addresses."""


def check_release(manifest: Manifest) -> None:
    """Refuse what is sound and may not be published.

    Raises:
        Invalid: the first thing that speaks against it.
    """
    for objection in _objections(manifest.fields):
        raise Invalid(objection)


def _objections(fields: dict[str, Any]) -> Iterator[str]:
    yield from fields.get(OBJECTIONS, ())
    version = str(fields.get("metadata_version", ""))
    if version not in METADATA_VERSIONS:
        yield f"Metadata-Version {version[:20]!a} is not known here; up to {METADATA_VERSIONS[-1]} is"
    summary = fields.get("summary", "")
    if len(summary) > MAX_SUMMARY:
        yield f"the summary has {len(summary)} characters, at most {MAX_SUMMARY} are allowed; the rest is description"
    for label in fields.get("project_urls", {}):
        if len(label) > MAX_LABEL:
            yield f"the project's address {label[:60]!a} has a label of over {MAX_LABEL} characters"
    for line in fields.get("requires_dist", ()):
        if Requirement(line).url is not None:
            yield (
                f"it requires {line[:100]!a} from an address of its own, which leads around this server: publish "
                "that here too, and require it by name and version"
            )
