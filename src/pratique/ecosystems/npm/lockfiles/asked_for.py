"""What a package-lock.json says that its packages ask for: npm goes there, whatever is pinned for it.

Where what is pinned did not come from the address that is asked for, npm fetches it anew, and only compares the
version. Source: npm's documentation of dependencies; measured with npm 11.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from pratique.core.errors import Invalid
from pratique.core.lockfiles import LockedFile
from pratique.ecosystems.npm.lockfiles.pins import kind_of
from pratique.formats.lock_entries import Apart, set_apart, text
from pratique.formats.web_addresses import is_meant_for_web, read_address

_GIT_HOSTS = frozenset(
    ("github.com", "gist.github.com", "gitlab.com", "bitbucket.org", "git.sr.ht", "www.github.com", "www.gitlab.com")
)
"""What is asked for by an address there npm has from git."""


def asked_for(what: str, entry: dict[str, Any], fields: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Names and specifiers of some fields of an entry. Raises Invalid if they are none."""
    for field in fields:
        found = entry.get(field)
        if found is None or isinstance(found, bool):  # form 1: `requires` of the whole
            continue
        if not isinstance(found, dict):
            raise Invalid(f"this is no {what}: a `{field}` is no mapping")
        for name in found:
            yield name, text(what, found, name)


def not_pinned(
    asked: Iterable[tuple[str, str]], told: Iterable[LockedFile | Apart], pinned: set[str]
) -> Iterator[Apart]:
    """What is asked for by an address or of git, and is not told of yet.

    Args:
        asked: names and specifiers.
        told: the entries that the lockfile has.
        pinned: the addresses that it has them from.
    """
    by_git = {one.name for one in told if isinstance(one, Apart) and one.kind == "git"}
    for name, specifier in asked:
        if _is_of_git(specifier):
            if name not in by_git:
                yield set_apart(name, "git")
        elif is_meant_for_web(specifier) and specifier not in pinned:
            yield set_apart(name, kind_of(specifier), specifier)


def _is_of_git(specifier: str) -> bool:
    if not is_meant_for_web(specifier):
        return kind_of(specifier) == "git" and not specifier.lower().startswith("npm:")
    address = read_address(specifier)
    return address is not None and address.host in _GIT_HOSTS
