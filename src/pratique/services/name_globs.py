"""Names in which `*` stands for anything, as reservations, lists and token scopes hold them."""

from __future__ import annotations

from collections.abc import Mapping

from packageurl import PackageURL

from pratique.core.ecosystem import Ecosystem
from pratique.core.errors import Invalid, InvalidName
from pratique.core.names import EcosystemId, ProjectKey
from pratique.services.purls import Named

_ANYTHING = "zqanyqz"
"""Stands for `*` while an ecosystem checks a name: letters that no canonical form changes."""


def ecosystem_named(ecosystems: Mapping[str, Ecosystem], name: str) -> Ecosystem:
    """The ecosystem of this id. Raises Invalid with the ids there are."""
    found = ecosystems.get(name)
    if found is None:
        raise Invalid(f'"{name[:32]}" is not an ecosystem of this server; it speaks {", ".join(sorted(ecosystems))}')
    return found


def canonical_glob(ecosystem: Ecosystem, pattern: str) -> str:
    """A name or glob in the form in which names are compared.

    Raises:
        InvalidName: what stands around the `*` cannot be part of a name.
    """
    if any(char in pattern for char in "?[]"):
        raise InvalidName(f'"{pattern[:80]}": only `*` can stand for other characters here')
    if pattern == "*":
        return pattern
    return ecosystem.canonical(pattern.replace("*", _ANYTHING)).replace(_ANYTHING, "*")


def read_purl_glob(text: str, ecosystems: Mapping[str, Ecosystem]) -> Named:
    """Read a package URL whose name may hold `*`: `pkg:npm/%40evil/*`.

    Raises:
        Invalid: not a package URL of an ecosystem of this server.
        InvalidName: the ecosystem has no such names.
    """
    try:
        purl = PackageURL.from_string(text)
    except ValueError:
        raise Invalid(f'"{text[:120]}" is not a package URL; write for example pkg:npm/left-pad@1.3.0') from None
    ecosystem = ecosystem_named(ecosystems, purl.type)
    name = f"{purl.namespace}/{purl.name}" if purl.namespace else purl.name
    return Named(ProjectKey(EcosystemId(ecosystem.id), canonical_glob(ecosystem, name)), purl.version or None)
