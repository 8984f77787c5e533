"""OSV records written for these tests, and two ecosystems to read them with."""

import json

from pratique.core.errors import InvalidName


def canonical(name):
    """Lower case; nothing with a blank in it."""
    if " " in name:
        raise InvalidName(f'"{name}": names have no blanks')
    return name.lower()


ECOSYSTEMS = {"npm": ("npm", canonical), "PyPI": ("pypi", canonical), "Maven": ("maven", canonical)}


def version_key(version):
    """Numbers between dots; anything else is no version."""
    return tuple(int(part) for part in version.split("."))


def events(*pairs):
    """`events("introduced", "0", "fixed", "1.2")` as OSV writes them."""
    return [{kind: version} for kind, version in zip(pairs[::2], pairs[1::2], strict=True)]


def affected(*ranges, versions=None, name="left", ecosystem="npm", kind="ECOSYSTEM", **more):
    """One entry of `affected`."""
    entry = {"package": {"ecosystem": ecosystem, "name": name}, **more}
    if ranges:
        entry["ranges"] = [{"type": kind, "events": one} for one in ranges]
    if versions is not None:
        entry["versions"] = versions
    return entry


def record(*entries, **more):
    """A record as bytes."""
    usual = {
        "schema_version": "1.7.0",
        "id": "GHSA-aaaa",
        "modified": "2026-05-02T00:00:00Z",
        "published": "2026-05-01T00:00:00Z",
        "summary": "A flaw",
        "affected": list(entries),
    }
    usual.update(more)
    return json.dumps({key: value for key, value in usual.items() if value is not ...}).encode()
