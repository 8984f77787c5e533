"""The key with which this server signs what it lists: ECDSA over P-256 with SHA-256, kept in a file.

The library that does it is loaded by the first signature, not by every command.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from pratique.core.artifacts import Signature
from pratique.core.errors import Invalid

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

COMPLAIN_EVERY = 60.0
"""Seconds between two lines of the log about a key that cannot be read."""


def new_signing_key() -> bytes:
    """A fresh private key, as the file holds it (PEM, PKCS 8)."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    return ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


class Signer:
    """Signs with the key of a file, which is read when it is first needed.

    Attributes:
        path: of the file.
    """

    _complained: float | None = None

    def __init__(self, path: Path) -> None:
        self.path = path

    def may_complain(self, now: float) -> bool:
        """Whether it is said again that the key cannot be read: once a minute, however often it is needed.

        Args:
            now: seconds of a clock that only goes on.
        """
        if self._complained is not None and now - self._complained < COMPLAIN_EVERY:
            return False
        self._complained = now
        return True

    @cached_property
    def _key(self) -> EllipticCurvePrivateKey:
        return _read_key(self.path)

    @cached_property
    def public(self) -> str:
        """Base64 of the public key's SubjectPublicKeyInfo. Raises Invalid if the file holds no such key."""
        from cryptography.hazmat.primitives import serialization

        return base64.b64encode(
            self._key.public_key().public_bytes(
                serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
            )
        ).decode()

    @cached_property
    def key_id(self) -> str:
        """`SHA256:` and the hash of the public key, which names it among all keys. Raises as `public`."""
        return "SHA256:" + base64.b64encode(hashlib.sha256(base64.b64decode(self.public)).digest()).decode()

    def sign(self, text: str) -> Signature:
        """Sign a text. Raises as `public`."""
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import ec

        value = self._key.sign(text.encode(), ec.ECDSA(hashes.SHA256()))
        return Signature(self.key_id, base64.b64encode(value).decode())


def _read_key(path: Path) -> EllipticCurvePrivateKey:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    how = "make one with `openssl ecparam -name prime256v1 -genkey -noout`"
    try:
        content = path.read_bytes()
    except PermissionError:
        raise Invalid(
            f'the signing key "{path}" cannot be read: give it to the user that runs the server (chown), and run: '
            f'chmod 600 "{path}"'
        ) from None
    except OSError as error:
        raise Invalid(f'the signing key "{path}" cannot be read ({error.strerror}): {how}') from None
    try:
        key = serialization.load_pem_private_key(content, password=None)
    except (ValueError, TypeError):
        raise Invalid(f'"{path}" holds no private key in PEM without a password: {how}') from None
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise Invalid(f'"{path}" holds a key of another kind than EC P-256, which npm verifies: {how}')
    return key
