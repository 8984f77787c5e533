"""Layers are peeled, within bounds, whatever the bytes."""

from __future__ import annotations

import base64
import bz2
import gzip
import hashlib
import lzma
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pratique.formats.file_kind import FileKind, kind_of
from pratique.scan.findings import ExecutionPoint
from pratique.scan.layers import MAX_DEPTH, MAX_LAYERS, peel
from pratique.scan.reading.contract import Ability
from pratique.scan.reading.deeds import deeds_of
from pratique.scan.seen import SeenFile

CODE = b"import os\nos.system('echo inert look-alike')\nprint('inert look-alike of a payload')\n"
SCRIPT = b"const a = require('os'); console.log(a.EOL); module.exports = function pad(t) { return t; };"


PACKED = "import base64, %s\nexec(%s.decompress(base64.b64decode('%s')))"


def encoded(content: bytes) -> str:
    return base64.b64encode(content).decode()


def seen(path: str, content: bytes, point=ExecutionPoint.START) -> SeenFile:
    return SeenFile(
        path, kind_of(path, content[:4096]), content, len(content), hashlib.sha256(content).hexdigest(), point
    )


@pytest.mark.parametrize(
    "line",
    [
        f"exec(__import__('base64').b64decode('{base64.b64encode(CODE).decode()}'))",
        PACKED % ("zlib", "zlib", encoded(zlib.compress(CODE))),
        PACKED % ("lzma", "lzma", encoded(lzma.compress(CODE))),
        PACKED % ("bz2", "bz2", encoded(bz2.compress(CODE))),
        PACKED % ("gzip", "gzip", encoded(gzip.compress(CODE))),
        f"exec(bytes.fromhex('{CODE.hex()}'))",
        f"exec(''.join(chr(c ^ 9) for c in {[byte ^ 9 for byte in CODE]}))",
        f"exec('{base64.b64encode(CODE).decode()[::-1]}'[::-1])",
        f"x = '{base64.b64encode(base64.b64encode(CODE)).decode()}'\nexec(decode(decode(x)))",
    ],
)
def test_a_layer_of_python_is_peeled(line):
    assert any(b"inert look-alike of a payload" in layer.content for layer in peel(seen("a.py", line.encode())))


@pytest.mark.parametrize(
    "line",
    [
        f"eval(Buffer.from('{SCRIPT.hex()}', 'hex').toString())",
        f"eval(atob('{base64.b64encode(SCRIPT).decode()}'))",
        f"eval(String.fromCharCode({','.join(str(byte) for byte in SCRIPT)}))",
        "const k = 0x51; eval(Buffer.from('KEYED', 'hex').map((c) => c ^ 0x51).toString())".replace(
            "KEYED", bytes(byte ^ 0x51 for byte in SCRIPT).hex()
        ),
        "eval(d('" + "".join(chr(0xE0100 + byte - 16) for byte in SCRIPT) + "'))",
    ],
)
def test_a_layer_of_javascript_is_peeled(line):
    assert any(b"module.exports = function pad" in layer.content for layer in peel(seen("a.js", line.encode())))


def test_a_layer_tells_how_it_was_peeled_where_it_stood_and_what_it_does():
    packed = base64.b64encode(zlib.compress(CODE)).decode()
    file = seen(
        "a.py", f"import base64, zlib\nP = '{packed}'\nexec(zlib.decompress(base64.b64decode(load())))\n".encode()
    )

    layer = next(one for one in peel(file) if one.content == CODE)

    assert (layer.layers, layer.line, layer.path, layer.point) == (("base64", "zlib"), 2, "a.py", ExecutionPoint.START)
    assert Ability.PROCESS in deeds_of(layer).abilities


def test_encoded_data_that_is_no_code_has_no_layers():
    picture = base64.b64encode(bytes(range(256)) * 8).decode()

    assert peel(seen("a.py", f"import base64\nexec(x)\nLOGO = base64.b64decode('{picture}')\n".encode())) == ()


def test_layers_end_at_a_depth_and_a_number():
    content = CODE
    for _ in range(MAX_DEPTH + 3):
        content = b"exec('" + base64.b64encode(content) + b"')\n"
    many = b"eval(x)\n" + b"\n".join(
        b"'" + base64.b64encode(SCRIPT + b" //%d" % place) + b"'" for place in range(MAX_LAYERS + 30)
    )

    assert max(len(layer.layers) for layer in peel(seen("a.py", content))) <= MAX_DEPTH
    assert len(peel(seen("a.js", many))) == MAX_LAYERS


def test_a_layer_that_unpacks_without_end_is_cut():
    bomb = base64.b64encode(zlib.compress(b"print('a')\n" * 700_000)).decode()

    layers = peel(seen("a.py", f"import zlib, base64\nexec(zlib.decompress(base64.b64decode('{bomb}')))".encode()))

    assert sum(len(layer.content) for layer in layers) <= 16 << 20


@given(
    content=st.one_of(
        st.binary(max_size=600), st.text(alphabet="(){}[]'\"`\\/*#;,.=+^0x1aZ_$ \n", max_size=600).map(str.encode)
    )
)
@settings(max_examples=60, deadline=None)
@pytest.mark.parametrize(
    "path",
    ["a.py", "a.js", "a.rb", "a.rs", "a.ps1", "a.sh", "a.bat", "a.cs", "a.java", "a.pth", "a.txt", "a.class", "a.so"],
)
def test_no_content_whatever_raises(path, content):
    file = seen(path, content, ExecutionPoint.INSTALL)

    deeds_of(file)
    for layer in peel(file):
        assert len(layer.layers) <= MAX_DEPTH


@pytest.mark.parametrize(
    "piece",
    [
        "'a'+",
        "((((",
        "[[[[",
        "{",
        "\\x41",
        "1,",
        "a=",
        "`",
        "/*",
        '"',
        "_0xab ",
        "A" * 60 + "\n",
        "x.y(",
        "=> ",
        "|",
        "# ",
        "' " * 3,
    ],
)
@pytest.mark.parametrize("path", ["a.js", "a.rb", "a.py", "a.ps1", "a.rs"])
def test_long_runs_of_one_thing_take_time_that_grows_with_their_length(path, piece):
    file = seen(path, (piece * (120_000 // len(piece))).encode() + b"\neval(x); exec(x)", ExecutionPoint.INSTALL)

    deeds_of(file)
    assert len(peel(file)) <= MAX_LAYERS


def test_kinds_of_layers_are_those_of_their_content():
    layers = peel(seen("a.js", b"eval(x)\nconst p = '" + base64.b64encode(b"\x7fELF" + b"\0" * 200) + b"';"))

    assert [layer.kind for layer in layers] == [FileKind.ELF]
