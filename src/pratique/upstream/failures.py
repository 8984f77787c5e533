"""What goes wrong on the way to an upstream, in sentences that say what to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import aiohttp

from pratique.core.clock import in_words
from pratique.core.errors import BadUpstream
from pratique.core.limits import UpstreamLimits
from pratique.core.sentences import clean
from pratique.upstream.locations import Endpoint

_LATER = "nothing was stored; try again later"


@contextmanager
def in_sentences(at: Endpoint, limits: UpstreamLimits) -> Iterator[None]:
    """Turn every failure of the HTTP client into a BadUpstream about the server asked."""
    try:
        yield
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise BadUpstream(f"Upstream {at} {_what_happened(error, limits)}") from error


def _what_happened(error: Exception, limits: UpstreamLimits) -> str:
    for kind, sentence in _SENTENCES:
        if isinstance(error, kind):
            return sentence.format(
                connect=in_words(limits.connect),
                silence=in_words(limits.silence),
                detail=clean(_detail(error))[:60],
                later=_LATER,
            )
    return f"failed ({type(error).__name__}); {_LATER}"


def _detail(error: Exception) -> str:
    """The part of an error that helps and holds no URL (a signed one would be a secret in a log)."""
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        reason = error.certificate_error
        return str(getattr(reason, "verify_message", "") or type(reason).__name__)
    if isinstance(error, aiohttp.ClientHttpProxyError):
        return str(error.status)
    if isinstance(error, aiohttp.ClientConnectorError):
        return str(error.os_error.strerror or type(error.os_error).__name__)
    return type(error).__name__


_SENTENCES: tuple[tuple[type[Exception], str], ...] = (
    (
        aiohttp.ClientConnectorCertificateError,
        "shows a certificate that is not trusted ({detail}); set ca_file or SSL_CERT_FILE to your network's CA bundle",
    ),
    (aiohttp.ClientHttpProxyError, "cannot be reached: the proxy answered {detail}; check HTTPS_PROXY and NO_PROXY"),
    (
        aiohttp.ClientProxyConnectionError,
        "cannot be reached: the proxy does not answer ({detail}); check HTTPS_PROXY and NO_PROXY",
    ),
    (aiohttp.ClientConnectorSSLError, "does not speak TLS that we understand ({detail}); check its address"),
    (
        aiohttp.ClientConnectorDNSError,
        "is a name without an address; check its spelling, the network and HTTPS_PROXY",
    ),
    (aiohttp.ClientConnectorError, "cannot be reached ({detail}); check its address, the network and HTTPS_PROXY"),
    (aiohttp.ConnectionTimeoutError, "took no connection within {connect}; check the network and HTTPS_PROXY"),
    (aiohttp.SocketTimeoutError, "sent nothing for {silence}; {later}"),
    (aiohttp.ServerDisconnectedError, "hung up without an answer; {later}"),
    (aiohttp.ClientPayloadError, "broke off in the middle of its answer; {later}"),
    (aiohttp.ClientResponseError, "answered something that is not HTTP; check its address"),
    (TimeoutError, "took too long; {later}"),
    (OSError, "was cut off ({detail}); {later}"),
)


def no_answer(at: Endpoint, status: int, reason: str | None) -> BadUpstream:
    """The sentence for a status that is no answer."""
    said = f"{status} {clean(reason or '')[:40]}".strip()
    if status in {401, 403}:
        return BadUpstream(f"Upstream {at} answered {said}; check the credentials set for it")
    if status == 407:
        return BadUpstream(f"Upstream {at} cannot be reached: the proxy answered {said}; check HTTPS_PROXY")
    if status == 429:
        return BadUpstream(f"Upstream {at} answered {said}: we ask it too often; try again in some minutes")
    if status >= 500:
        return BadUpstream(f"Upstream {at} answered {said}: it has a problem of its own; {_LATER}")
    return BadUpstream(f"Upstream {at} answered {said}, which is no answer; check its address")
