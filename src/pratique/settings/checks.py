"""What no type can say: settings that would contradict one another or the wire."""

from __future__ import annotations

import ipaddress
import re
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from pratique.core.errors import Invalid
from pratique.core.loopback import is_loopback
from pratique.settings.object_store import check_blobs
from pratique.settings.values import RepositorySettings, Settings
from pratique.store.dialects import read_url

REPOSITORY_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")

TAKEN = frozenset({"api", "admin", "healthz", "login", "logout", "metrics", "r", "readyz", "static", "v1"})
"""First path segments that the server needs itself."""


def check(settings: Settings) -> None:
    """Refuse settings that cannot work. Raises Invalid."""
    if not 0 < settings.port < 65_536:
        raise Invalid(f"`port` is {settings.port}; choose one from 1 to 65535")
    if not 0 <= settings.workers <= 64:
        raise Invalid(f"`workers` is {settings.workers}; choose 1 to 64 web processes, or 0 for one for each core")
    for url in settings.public_urls:
        _check_origin(url)
    _check_database(settings)
    _check_clock(settings)
    _check_exposure(settings)
    _check_limits(settings)
    for address in settings.trusted_proxies:
        _check_address(address)
    for name, repository in settings.repositories.items():
        _check_repository(name, repository)
    for url in settings.upstream.access:
        check_upstream(url, "upstream.access")
    _check_lists(settings)
    for number, setting, otherwise in (
        (settings.jobs.at_once, "jobs.at_once", "promised jobs would wait for ever"),
        (settings.publish.at_once, "publish.at_once", "nobody could publish"),
        (settings.publish.at_once_account, "publish.at_once_account", "nobody could publish"),
        (settings.advisories.at_once, "advisories.at_once", "no audit would be answered"),
        (settings.advisories.at_once_asker, "advisories.at_once_asker", "no audit would be answered"),
        (settings.web.max_unpacking, "web.max_unpacking", "no compressed body could be read"),
        (settings.postgresql.readers, "postgresql.readers", "nothing could be looked up"),
        (settings.postgresql.writers, "postgresql.writers", "nothing could be recorded"),
    ):
        if number < 1:
            raise Invalid(f"`{setting}` must be at least 1, or {otherwise}")


def _check_lists(settings: Settings) -> None:
    """Refuse addresses of lists that cannot be read."""
    for source in settings.advisories.sources:
        _check_source(source, "advisories.sources")
    for feed in settings.names.hallucinated:
        _check_source(feed, "names.hallucinated")


def _check_limits(settings: Settings) -> None:
    if settings.names.new_a_day < 0:
        raise Invalid("`names.new_a_day` is below zero; choose how many are allowed, or 0 for no limit")
    for table in ("limits", "web"):
        for name, number in msgspec.structs.asdict(getattr(settings, table)).items():
            if number < 0:
                raise Invalid(f"`{table}.{name}` is below zero; choose how many are allowed, or 0 for no limit")


def _check_database(settings: Settings) -> None:
    check_blobs(settings)
    if not settings.database:
        return
    try:
        url = read_url(settings.database)
    except Invalid as error:
        raise Invalid(f"`database`: {error}") from None
    if url.password and settings.postgresql.password_file:
        raise Invalid("`database` holds a password and `postgresql.password_file` another; give one of the two")


def check_upstream(url: str, setting: str) -> None:
    """Refuse what is no base URL of an upstream. Raises Invalid."""
    try:
        parts = urlsplit(url)
        fine = parts.scheme in ("http", "https") and parts.hostname and (parts.port or 1)
    except ValueError:
        fine = False
    if not fine:
        raise Invalid(f"`{setting}`: {url!r} is no http or https URL")
    if parts.username or parts.password:
        raise Invalid(
            f"`{setting}`: the URL of {parts.hostname} carries a password, which would show up in logs; put "
            f'it into [upstream.access."..."] as `user` and `password`'
        )
    if parts.query or parts.fragment:
        raise Invalid(f"`{setting}`: {url!r} has a query or fragment; give the plain base URL")


