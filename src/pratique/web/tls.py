"""Speak TLS, with a certificate that can be read again while connections stand."""

from __future__ import annotations

import ssl

from pratique.core.errors import Invalid
from pratique.web.certificates import CertificateFiles, read_certificate

CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20"
"""For TLS 1.2; those of 1.3 are all good. Forward secrecy and authenticated encryption only."""


class Tls:
    """The context to listen with, and the certificate that new connections get.

    What is read again goes to new connections only: those that stand keep theirs and are not touched.
    """

    def __init__(self, files: CertificateFiles, first: CertificateFiles | None = None) -> None:
        """Read the certificate.

        Args:
            files: where it is read again.
            first: what to begin with, if that is not in the files.

        Raises:
            Invalid: it cannot be used.
        """
        self._files = files
        self._current = _load(first or files)
        self.context = _load(first or files)
        # Called for every handshake, also of clients that name no server.
        self.context.sni_callback = self._choose

    def read_again(self) -> None:
        """Use what the files hold now. Raises Invalid if that cannot be used; what was used before stays."""
        self._current = _load(self._files)

    def _choose(self, connection: ssl.SSLObject | ssl.SSLSocket, _name: str | None, _context: ssl.SSLContext) -> None:
        connection.context = self._current


def _load(files: CertificateFiles) -> ssl.SSLContext:
    read_certificate(files)  # its sentences are better than those of the library below
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION
    context.set_ciphers(CIPHERS)
    context.set_alpn_protocols(["http/1.1"])
    try:
        # Without a password of ours the library would ask for one on the terminal.
        context.load_cert_chain(files.chain, files.key, password="")
    except (OSError, ssl.SSLError) as error:
        raise Invalid(f"the TLS certificate cannot be used: {error}; check `tls_certificate` and `tls_key`") from error
    return context
