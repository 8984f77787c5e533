"""The release that a purl names, where nothing less will do."""

from __future__ import annotations

from pratique.core.errors import Invalid
from pratique.services.ports import Ports
from pratique.services.purls import Named, read_purl


def named_release(ports: Ports, purl: str) -> Named:
    """A purl with a version. Raises Invalid, InvalidName."""
    named = read_purl(purl, ports.ecosystems)
    if named.version is None:
        raise Invalid(f"this is about one release: write {named.purl}@VERSION")
    return named
