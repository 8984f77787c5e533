"""Read a TLS certificate and its key, and say in a sentence why they cannot be used."""

from __future__ import annotations

import os
import re
from ipaddress import ip_address
from pathlib import Path

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from pratique.core.clock import Instant, in_words, to_iso
from pratique.core.errors import Invalid

CHAIN, KEY = "`tls_certificate`", "`tls_key`"
_MOST = 1 << 20
"""Bytes of a PEM file that are read; chains have a few thousand."""

_CERTIFICATE = re.compile(rb"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", re.DOTALL)
_PRIVATE = re.compile(rb"-----BEGIN ([A-Z0-9 ]*)PRIVATE KEY-----.*?-----END [A-Z0-9 ]*PRIVATE KEY-----", re.DOTALL)


class CertificateFiles(msgspec.Struct, frozen=True):
    """Where a certificate lies.

    Attributes:
        chain: PEM file, the server's own certificate first, then those that vouch for it.
        key: PEM file of its private key, not encrypted.
    """

    chain: str
    key: str

    def identity(self) -> tuple[tuple[int, int, int], ...]:
        """Differs once a file was changed or replaced; a file that is missing has one, too."""
        return tuple(_identity(Path(path)) for path in (self.chain, self.key))


class Certificate(msgspec.Struct, frozen=True):
    """What clients will be shown.

    Attributes:
        names: DNS names (perhaps `*.example.test`) and addresses that it is for.
        begins: valid from.
        ends: valid until.
        open_key: others than its owner and group can read the key's file.
    """

    names: tuple[str, ...]
    begins: Instant
    ends: Instant
    open_key: bool = False

    def covers(self, host: str) -> bool:
        """Whether a client that asked for this host will believe it. Source: RFC 6125, section 6.4.3."""
        wanted = host.lower()
        star = "*." + wanted.partition(".")[2]
        return wanted in self.names or (not _is_address(wanted) and star in self.names)


def read_certificate(files: CertificateFiles) -> Certificate:
    """Read both files and hold them against each other.

    Raises:
        Invalid: they cannot be read, hold something else, or do not belong together.
    """
    chain_text, key_text = _read(files.chain, CHAIN), _read(files.key, KEY)
    chain = _chain(chain_text, files.chain)
    _check_pair(chain, key_text, files)
    own = chain[0]
    return Certificate(
        names=_names(own),
        begins=Instant(int(own.not_valid_before_utc.timestamp() * 1000)),
        ends=Instant(int(own.not_valid_after_utc.timestamp() * 1000)),
        open_key=bool(Path(files.key).stat().st_mode & 0o004),
    )


def check_validity(certificate: Certificate, now: Instant) -> None:
    """Refuse a certificate that no client would believe today. Raises Invalid."""
    if certificate.ends <= now:
        ago = in_words(now - certificate.ends)
        raise Invalid(
            f"{CHAIN} expired {ago} ago, on {day(certificate.ends)}, and every client would refuse it: get a new one"
        )
    if certificate.begins > now:
        raise Invalid(
            f"{CHAIN} is valid from {to_iso(certificate.begins)} on, and it is {to_iso(now)} here: check this "
            "machine's clock, or wait"
        )


def day(when: Instant) -> str:
    """`2026-01-31`."""
    return to_iso(when)[:10]


def _read(path: str, setting: str) -> bytes:
    try:
        with Path(path).open("rb") as file:
            return file.read(_MOST)
    except FileNotFoundError:
        raise Invalid(f'{setting}: there is no file "{path}"') from None
    except OSError as error:
        raise Invalid(
            f'{setting}: "{path}" cannot be read ({error.strerror}); the user that runs Pratique must be able to'
        ) from None


def _chain(text: bytes, path: str) -> list[x509.Certificate]:
    found = _CERTIFICATE.findall(text)
    if not found:
        swapped = "; were certificate and key swapped?" if _PRIVATE.search(text) else ""
        raise Invalid(f'{CHAIN}: "{path}" holds no certificate (PEM: -----BEGIN CERTIFICATE-----){swapped}')
    try:
        return [x509.load_pem_x509_certificate(one) for one in found]
    except ValueError:
        raise Invalid(f'{CHAIN}: "{path}" holds a certificate that is damaged') from None


def _check_pair(chain: list[x509.Certificate], key_text: bytes, files: CertificateFiles) -> None:
    ours = _public_bytes(key_text, files.key)
    matching = [number for number, one in enumerate(chain) if _public(one) == ours]
    if not matching:
        raise Invalid(f'{KEY}: "{files.key}" is not the key of the certificate in "{files.chain}"')
    if matching[0] != 0:
        raise Invalid(
            f"{CHAIN}: the server's own certificate must stand first in "
            f'"{files.chain}", before those that vouch for it'
        )


def _public_bytes(text: bytes, path: str) -> bytes:
    """The public half of a private key."""
    found = _PRIVATE.search(text)
    if not found:
        raise Invalid(f'{KEY}: "{path}" holds no private key (PEM: -----BEGIN PRIVATE KEY-----)')
    try:
        key = load_pem_private_key(found[0], password=None)
    except TypeError:
        raise Invalid(
            f'{KEY}: the key in "{path}" is encrypted, and nobody is there to type its password: write it without '
            "one (openssl pkey -in KEY -out NEW-KEY), in a file that only the server's user can read"
        ) from None
    except Exception:  # noqa: BLE001 - the library has many ways to say that this is no key it knows
        raise Invalid(f'{KEY}: the key in "{path}" is damaged or of a kind that is not known') from None
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _public(certificate: x509.Certificate) -> bytes | None:
    try:
        return certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    except Exception:  # noqa: BLE001 - as above; such a certificate is not the one we look for
        return None


def _names(certificate: x509.Certificate) -> tuple[str, ...]:
    """Only the alternative names: no client of this decade looks at the common name."""
    try:
        said = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, ValueError):
        return ()
    addresses = [str(one) for one in said.get_values_for_type(x509.IPAddress)]
    return (*(name.lower() for name in said.get_values_for_type(x509.DNSName)), *addresses)


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _identity(path: Path) -> tuple[int, int, int]:
    try:
        found = os.stat(path)
    except OSError:
        return (0, 0, 0)
    return (found.st_ino, found.st_size, found.st_mtime_ns)
