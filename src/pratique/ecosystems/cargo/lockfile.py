"""Read Cargo.lock: which release of which crate, from where, with which checksum.

Source: The Cargo Book, "Cargo.toml vs Cargo.lock"; the forms 1 to 4 of cargo's own lockfile writer.
"""

from __future__ import annotations

import tomllib
from typing import Any

from pratique.core.artifacts import Digests, LockedFile
from pratique.core.errors import Invalid
from pratique.ecosystems.cargo import names
from pratique.ecosystems.cargo.versions import is_version


def read_lockfile(content: bytes) -> tuple[LockedFile, ...]:
    """Everything that a Cargo.lock pins from a registry; path and git dependencies are none of ours.

    Raises:
        Invalid: it is no Cargo.lock, or pins something under no name or version.
    """
    try:
        document = tomllib.loads(content.decode())
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise Invalid(f"this is no readable Cargo.lock: {' '.join(str(error).split())[:200]}") from None
    packages = document.get("package", [])
    if not isinstance(packages, list) or not all(isinstance(one, dict) for one in packages):
        raise Invalid("this is no Cargo.lock: `package` is no list of tables")
    metadata = document.get("metadata")
    old_checksums = metadata if isinstance(metadata, dict) else {}
    found = (_locked(one, old_checksums) for one in packages)
    return tuple(one for one in found if one is not None)


def _locked(package: dict[str, Any], old_checksums: dict[str, Any]) -> LockedFile | None:
    name, version, source = package.get("name"), package.get("version"), package.get("source")
    if source is None:
        return None
    if not (isinstance(name, str) and isinstance(version, str) and isinstance(source, str) and is_version(version)):
        raise Invalid(f"Cargo.lock pins {str(name)[:64]!a} {str(version)[:64]!a}, which is no release of a crate")
    if not source.startswith(("registry+", "sparse+")):
        return None
    canonical = names.canonical(name)
    # The first form kept checksums apart, under the whole identity of the package.
    checksum = package.get("checksum") or old_checksums.get(f"checksum {name} {version} ({source})")
    digests = Digests(sha256=checksum) if isinstance(checksum, str) and checksum != "<none>" else Digests()
    return LockedFile(canonical, version, names.crate_filename(name, version), digests, source)
