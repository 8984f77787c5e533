"""Package URLs as people type them: to a project, and the versions that are meant."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from packageurl import PackageURL

from pratique.core.ecosystem import Ecosystem
from pratique.core.errors import Invalid
from pratique.core.names import EcosystemId, ProjectKey

MAX_PURL = 2_000
"""Characters; the version in it is kept with everything that it names."""


class Named(msgspec.Struct, frozen=True):
    """What a purl names: a project, or one of its releases."""

    key: ProjectKey
    version: str | None

    @property
    def purl(self) -> str:
        """Its canonical text."""
        return self.key.purl(self.version)


def parse_purl(text: str) -> PackageURL:
    """A package URL of any ecosystem. Raises Invalid, with how one is written."""
    try:
        if len(text) <= MAX_PURL:
            return PackageURL.from_string(text)
    except ValueError:
        pass
    raise Invalid(f'"{text[:120]}" is not a package URL; write for example pkg:npm/left-pad@1.3.0')


def read_purl(text: str, ecosystems: Mapping[str, Ecosystem]) -> Named:
    """Read `pkg:npm/left@1.0.1`, with name and version as their ecosystem spells them.

    Raises:
        Invalid: not a purl, of an ecosystem that this server does not speak, or with what is no version there.
        InvalidName: the ecosystem has no such names.
    """
    purl = parse_purl(text)
    ecosystem = ecosystems.get(purl.type)
    if ecosystem is None:
        raise Invalid(f'"{purl.type}" is not an ecosystem of this server; it speaks {", ".join(sorted(ecosystems))}')
    name = f"{purl.namespace}/{purl.name}" if purl.namespace else purl.name
    version = ecosystem.canonical_version(purl.version) if purl.version else None
    return Named(ProjectKey(EcosystemId(ecosystem.id), ecosystem.canonical(name)), version)
