"""What happens before the first process starts: settings, schema, policy, known malware, a way in for the admin."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable, Mapping
from typing import Any

from pratique.app import ECOSYSTEMS, folder_clock, open_database, open_ports, prepare
from pratique.core.actors import OPERATOR
from pratique.core.clock import in_words
from pratique.core.errors import Conflict, Invalid, Unavailable
from pratique.services.accounts.admin_link import create_admin_link
from pratique.services.advisories.import_advisories import STARTER, import_advisories
from pratique.services.upkeep.set_up import enforce_rules, has_admin
from pratique.settings import Settings, load_settings
from pratique.settings.first_file import first_file
from pratique.settings.folder import DataFolder, write_private
from pratique.store import advisories
from pratique.store.database import Database
from pratique.upstream.defaults import discover_defaults
from pratique.upstream.public import PUBLIC_REGISTRIES

Say = Callable[[str], None]

_TELL_EVERY = 10_000


def settings_of(folder: DataFolder, environment: Mapping[str, str], given: Mapping[str, Any], say: Say) -> Settings:
    """The folder's settings; a new folder gets its file first.

    Raises:
        Invalid: the settings cannot be used.
    """
    if not folder.is_begun():
        say(f"new data folder {folder.root}")
        write_private(folder.settings_file, first_file(_public_registries(say)).encode())
        say(f"settings written to {folder.settings_file}")
    return load_settings(folder.settings_file, environment, given)


def _public_registries(say: Say) -> dict[str, list[str]]:
    say("looking up the addresses of PyPI and the npm registry")
    try:
        found = discover_defaults()
    except Unavailable as error:
        # Starting without upstreams is safe, and the file says where they belong.
        say(str(error))
        found = {}
    found |= {one.id: PUBLIC_REGISTRIES[one.id] for one in ECOSYSTEMS if one.id in PUBLIC_REGISTRIES}
    for ecosystem, url in found.items():
        say(f"  {ecosystem}: {url}")
    return {ecosystem: [url] for ecosystem, url in found.items()}


def make_ready(folder: DataFolder, settings: Settings, say: Say, *, enforce: bool) -> None:
    """Bring everything below the processes in order.

    Raises:
        Conflict: the folder belongs to a newer version, or to the other kind of clock.
        Invalid: the settings and what the folder holds do not go together.
        Unavailable: database or disk refuse.
    """
    new = prepare(folder, settings)
    folder.secret()
    db = open_database(folder, settings)
    try:
        _refuse_exposed_without_admin(db, settings)
        if enforce:
            _tell_enforced(db.write_now(enforce_rules, folder_clock(folder, settings).now()), say)
        known = {one.source for one in db.read_now(advisories.imports)}
    finally:
        db.close()
    if new:
        say(f"repository {', '.join(new)} is ready")
    if STARTER not in known:
        _import_starter(folder, settings, say)


def admin_link(folder: DataFolder, settings: Settings) -> str | None:
    """A fresh one-time link while nobody administers the server, None afterwards."""
    db = open_database(folder, settings)
    try:
        if db.read_now(has_admin):
            return None
        now = folder_clock(folder, settings).now()
        return db.write_now(create_admin_link, settings.origins[0], now).url
    finally:
        db.close()


def _tell_enforced(rules: tuple[str, ...], say: Say) -> None:
    say(f"rules that count from now on: {', '.join(rules)}" if rules else "every rule counts already")


def _refuse_exposed_without_admin(db: Database, settings: Settings) -> None:
    if settings.exposed and not db.read_now(has_admin):
        raise Invalid(
            "others could reach this server, and nobody administers it yet; start it once with "
            "`--host 127.0.0.1` (and without `behind_proxy` and `public_urls`) and open the link it prints, "
            "or run `pratique user add NAME --admin`"
        )


def _import_starter(folder: DataFolder, settings: Settings, say: Say) -> None:
    say("taking in the names of known malware that come with Pratique")

    async def take_in() -> None:
        async with open_ports(folder, settings) as ports:
            done = await import_advisories(ports, STARTER, OPERATOR, _now_and_then(say))
            age = in_words(max(0, ports.clock.now() - done.newest))
            say(f"  {done.records:,} records, {age} old; newer ones come with the daily import")

    asyncio.run(take_in())


def _now_and_then(say: Say) -> Callable[[int], None]:
    return lambda count: say(f"  {count:,} records") if count % _TELL_EVERY == 0 else None


def check_listening(settings: Settings) -> None:
    """Make sure that we can listen as the settings say, and that nobody else does.

    The web processes share the port among themselves, so that they would also share it with a stranger
    of the same user without noticing.

    Raises:
        Conflict: somebody does.
        Invalid: the address is none of this machine.
    """
    try:
        found = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError as error:
        raise Invalid(f"`host` {settings.host} is no address of this machine: {error}") from error
    for family, kind, protocol, _name, address in found:
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            _bind(probe, address, settings)


def _bind(probe: socket.socket, address: Any, settings: Settings) -> None:
    try:
        probe.bind(address)
        probe.listen(1)
    except PermissionError as error:
        raise Invalid(f"port {settings.port} needs more rights than this user has; choose one from 1024 up") from error
    except OSError as error:
        raise Conflict(
            f"nobody can listen on {settings.host} port {settings.port} ({os.strerror(error.errno or 0)}); "
            "stop what uses it, or choose another with --port"
        ) from error
