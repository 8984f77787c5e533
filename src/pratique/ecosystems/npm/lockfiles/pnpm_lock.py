"""pnpm's pnpm-lock.yaml, lockfileVersion 6 and 9.

The address of a file stands there only where it is unusual or was asked for (`lockfileIncludeTarballUrl`); pnpm 12
refuses one that is not the configured registry's, older ones follow it, from the registry's own address on where it
is relative. Source: pnpm's lockfile documents; pnpm's `lockfile/utils`; measured with pnpm 12.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pratique.core.errors import Invalid
from pratique.core.lockfiles import LockedFile, Lockfile
from pratique.ecosystems.npm.lockfiles.pins import MAX_BYTES, MAX_PARTS, kind_of, pin, split_name, tables
from pratique.ecosystems.npm.lockfiles.places import CONFIGURED, SAME_HOST
from pratique.formats.lock_entries import Apart, lockfile, set_apart, text
from pratique.formats.yaml_tree import read_yaml

WHAT = "pnpm-lock.yaml"
MEND = "rm -rf node_modules pnpm-lock.yaml && pnpm install"
_RELATIVE = re.compile(r"[A-Za-z0-9@._~%+/-]+\Z")
_TYPE = re.compile(r"(?:git|directory|tarball|binary|variations|custom:.*)\Z")
"""Of what pnpm has from elsewhere; what it takes for none (`null`, `false`) is none of these."""


def read(content: bytes) -> Lockfile:
    """What it pins; pnpm 11 and later may put a document about its own tools before the project's."""
    entries: list[LockedFile | Apart] = []
    for document in read_yaml(content, f"the {WHAT}", MAX_BYTES, MAX_PARTS):
        if not isinstance(document, dict):
            raise Invalid(f"this is no {WHAT}: it is no mapping")
        major = str(document.get("lockfileVersion", "")).partition(".")[0]
        if major not in ("6", "9"):
            raise Invalid(
                f"this {WHAT} is of no form that is read here (lockfileVersion 6 and 9): "
                "`pnpm install --lockfile-only` with pnpm 8 or later writes it anew"
            )
        slash = major == "6"
        entries += (_entry(key, entry, slash=slash) for key, entry in _tables(document, "packages"))
        entries += _links(document)
    return lockfile(entries, MEND)


def _tables(document: dict[str, Any], field: str) -> Iterator[tuple[str, dict[str, Any]]]:
    return tables(WHAT, document.get(field) or {}, field)


def _entry(key: str, entry: dict[str, Any], *, slash: bool) -> LockedFile | Apart:
    """One package. In form 6 a registry's begin with a slash, and what peers it was built with may follow."""
    resolution = entry.get("resolution")
    if not isinstance(resolution, dict):
        raise Invalid(f"this is no {WHAT}: {key[:80]!a} has no `resolution`")
    name, reference = split_name(key.removeprefix("/") if slash else key)
    version = reference.partition("(")[0]
    of_registry = ":" not in version and "/" not in version and version and key.startswith("/") >= slash
    tarball = text(WHAT, resolution, "tarball")
    if not of_registry or _TYPE.match(text(WHAT, resolution, "type")):
        said = text(WHAT, entry, "name") or name.partition("(")[0]
        return set_apart(said, _kind(resolution, version or key), version, *_addresses(resolution))
    if (text(WHAT, entry, "name") or name, text(WHAT, entry, "version") or version) != (name, version):
        raise Invalid(f"the {WHAT} has {key[:80]!a} under another name or version; pnpm writes neither twice")
    return pin(WHAT, name, version, integrity=resolution.get("integrity"), source=_source(tarball))


def _addresses(resolution: dict[str, Any]) -> Iterator[str]:
    """Where what is no package may come from: a program has variants, each with an address of its own."""
    variants = resolution.get("variants")
    found = [one.get("resolution") for one in variants if isinstance(one, dict)] if isinstance(variants, list) else []
    for one in (resolution, *found):
        if isinstance(one, dict):
            yield from (text(WHAT, one, field) for field in ("tarball", "url"))


def _source(tarball: str) -> str:
    """The address of a file, which may begin at the registry, at its host, or with a host."""
    if tarball.startswith("//"):
        return f"https:{tarball}"
    if not tarball or not _RELATIVE.match(tarball):
        return tarball
    return SAME_HOST + tarball if tarball.startswith("/") else f"{CONFIGURED}/{tarball}"


def _kind(resolution: dict[str, Any], reference: str) -> str:
    if "directory" in resolution:
        return "folder"
    return "git" if "repo" in resolution else kind_of(reference)


def _links(document: dict[str, Any]) -> Iterator[Apart]:
    """What projects of the workspace have in its place in a folder."""
    importers = dict(_tables(document, "importers")) or {".": document}
    for importer in importers.values():
        for field in ("dependencies", "devDependencies", "optionalDependencies"):
            for name, wanted in _tables(importer, field):
                if text(WHAT, wanted, "version").startswith("link:"):
                    yield set_apart(name, "folder")
