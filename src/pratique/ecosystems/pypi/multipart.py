"""Read a multipart form as it streams in: text fields are kept, one part goes to a sink.

Source: RFC 7578; RFC 2046, 5.1.1.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from pratique.core.errors import Invalid, TooLarge

logging.getLogger("python_multipart").setLevel(logging.ERROR)  # what it warns of becomes an Invalid here

MAX_FIELD = 1 << 20
MAX_FIELDS_TOTAL = 10 << 20
MAX_PARTS = 1000
MAX_HEADER = 8 << 10
"""Bytes of one part's header lines together."""


class FormReader:
    """Feeds a form's body through `python_multipart`, keeping everything but the streamed part small.

    Attributes:
        fields: name to values, in order; parts with a file name other than the streamed one are not kept.
        filename: of the streamed part, None until it was seen.
        streamed: bytes of the streamed part so far.
    """

    def __init__(self, content_type: str, streamed_field: str, sink: Callable[[bytes], object]) -> None:
        """Start.

        Raises:
            Invalid: the content type is no multipart form with a boundary.
        """
        self.fields: dict[str, list[str]] = {}
        self.filename: str | None = None
        self.streamed = 0
        self._streamed_field, self._sink = streamed_field, sink
        self._parts = self._kept = 0
        self._ended = False
        self._part = _Part()
        self._parser = self._new_parser(content_type)

    def _new_parser(self, content_type: str) -> MultipartParser:
        kind, options = parse_options_header(content_type)
        boundary = options.get(b"boundary", b"")
        if kind != b"multipart/form-data" or not boundary:
            raise Invalid("an upload is a multipart/form-data body with a boundary; use twine or uv to send it")
        try:
            return MultipartParser(
                boundary,
                {
                    "on_part_begin": self._begin_part,
                    "on_header_field": self._header_name,
                    "on_header_value": self._header_value,
                    "on_header_end": self._end_header,
                    "on_headers_finished": self._begin_content,
                    "on_part_data": self._content,
                    "on_part_end": self._end_part,
                    "on_end": self._end,
                },
                max_header_size=MAX_HEADER,
            )
        except FormParserError as error:
            raise Invalid(f"the upload's multipart boundary cannot be used: {error}") from None

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes of the body.

        Raises:
            Invalid: no multipart body of this boundary, unnamed parts, or the streamed part twice.
            TooLarge: too many parts or too much text.
        """
        try:
            self._parser.write(chunk)
        except FormParserError as error:
            raise Invalid(f"the upload is no sound multipart body: {error}") from None

    def finish(self) -> None:
        """Check that the body was complete.

        Raises:
            Invalid: it ended before its closing boundary.
        """
        if not self._ended:
            raise Invalid("the upload ended early: the closing boundary is missing; send it again")

    def _begin_part(self) -> None:
        self._parts += 1
        if self._parts > MAX_PARTS:
            raise TooLarge(f"the upload has more than {MAX_PARTS} fields")
        self._part = _Part()

    def _header_name(self, data: bytes, start: int, end: int) -> None:
        self._part.header_name += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._part.header_value += data[start:end]

    def _end_header(self) -> None:
        if self._part.header_name.lower() == b"content-disposition":
            self._part.disposition = self._part.header_value
        self._part.header_name = self._part.header_value = b""

    def _begin_content(self) -> None:
        kind, options = parse_options_header(self._part.disposition)
        name = options.get(b"name")
        if kind != b"form-data" or name is None:
            raise Invalid("a field of the upload has no name; use twine or uv to send it")
        self._part.name = _text(name, "a field's name")
        self._part.filename = options.get(b"filename")
        if self._part.name == self._streamed_field:
            self._begin_streamed()

    def _begin_streamed(self) -> None:
        if self.filename is not None:
            raise Invalid(f"the upload has more than one `{self._streamed_field}`; send one file at a time")
        if not self._part.filename:
            raise Invalid(f"the upload's `{self._streamed_field}` has no file name")
        self.filename = _text(self._part.filename, "the file name")

    def _content(self, data: bytes, start: int, end: int) -> None:
        piece = data[start:end]
        if self._part.name == self._streamed_field:
            self.streamed += len(piece)
            self._sink(piece)
            return
        self._part.size += len(piece)
        self._kept += len(piece)
        if self._part.size > MAX_FIELD or self._kept > MAX_FIELDS_TOTAL:
            raise TooLarge(
                f"the upload's text is too long: at most {MAX_FIELD} bytes a field and {MAX_FIELDS_TOTAL} together"
            )
        if self._part.filename is None:
            self._part.pieces.append(piece)

    def _end_part(self) -> None:
        part = self._part
        if part.name != self._streamed_field and part.filename is None:
            text = _text(b"".join(part.pieces), f"field `{part.name[:40]}`")
            self.fields.setdefault(part.name, []).append(text)

    def _end(self) -> None:
        self._ended = True


class _Part:
    """The part being read."""

    def __init__(self) -> None:
        self.header_name = self.header_value = self.disposition = b""
        self.name = ""
        self.filename: bytes | None = None
        self.pieces: list[bytes] = []
        self.size = 0


def _text(raw: bytes, what: str) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise Invalid(f"{what} of the upload is not UTF-8") from None


def header(headers: Mapping[str, str], name: str) -> str:
    """A header's value, whatever the case of its name; empty if it is missing."""
    return next((value for key, value in headers.items() if key.lower() == name.lower()), "")
