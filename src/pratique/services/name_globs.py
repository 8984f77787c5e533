"""Names in which `*` stands for anything, as reservations, lists and token scopes hold them."""

from __future__ import annotations

import itertools
import re
import string
from collections.abc import Mapping

from pratique.core.ecosystem import Ecosystem
from pratique.core.errors import Invalid, InvalidName
from pratique.core.names import EcosystemId, ProjectKey
from pratique.services.purls import Named, parse_purl

MAX_GLOB = 512
"""Characters; no ecosystem has longer names."""

_STARS = re.compile(r"\*+")
_QUOTED = re.compile(r'"[^"]*"')


def ecosystem_named(ecosystems: Mapping[str, Ecosystem], name: str) -> Ecosystem:
    """The ecosystem of this id. Raises Invalid with the ids there are."""
    found = ecosystems.get(name)
    if found is None:
        raise Invalid(f'"{name[:32]}" is not an ecosystem of this server; it speaks {", ".join(sorted(ecosystems))}')
    return found


def canonical_glob(ecosystem: Ecosystem, pattern: str) -> str:
    """A name or glob in the form in which names are compared.

    Raises:
        InvalidName: what stands around the `*` cannot be part of a name, or it is longer than any.
    """
    if len(pattern) > MAX_GLOB:
        raise InvalidName(f"a name or glob of {len(pattern):,} characters: no name has more than {MAX_GLOB}")
    if any(char in pattern for char in "?[]"):
        raise InvalidName(f'"{pattern[:80]}": only `*` can stand for other characters here')
    pattern = _STARS.sub("*", pattern)
    if pattern == "*":
        return pattern
    anything = _stands_for_anything(pattern)
    try:
        return ecosystem.canonical(pattern.replace("*", anything)).replace(anything, "*")
    except InvalidName as error:
        raise InvalidName(_QUOTED.sub(lambda quoted: quoted[0].replace(anything, "*"), str(error))) from None


def _stands_for_anything(pattern: str) -> str:
    """Two letters that no canonical form changes, to stand for `*` while an ecosystem checks the name.

    They differ, and stand nowhere in the pattern side by side, so that none of its own letters turns into a `*`.
    No name is long enough to hold all 650 pairs.
    """
    taken = pattern.lower()
    return next(one + two for one, two in itertools.permutations(string.ascii_lowercase, 2) if one + two not in taken)


def read_purl_glob(text: str, ecosystems: Mapping[str, Ecosystem]) -> Named:
    """Read a package URL whose name may hold `*`: `pkg:npm/%40evil/*`.

    Raises:
        Invalid: not a package URL of an ecosystem of this server.
        InvalidName: the ecosystem has no such names.
    """
    purl = parse_purl(text)
    ecosystem = ecosystem_named(ecosystems, purl.type)
    name = f"{purl.namespace}/{purl.name}" if purl.namespace else purl.name
    return Named(ProjectKey(EcosystemId(ecosystem.id), canonical_glob(ecosystem, name)), purl.version or None)
