"""License files that metadata names have to be in the archive.

Source: PEP 639 "Add License-File field"; core metadata specification 2.4.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Any

_FIRST_WITH_MEANING = (2, 4)
"""Before, the field was written without being specified, and paths in it mean nothing."""


def missing_license_file(fields: Mapping[str, Any], folder: str, names: Container[str]) -> str | None:
    """Why this may not be published: the first license file that is not where it should be; None if all are.

    Args:
        fields: the metadata.
        folder: below which they stand.
        names: paths of all files of the archive.
    """
    version = str(fields.get("metadata_version", "")).split(".")
    if tuple(int(part) for part in version if part.isdigit()) < _FIRST_WITH_MEANING:
        return None
    paths = fields.get("license_files", [])
    missing = [path for path in paths if isinstance(path, str) and f"{folder}/{path}" not in names]
    return f"the metadata names the license file {missing[0][:100]!a}, which is not in {folder}" if missing else None
