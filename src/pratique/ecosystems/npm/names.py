"""npm package names: what may be asked for, what may be published anew, and what files are called after them."""

from __future__ import annotations

from pratique.formats.project_names.npm import MAX_LENGTH, MAX_NEW_LENGTH, canonical, check_new_name

__all__ = ["MAX_LENGTH", "MAX_NEW_LENGTH", "base_name", "canonical", "check_new_name", "tarball_name"]


def base_name(name: str) -> str:
    """What stands after the scope; tarballs are called after it."""
    return name.rpartition("/")[2]


def tarball_name(name: str, version: str) -> str:
    """The file name that npm's convention gives a release: `x-1.0.0.tgz` also for `@acme/x`."""
    return f"{base_name(name)}-{version}.tgz"
