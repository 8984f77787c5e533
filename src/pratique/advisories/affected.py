"""Affected versions of one package in the form that is stored: a short JSON text."""

from __future__ import annotations

import functools

import msgspec

EVENTS = ("introduced", "fixed", "last_affected", "limit")

Event = tuple[str, str]
"""Kind and version, such as `("fixed", "1.2.3")`."""


class Affected(msgspec.Struct, frozen=True, omit_defaults=True):
    """Which versions of a package an advisory is about.

    Attributes:
        versions: listed one by one.
        ranges: each a row of events over the ecosystem's version order.
    """

    versions: tuple[str, ...] = ()
    ranges: tuple[tuple[Event, ...], ...] = ()


_DECODER = msgspec.json.Decoder(Affected)
_ENCODER = msgspec.json.Encoder(order="sorted")


def pack(affected: Affected) -> str:
    """The stored text."""
    return _ENCODER.encode(affected).decode()


@functools.lru_cache(maxsize=1024)
def unpack(text: str) -> Affected:
    """Read the stored text.

    Raises:
        msgspec.DecodeError: it is not one.
    """
    return _DECODER.decode(text)
