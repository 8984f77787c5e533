"""Read Cargo.lock: which release of which crate, from where, with which checksum.

Source: The Cargo Book, "Cargo.toml vs Cargo.lock"; the forms 1 to 4 of cargo's own lockfile writer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from pratique.core.artifacts import Digests
from pratique.core.errors import Invalid, TooLarge
from pratique.core.lockfiles import Leads, LockedFile, Lockfile, named_apart
from pratique.core.sentences import clean
from pratique.ecosystems.cargo import names
from pratique.ecosystems.cargo.versions import is_version
from pratique.formats.toml import read_toml

MAX_BYTES = 1 << 20
"""Room for some four thousand packages."""

MAX_PARTS = 150_000
"""Lines, and what a parser makes a value of: cargo writes some twenty of them for a package."""

_KEY_PARTS = 4
"""`[[patch.unused]]` has two."""

_PARTS = b"\n,=[{"

_PUBLIC = frozenset(
    {"registry+https://github.com/rust-lang/crates.io-index", "sparse+https://index.crates.io/"},
)
"""How cargo writes the public index, also where `replace-with` has another server stand in for it."""

LOCKFILES = ("Cargo.lock",)
MEND = 'name this server\'s registry in Cargo.toml (`registry = "pratique"`), then `cargo update -p NAME`'

_SHA256 = re.compile(r"[0-9a-f]{64}\Z")


def check_lockfile_name(_filename: str) -> None:
    """There is one name, of one form."""


def read_lockfile(_filename: str, content: bytes) -> Lockfile:
    """Everything that a Cargo.lock pins from a registry; path and git dependencies are apart.

    Raises:
        Invalid: it is no Cargo.lock, or pins something under no name, version or checksum.
        TooLarge: over `MAX_BYTES` or `MAX_PARTS`.
    """
    _check_parts(content)
    document = read_toml(content, "the Cargo.lock", MAX_BYTES, _KEY_PARTS)
    packages = document.get("package", [])
    if not isinstance(packages, list) or not all(isinstance(one, dict) for one in packages):
        raise Invalid("this is no Cargo.lock: `package` is no list of tables")
    metadata = document.get("metadata")
    old_checksums = metadata if isinstance(metadata, dict) else {}
    found = [_locked(one, old_checksums) for one in packages]
    pins = tuple(one for one in found if isinstance(one, LockedFile))
    return Lockfile(pins, named_apart(one for one in found if isinstance(one, str)), mend=MEND)


def leads_to(pin: LockedFile, base_urls: Iterable[str]) -> Leads:
    """Whether cargo asks one of these servers for the pin: it is from the public index or from one of theirs.

    What comes from another registry may be a private name there, of which nobody else should hear.

    Args:
        pin: as read.
        base_urls: each `https://host/{repository}/cargo`.
    """
    ours = (f"sparse+{base}/{index}/" for base in base_urls for index in ("index", "members/index"))
    return Leads.HERE if pin.source in _PUBLIC or pin.source in ours else Leads.ELSEWHERE


def searches_here(_address: str, _base_urls: Iterable[str]) -> bool:
    """A Cargo.lock has cargo search nowhere else."""
    return True


def _check_parts(content: bytes) -> None:
    """Refuse what is no Cargo.lock by its looks: a parser spends its time on values, not on bytes."""
    parts = sum(content.count(one) for one in _PARTS)
    if parts > MAX_PARTS:
        raise TooLarge(f"the Cargo.lock has {parts} lines and values; at most {MAX_PARTS} are read")


def _locked(package: dict[str, Any], old_checksums: dict[str, Any]) -> LockedFile | str:
    """The pin, or what comes from no registry in words."""
    name, version, source = package.get("name"), package.get("version"), package.get("source")
    if source is None:
        return _apart(name, "folder")
    if not isinstance(name, str) or not isinstance(version, str) or not isinstance(source, str):
        raise Invalid("the Cargo.lock pins something without name, version or source as text")
    if not source.startswith(("registry+", "sparse+")):
        return _apart(name, "git")
    canonical = names.canonical(name)
    if not is_version(version):
        raise Invalid(f"the Cargo.lock pins {name} {version[:64]!a}, which is no release of a crate")
    # The first form kept checksums apart, under the whole identity of the package.
    checksum = package.get("checksum") or old_checksums.get(f"checksum {name} {version} ({source})")
    return LockedFile(canonical, version, names.crate_filename(name, version), _digests(name, checksum), source)


def _apart(name: Any, kind: str) -> str:
    return clean(f"{str(name)[:64]} ({kind})")


def _digests(name: str, checksum: Any) -> Digests:
    """None where it states none: of what came from a folder, or by `<none>` in the first form."""
    if checksum is None or checksum == "<none>":
        return Digests()
    if not isinstance(checksum, str) or not _SHA256.match(checksum):
        raise Invalid(f"the Cargo.lock pins {name} by a checksum that is no sha256")
    return Digests(sha256=checksum)
