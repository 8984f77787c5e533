"""The lockfiles of npm, yarn, pnpm and bun, each form in a file of its own."""

from __future__ import annotations

from collections.abc import Callable

from pratique.core.errors import Invalid
from pratique.core.lockfiles import Lockfile
from pratique.ecosystems.npm.lockfiles import bun_lock, package_lock, pnpm_lock, yarn_berry, yarn_classic
from pratique.ecosystems.npm.lockfiles.pins import MAX_BYTES
from pratique.ecosystems.npm.lockfiles.places import leads_to, searches_here

__all__ = ["LOCKFILES", "MAX_BYTES", "check_lockfile_name", "leads_to", "read_lockfile", "searches_here"]

_BINARY = "bun.lockb"

_READERS: dict[str, Callable[[bytes], Lockfile]] = {
    "package-lock.json": package_lock.read,
    "npm-shrinkwrap.json": package_lock.read,
    "pnpm-lock.yaml": pnpm_lock.read,
    "bun.lock": bun_lock.read,
}

LOCKFILES = (*_READERS, "yarn.lock", _BINARY)
"""How they are called."""


def check_lockfile_name(filename: str) -> None:
    """Refuse bun's binary form. Raises Invalid with the command that turns it into text."""
    if filename == _BINARY:
        raise Invalid(
            "bun.lockb is binary; turn it into bun.lock, which can be read: "
            "`bun install --save-text-lockfile --frozen-lockfile --lockfile-only`"
        )


def read_lockfile(filename: str, content: bytes) -> Lockfile:
    """What a lockfile pins.

    Raises:
        Invalid: it is no lockfile of this name, or pins something under no name or version.
        TooLarge: over a limit.
    """
    check_lockfile_name(filename)
    if filename == "yarn.lock":
        return yarn_berry.read(content) if yarn_berry.is_berry(content) else yarn_classic.read(content)
    return _READERS[filename](content)