def _check_source(source: str, setting: str) -> None:
    if "://" not in source:
        return
    try:
        parts = urlsplit(source.partition("=")[2] if "=" in source.partition("://")[0] else source)
        fine = parts.scheme in ("http", "https") and parts.hostname and (parts.port or 1)
    except ValueError:
        fine = False
    if not fine:  # what is no URL may have a password anywhere, and is not repeated
        raise Invalid(f"`{setting}`: one of them is neither a path nor an http or https URL")
    if parts.username is not None or parts.password is not None:
        raise Invalid(
            f"`{setting}`: the URL of {parts.hostname} carries a user or password, which would show up in "
            f'logs; put it into [upstream.access."..."] as `user` and `password`'
        )


def _check_origin(url: str) -> None:
    try:
        parts = urlsplit(url)
        plain = parts.scheme in ("http", "https") and parts.hostname and not (parts.path or parts.query)
    except ValueError:
        plain = False
    if not plain or "@" in url:
        raise Invalid(f"`public_urls`: {url!r} is no plain origin; write for example https://packages.example.test")


def _check_address(address: str) -> None:
    try:
        ipaddress.ip_network(address)
    except ValueError:
        raise Invalid(f"`trusted_proxies`: {address!r} is no IP address or network (10.0.0.0/8)") from None


def _check_repository(name: str, repository: RepositorySettings) -> None:
    if not REPOSITORY_NAME.fullmatch(name):
        raise Invalid(f"`repositories.{name}`: the name is part of URLs; use lower-case letters, digits and `-`")
    if name in TAKEN:
        raise Invalid(f"`repositories.{name}`: the server uses /{name} itself; choose another name")
    for ecosystem, urls in repository.upstreams.items():
        for url in urls:
            check_upstream(url, f"repositories.{name}.upstreams.{ecosystem}")


def _check_clock(settings: Settings) -> None:
    if not settings.unsafe_test_clock:
        return
    if settings.exposed:
        raise Invalid(
            "`unsafe_test_clock` lets a file decide what time it is; it works on loopback only, so set "
            '`host = "127.0.0.1"`, without `behind_proxy` and public names, or remove it'
        )
    if not Path(settings.unsafe_test_clock).is_absolute():
        raise Invalid("`unsafe_test_clock` must be an absolute path; a relative one would depend on where you start")


def _check_exposure(settings: Settings) -> None:
    if bool(settings.tls_certificate) != bool(settings.tls_key):
        raise Invalid(
            "`tls_certificate` and `tls_key` belong together, and so do --tls-cert and --tls-key: give both or none"
        )
    for name, path in (("tls_certificate", settings.tls_certificate), ("tls_key", settings.tls_key)):
        if path and not Path(path).is_absolute():
            raise Invalid(f"`{name}` must be an absolute path; a relative one would depend on where you start")
    if not settings.exposed:
        return
    if not settings.behind_proxy and not settings.tls_certificate:
        if is_loopback(settings.host):
            raise Invalid(
                f"`public_urls` names {settings.public_names[0]}, by which others reach this server though it listens "
                "on loopback: set `behind_proxy = true` (--behind-proxy) if a proxy in front of it speaks TLS, or "
                "`tls_certificate` and `tls_key` (--tls-cert, --tls-key)"
            )
        raise Invalid(
            f"`host` is {settings.host}, which others can reach, and passwords would travel in clear text: set "
            "`tls_certificate` and `tls_key` (--tls-cert, --tls-key), or `behind_proxy = true` (--behind-proxy) if a "
            "proxy in front of it speaks TLS"
        )
    if not settings.public_urls:
        raise Invalid(
            "others can reach this server, so it has to know its own name: set `public_urls`, for example "
            '["https://packages.example.test"], or give it as --public-url'
        )
    for url in settings.public_names:
        if url.startswith("http://"):
            raise Invalid(
                f"`public_urls` names {url}, by which passwords would travel in clear text: write https://, as "
                f"{'this server' if settings.tls_certificate else 'the proxy in front'} speaks it"
            )
