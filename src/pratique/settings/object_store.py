"""Where the files of packages are, if that is an object store: what the settings say, and what they may not say."""

from __future__ import annotations

import tomllib
from pathlib import Path
from urllib.parse import urlsplit

from pratique.core.errors import Invalid
from pratique.core.loopback import is_loopback
from pratique.settings.quantities import Duration
from pratique.settings.values import Settings
from pratique.store.object_client import ObjectStoreAddress, ObjectStorePatience

SCHEMES = ("s3", "gs", "az")
"""Amazon's interface, which many servers speak; Google's; Microsoft's. Tests run on a server of the first."""

_KEYS = ("access_key_id", "secret_access_key", "session_token")
_LEAST_COPIES = 64 << 20


def is_object_store(settings: Settings) -> bool:
    """Whether `blobs` names a bucket and no folder."""
    return "://" in settings.blobs


def address_of(settings: Settings) -> ObjectStoreAddress:
    """The bucket, with what signs requests to it.

    Raises:
        Invalid: the file of credentials cannot be read, is open to others, or holds something else.
    """
    said = settings.object_store
    options = {"endpoint": said.endpoint.rstrip("/"), "region": said.region}
    if said.credentials_file:
        options |= _credentials(Path(said.credentials_file))
    stated = {name: value for name, value in options.items() if value}
    return ObjectStoreAddress(settings.blobs, stated, said.endpoint.startswith("http://"), said.ca_file)


def patience_of(settings: Settings) -> ObjectStorePatience:
    """How long to wait for it."""
    said = settings.object_store
    return ObjectStorePatience(
        connect=_milliseconds(said.connect_timeout),
        read=_milliseconds(said.read_timeout),
        write=_milliseconds(said.write_timeout),
        retry=_milliseconds(said.retry_for),
    )


def check_blobs(settings: Settings) -> None:
    """Refuse a place for files that cannot be one. Raises Invalid."""
    if not is_object_store(settings):
        if settings.blobs and not Path(settings.blobs).is_absolute():
            raise Invalid(
                "`blobs` must be an absolute path, or a bucket (s3://bucket/prefix); a relative path would depend on "
                "where you start"
            )
        return
    _check_bucket(settings.blobs)
    said = settings.object_store
    if said.endpoint:
        _check_endpoint(said.endpoint, allow_http=said.allow_http)
    if said.credentials_file and not settings.blobs.startswith("s3://"):
        raise Invalid("`object_store.credentials_file` is for s3:// only; others take credentials from the environment")
    for name, path in (("credentials_file", said.credentials_file), ("ca_file", said.ca_file)):
        if path and not Path(path).is_absolute():
            raise Invalid(f"`object_store.{name}` must be an absolute path")
    if said.copies < _LEAST_COPIES:
        raise Invalid("`object_store.copies` must be at least 64 MB: files are checked in copies on the local disk")


def _check_bucket(url: str) -> None:
    try:
        parts = urlsplit(url)
        plain = not (parts.username or parts.password or parts.query or parts.fragment or parts.port)
    except ValueError:
        parts, plain = urlsplit(""), False
    if not plain:  # it may hold a password, and is not repeated
        raise Invalid("`blobs` is no plain URL of a bucket (s3://bucket/prefix); credentials do not belong into it")
    if parts.scheme not in SCHEMES:
        raise Invalid(
            f"`blobs`: {parts.scheme}:// is unknown here; write s3://bucket/prefix (or gs://, az://), or a path"
        )
    if not parts.hostname:
        raise Invalid("`blobs` names no bucket; write s3://bucket/prefix")


def _check_endpoint(endpoint: str, *, allow_http: bool) -> None:
    try:
        parts = urlsplit(endpoint)
        fine = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
        plain = not (parts.username or parts.password or parts.query or parts.fragment)
    except ValueError:
        parts, fine, plain = urlsplit(""), False, True
    if not fine or not plain:
        raise Invalid(
            "`object_store.endpoint` is no plain http or https URL; write for example https://s3.example.test, and "
            "credentials into `object_store.credentials_file` or the environment"
        )
    if parts.scheme == "http" and not allow_http and not is_loopback(parts.hostname or ""):
        raise Invalid(
            f"`object_store.endpoint` is an http URL, and whoever is on the way to {parts.hostname} could read and "
            "change files: write https://, or set `allow_http = true` below [object_store]"
        )


def _credentials(path: Path) -> dict[str, str]:
    setting = "`object_store.credentials_file`"
    try:
        if path.stat().st_mode & 0o077:
            raise Invalid(f'{setting}: others may read "{path}", which holds a secret; run: chmod 600 "{path}"')
        found = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise Invalid(f'{setting}: "{path}" cannot be read ({error.strerror})') from error
    except ValueError:  # no TOML, no UTF-8; the text may hold the secret and is not repeated
        found = {}
    keys = {name: value for name, value in found.items() if isinstance(value, str) and value}
    if keys.keys() != found.keys() or not set(_KEYS[:2]) <= keys.keys() <= set(_KEYS):
        raise Invalid(
            f'{setting}: "{path}" has to hold `access_key_id = "..."` and `secret_access_key = "..."`, perhaps '
            '`session_token = "..."`, and nothing else'
        )
    return keys


def _milliseconds(seconds: Duration) -> int:
    return max(1, int(seconds * 1000))
