"""Where clients of npm go for what a lockfile pins: here, past this server, or to another file of it."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import unquote

from pratique.core.ecosystem import UseCase
from pratique.core.lockfiles import Leads, LockedFile
from pratique.ecosystems.npm.routes import ROUTES
from pratique.formats.web_addresses import WebAddress, host_is_one_of, read_address

CONFIGURED = "registry:"
"""How the address of a file of whatever registry is configured begins; the path follows."""

SAME_HOST = "registry-host:"
"""The same for what lies on its host, whatever the path of the registry is there."""

_OF_NPM = frozenset({"0dc11026ac75c015aaa1deafff4a7a54ef6d0cf6b3c7f9b1d2c8f3502929aa9e"})
"""SHA-256 of the host of the npm registry, which is not written down here."""

_PUBLIC = _OF_NPM | {"70bb4000cd2fab03af01fed086c6bf3c2c970f8b8b8001c311028ec3b80e775a"}
"""That, and of yarn's name for it."""

_TARBALL = next(route.pattern for route in ROUTES if route.use_case is UseCase.GET_FILE)


def is_replaced(address: WebAddress) -> bool:
    """Whether npm puts the configured registry in the place of this address: of the npm registry's, by that name."""
    return host_is_one_of(address.host, _OF_NPM)


def leads_to(pin: LockedFile, base_urls: Sequence[str]) -> Leads:
    """Where a client goes for a pin.

    Args:
        pin: as read.
        base_urls: each `https://host/{repository}/npm`.
    """
    if not pin.source:
        return Leads.HERE
    if pin.source.startswith(CONFIGURED):
        return _at(pin, pin.source.removeprefix(CONFIGURED))
    if pin.source.startswith(SAME_HOST):
        return _on_the_host(pin, pin.source.removeprefix(SAME_HOST), base_urls)
    address = read_address(pin.source)
    if address is None:
        return Leads.ELSEWHERE
    for base in base_urls:
        path = address.below(base)
        if path is not None:
            return _at(pin, path)
    return Leads.PUBLIC if host_is_one_of(address.host, _PUBLIC) else Leads.ELSEWHERE


def searches_here(_address: str, _base_urls: Sequence[str]) -> bool:
    """No lockfile of these clients has them search anywhere else."""
    return True


def _on_the_host(pin: LockedFile, path: str, base_urls: Sequence[str]) -> Leads:
    for base in base_urls:
        registry = read_address(base)
        below = None if registry is None else WebAddress(registry.origin, path).below(base)
        if below is not None:
            return _at(pin, below)
    return Leads.ASTRAY


def _at(pin: LockedFile, path: str) -> Leads:
    """Whether a path below the registry is that of the pinned file: the client fetches what it says."""
    found = _TARBALL.match(path)
    if found is None:
        return Leads.ASTRAY
    same = unquote(found["project"]) == pin.name and unquote(found["file"]) == pin.filename
    return Leads.HERE if same else Leads.ASTRAY
