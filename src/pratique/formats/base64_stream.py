"""Decode base64 as it arrives: strict alphabet, correct padding, nothing held but three characters.

Source: RFC 4648, section 4; sections 3.3 and 3.5 on refusing foreign characters and stray bits.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable

from pratique.core.errors import Invalid


class Base64Reader:
    """Takes base64 text in pieces of any size and hands decoded bytes to a sink."""

    def __init__(self, sink: Callable[[bytes], object]) -> None:
        self._sink = sink
        self._rest = b""
        self._padded = False
        self.decoded = 0

    def feed(self, text: bytes) -> None:
        """Decode as many whole groups of four as there are.

        Raises:
            Invalid: a character outside the alphabet, or anything after the padding.
        """
        text = self._rest + text
        whole = len(text) & ~3
        self._rest = text[whole:]
        if whole:
            self._decode(text[:whole])

    def finish(self) -> None:
        """Say that the text is over.

        Raises:
            Invalid: it ended inside a group of four.
        """
        if self._rest:
            raise Invalid("the base64 text ends in the middle of a group; it was cut short or lacks its padding")

    def _decode(self, text: bytes) -> None:
        if self._padded:
            raise Invalid("the base64 text goes on after its padding")
        try:
            content = binascii.a2b_base64(text, strict_mode=True)
        except binascii.Error as error:
            raise Invalid("the base64 text holds characters or padding that base64 does not have") from error
        if text.endswith(b"="):
            self._padded = True
            if base64.b64encode(content[-2 if text[-2:] != b"==" else -1 :]) != text[-4:]:
                raise Invalid("the base64 text ends in bits that belong to no byte")
        self.decoded += len(content)
        self._sink(content)
