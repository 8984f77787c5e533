"""From what people type to what we know: repositories, package URLs, name globs, times to come."""

from __future__ import annotations

import re
from collections.abc import Mapping

from packageurl import PackageURL
from sqlalchemy import Connection

from pratique.core.clock import DAY, HOUR, MINUTE, Instant
from pratique.core.ecosystem import Ecosystem
from pratique.core.errors import Invalid, InvalidName, NotFound
from pratique.core.names import ProjectKey, Subject
from pratique.store import repositories
from pratique.store.repositories import Repository

DEFAULT_REPOSITORY = "main"

_ANY = "zqanyqz"
"""Stands for `*` while an ecosystem checks a name: letters that no canonical form changes."""

_DURATION = re.compile(r"(\d{1,5})\s*(m|min|minutes?|h|hours?|d|days?)\Z")
_UNITS = {"m": MINUTE, "h": HOUR, "d": DAY}


def repository_named(connection: Connection, name: str) -> Repository:
    """The repository of this name. Raises NotFound with the names there are."""
    found = repositories.repositories(connection)
    for repository in found:
        if repository.name == name:
            return repository
    known = ", ".join(repository.name for repository in found) or "none"
    raise NotFound(f'there is no repository "{name[:64]}" here; there are: {known}')


def ecosystem_named(ecosystems: Mapping[str, Ecosystem], name: str) -> Ecosystem:
    """The ecosystem of this id. Raises Invalid with the ids there are."""
    found = ecosystems.get(name)
    if found is None:
        raise Invalid(f'"{name[:32]}" is no ecosystem served here; there are: {", ".join(sorted(ecosystems))}')
    return found


def read_purl(ecosystems: Mapping[str, Ecosystem], text: str, *, globs: bool = False) -> Subject:
    """The project, and version if any, that a package URL names.

    Args:
        ecosystems: those served here.
        text: `pkg:npm/%40acme/x@1.0.0`; a scope's `@` may stand unencoded.
        globs: `*` may stand in the name.

    Raises:
        Invalid: not a package URL of an ecosystem served here; the sentence shows one.
        InvalidName: a name that the ecosystem does not accept.

    Source: the purl specification.
    """
    wanted = text.strip()
    if re.match(r"pkg:/*npm/@", wanted):
        wanted = wanted.replace("/@", "/%40", 1)
    try:
        parsed = PackageURL.from_string(wanted)
    except ValueError:
        raise Invalid(_purl_hint(text)) from None
    ecosystem = ecosystem_named(ecosystems, parsed.type)
    separator = ":" if parsed.type == "maven" else "/"
    name = parsed.name if parsed.namespace is None else f"{parsed.namespace}{separator}{parsed.name}"
    canonical = canonical_glob(ecosystem, name) if globs else ecosystem.canonical(name)
    return Subject(ProjectKey(ecosystem.id, canonical), parsed.version or None)


def _purl_hint(text: str) -> str:
    short = re.match(r"([a-z]+)[:/ ](.+)\Z", text.strip())
    example = f"pkg:{short[1]}/{short[2]}" if short and short[1] != "pkg" else "pkg:npm/left-pad@1.3.0"
    return f'"{text[:120]}" is no package URL; write one like `{example}`'


def canonical_glob(ecosystem: Ecosystem, pattern: str) -> str:
    """A name in which `*` may stand for anything, in the form in which names are compared.

    Raises:
        InvalidName: what stands around the `*` cannot be part of a name.
    """
    if any(char in pattern for char in "?[]!"):
        raise InvalidName(f'"{pattern[:80]}": only `*` stands for other characters here')
    if pattern == "*" or "*" not in pattern:
        return pattern if pattern == "*" else ecosystem.canonical(pattern)
    return ecosystem.canonical(pattern.replace("*", _ANY)).replace(_ANY, "*")


def until(now: Instant, duration: str | None) -> Instant | None:
    """The instant after a duration such as `30 minutes`, `8h` or `14 d`; None stays None.

    Raises:
        Invalid: not a duration.
    """
    if duration is None:
        return None
    match = _DURATION.match(duration.strip().lower())
    if match is None or int(match[1]) == 0:
        raise Invalid(f'"{duration[:32]}" is no duration; write one like `30m`, `8h` or `14d`')
    return Instant(now + int(match[1]) * _UNITS[match[2][0]])
