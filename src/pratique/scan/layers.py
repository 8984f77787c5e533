"""Peels what is packed inside code, without running any of it: each layer is a file again, to be looked at like one.

Bounded in depth, count and bytes; what does not come out as code, or as a program, is left alone.
"""

from __future__ import annotations

import base64
import binascii
import bz2
import hashlib
import itertools
import lzma
import re
import zlib
from collections.abc import Callable, Iterator, Sequence

from pratique.formats.file_kind import FileKind, kind_of
from pratique.scan.findings import ExecutionPoint
from pratique.scan.reading.contract import Ability
from pratique.scan.reading.deeds import read_of
from pratique.scan.reading.encoded import base64_runs, may_hold_numbers
from pratique.scan.seen import SeenFile

MAX_DEPTH = 5
MAX_LAYERS = 40
"""Layers that are peeled from one file, of all depths together."""

MAX_LAYER = 4 << 20
"""Bytes of one layer; what is longer is cut there."""

MAX_TOTAL = 16 << 20
"""Bytes of all layers of one file."""

_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{48,}={0,2}")
_WRAPPED = re.compile(r"(?<![A-Za-z0-9+/])(?:[A-Za-z0-9+/]{60,78}\r?\n){3,}[A-Za-z0-9+/]{0,78}={0,2}")
_HEX = re.compile(r"(?:[0-9a-fA-F]{2}){40,}")
_ESCAPED = re.compile(r"(?:\\x[0-9a-fA-F]{2}){24,}")
_CODES = re.compile(r"(?:(?:0x[0-9a-fA-F]{1,2}|\d{1,3})\s{0,4},\s{0,4}){23,}(?:0x[0-9a-fA-F]{1,2}|\d{1,3})")
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]{16,}")
_ENCODED_COMMAND = re.compile(r"(?:-e(?:nc?|ncodedcommand)?)\s{1,4}['\"]?([A-Za-z0-9+/=]{24,})", re.IGNORECASE)
_XOR_KEY = re.compile(r"(?:\^=?|-bxor|\bxor\b)\s{0,4}\(?(0x[0-9a-fA-F]{1,2}|\d{1,3})\b")
_TEXT_KEY = re.compile(
    r"""\b\w{0,12}(?:key|KEY|Key|secret|pass|salt)\w{0,12}\s{0,4}[:=]\s{0,4}b?['"]([^'"\n]{1,64})['"]"""
)
_XORS = re.compile(r"\^|-bxor|\bxor\b")
_REVERSES = re.compile(r"\[::-1\]|\.reverse\b|reversed\(")

_MARSHAL = re.compile(rb"\A\xe3[\x00\x01-\xff]{8,24}", re.DOTALL)

_SMALLEST_MARSHAL = 80
"""Bytes below which a code object cannot be; its first byte alone tells little."""

_CODE_WORDS: tuple[tuple[FileKind, re.Pattern[str]], ...] = (
    (
        FileKind.JAVASCRIPT,
        re.compile(
            r"\brequire\s?\(|\bfunction\s?\w{0,40}\(|=>\s?[{(]|\bconst\s+\w+\s?=|\bvar\s+\w+\s?=|process\.env|module\.exports|\bfetch\(|\beval\("
        ),
    ),
    (
        FileKind.PYTHON,
        re.compile(
            r"^\s{0,40}(?:import|from)\s+[\w.]+|^\s{0,40}def \w+\(|\bexec\(|\b__import__\(|\bos\.system\(|\bprint\(",
            re.MULTILINE,
        ),
    ),
    (
        FileKind.POWERSHELL,
        re.compile(r"\b(?:iex|Invoke-\w+|New-Object|Start-Process|DownloadString)\b|\$env:", re.IGNORECASE),
    ),
    (FileKind.RUBY, re.compile(r"^\s{0,40}require ['\"]|\bNet::HTTP\b|\bdef \w+$|\bKernel\.", re.MULTILINE)),
    (FileKind.SHELL, re.compile(r"^#!|\b(?:curl|wget|bash|chmod|nc)\s+[-/\w]|\bsh -c\b|/bin/(?:ba)?sh", re.MULTILINE)),
)


_USES_LAYERS = frozenset((Ability.EVALUATES, Ability.DECODES, Ability.PROCESS, Ability.LOADS_NATIVE, Ability.MEMORY))
"""What code has to do for a layer to be of any use to it."""


def peel(file: SeenFile) -> tuple[SeenFile, ...]:
    """All layers of a file, outer ones before inner ones.

    Args:
        file: code that something runs, or a text or data file that runs unasked; others have no layers.
    """
    if file.point is ExecutionPoint.NONE or file.kind.is_native or not (file.kind.is_code or file.point.is_unasked):
        return ()
    found: list[SeenFile] = []
    seen = {file.sha256}
    waiting, total = [file], 0
    while waiting and len(found) < MAX_LAYERS and total < MAX_TOTAL:
        outer = waiting.pop(0)
        if len(outer.layers) >= MAX_DEPTH:
            continue
        for layer in _layers_of(outer):
            if layer.sha256 in seen or len(found) >= MAX_LAYERS or total >= MAX_TOTAL:
                continue
            seen.add(layer.sha256)
            found.append(layer)
            waiting.append(layer)
            total += len(layer.content)
    return tuple(found)


def _layers_of(file: SeenFile) -> Iterator[SeenFile]:
    """The layers that stand in a file itself."""
    if file.kind in (FileKind.PYTHON, FileKind.PTH):
        for hidden in read_of(file).hidden:
            content = hidden.value.encode("utf-8", "replace") if isinstance(hidden.value, str) else hidden.value
            yield from _opened(file, hidden.line, ("put together",), content, sure=hidden.runs)
    if file.kind.is_code and not file.layers and not _USES_LAYERS & set(read_of(file).deeds.abilities):
        return
    text = file.text[:MAX_LAYER]
    keys: tuple[bytes, ...] | None = None
    for line, how, content in _blobs(text):
        keys = _keys(text) if keys is None else keys
        yield from _opened(file, line, (how,), content, keys=keys)


def _blobs(text: str) -> Iterator[tuple[int, str, bytes]]:
    """Encoded runs of a text: line, how it is encoded, the bytes."""
    runs = list(itertools.islice(base64_runs(text), _MOST_RUNS))
    for name, pattern, decode in _ENCODINGS:
        if not _may_stand_in(text, pattern, runs):
            continue
        for place, whole in itertools.islice(_places(text, pattern, runs), MAX_LAYERS):
            content = decode(whole[: 2 * MAX_LAYER])
            if content:
                yield text.count("\n", 0, place) + 1, name, content
    if runs and _REVERSES.search(text):
        for place, whole in runs[:MAX_LAYERS]:
            content = _from_base64(whole[::-1][: 2 * MAX_LAYER])
            if content:
                yield text.count("\n", 0, place) + 1, "reversed base64", content


def _places(text: str, pattern: re.Pattern[str], runs: Sequence[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """Where an encoding stands, and what."""
    if pattern is _BASE64:
        yield from runs
        return
    for found in pattern.finditer(text):
        yield found.start(), found[1] if pattern.groups else found[0]


def _may_stand_in(text: str, pattern: re.Pattern[str], runs: Sequence[tuple[int, str]]) -> bool:
    """Whether it is worth looking for a pattern: what takes a look at a few characters tells of most texts."""
    if pattern is _ESCAPED:
        return "\\x" in text
    if pattern is _SELECTORS:
        return not text.isascii()
    if pattern is _ENCODED_COMMAND:
        return "owershell" in text or "pwsh" in text or "OWERSHELL" in text or text.lstrip()[:1] == "-"
    if pattern is _HEX:
        return len(runs) >= _MOST_RUNS or any(_HEX.search(whole) is not None for _, whole in runs)
    return may_hold_numbers(text) if pattern is _CODES else bool(runs)


_MOST_RUNS = 10_000
"""Runs of which each is looked at for hex alone."""


def _opened(
    file: SeenFile, line: int, how: tuple[str, ...], content: bytes, *, keys: tuple[bytes, ...] = (), sure: bool = False
) -> Iterator[SeenFile]:
    """What bytes are once they are unpacked, if that is code or a program."""
    for name, unpack in _PACKINGS:
        unpacked = unpack(content)
        if unpacked:
            how, content = (*how, name), unpacked
    kind = _kind_of_layer(content, file.kind, sure=sure)
    if kind is None:
        for key in keys:
            plain = _xored(content, key)
            inside = _kind_of_layer(plain, file.kind, sure=False)
            if inside is not None and inside is not FileKind.PYC:
                how, content, kind = (*how, "xor"), plain, inside
                break
    if kind is None or (kind is FileKind.PYC and len(content) < _SMALLEST_MARSHAL):
        return
    content = content[:MAX_LAYER]
    if kind in (FileKind.JAVASCRIPT, FileKind.POWERSHELL) and content[1:2] == b"\0":
        content = content.decode("utf-16-le", "replace").encode()
    outer = file.layers
    yield SeenFile(
        file.path, kind, content, len(content), hashlib.sha256(content).hexdigest(), file.point,
        layers=(*outer, *how), line=file.line if outer else line,
    )  # fmt: skip


def _kind_of_layer(content: bytes, outer: FileKind, *, sure: bool) -> FileKind | None:
    """What a layer is; None for what is neither code nor a program."""
    by_magic = kind_of("", content[:4096])
    if by_magic.is_native or by_magic is FileKind.ZIP:
        return by_magic if len(content) > 64 else None
    if _MARSHAL.match(content):
        return FileKind.PYC
    if content[1:2] == b"\0" and content[3:4] == b"\0":
        content = content.decode("utf-16-le", "replace").encode()
    if b"\0" in content[:4096]:
        return None
    try:
        text = content[:200_000].decode("utf-8")
    except UnicodeDecodeError:
        return None
    if sum(char.isprintable() or char in "\t\r\n" for char in text[:4000]) < 0.97 * len(text[:4000]):
        return None
    inside = next((kind for kind, pattern in _CODE_WORDS if pattern.search(text)), None)
    if (
        inside is not None
        and outer.is_code
        and any(kind is outer and pattern.search(text) for kind, pattern in _CODE_WORDS)
    ):
        return outer
    return inside or (outer if sure or _is_packed_again(text) else None)


def _is_packed_again(text: str) -> bool:
    """Whether a text is nothing but another encoded run."""
    plain = text.strip()
    return len(plain) > 64 and _BASE64.fullmatch(plain) is not None


def _keys(text: str) -> tuple[bytes, ...]:
    """Keys that stand beside an exclusive or."""
    if not _XORS.search(text):
        return ()
    numbers = [
        int(found, 0) for found in _XOR_KEY.findall(text)[:8] if not found.startswith("0") or found.startswith("0x")
    ]
    texts = [found.encode("utf-8", "replace") for found in _TEXT_KEY.findall(text)[:8]]
    return tuple(dict.fromkeys([bytes((number,)) for number in numbers if 0 < number < 256] + texts))


def _xored(content: bytes, key: bytes) -> bytes:
    content = content[: 1 << 20]
    whole = (key * (len(content) // len(key) + 1))[: len(content)]
    return (int.from_bytes(content, "big") ^ int.from_bytes(whole, "big")).to_bytes(len(content), "big")


def _from_base64(text: str) -> bytes:
    plain = "".join(text.split()).rstrip("=")
    try:
        return base64.b64decode(
            plain + "=" * (-len(plain) % 4), altchars=b"-_" if "-" in plain or "_" in plain else None
        )
    except (binascii.Error, ValueError):
        return b""


def _from_hex(text: str) -> bytes:
    return bytes.fromhex(text if len(text) % 2 == 0 else text[:-1])


def _from_codes(text: str) -> bytes:
    codes = [int(one, 0) if one.startswith("0x") else int(one) for one in re.split(r"\s*,\s*", text.strip())]
    return bytes(codes) if all(code < 256 for code in codes) else b""


def _from_selectors(text: str) -> bytes:
    """Bytes written as variation selectors, sixteen of the one block and 240 of the other."""
    return bytes(code - 0xFE00 if (code := ord(char)) < 0x10000 else code - 0xE0100 + 16 for char in text)


def _unzlib(content: bytes) -> bytes:
    return _inflated(content, 15) if content[:1] == b"\x78" else b""


def _ungzip(content: bytes) -> bytes:
    return _inflated(content, 31) if content[:2] == b"\x1f\x8b" else b""


def _inflated(content: bytes, wbits: int) -> bytes:
    try:
        return zlib.decompressobj(wbits).decompress(content, MAX_LAYER)
    except zlib.error:
        return b""


def _unlzma(content: bytes) -> bytes:
    if not content.startswith((b"\xfd7zXZ\0", b"\x5d\0\0")):
        return b""
    try:
        return lzma.LZMADecompressor(memlimit=64 << 20).decompress(content, MAX_LAYER)
    except (lzma.LZMAError, EOFError, ValueError):
        return b""


def _unbzip(content: bytes) -> bytes:
    try:
        return bz2.BZ2Decompressor().decompress(content, MAX_LAYER) if content[:3] == b"BZh" else b""
    except (OSError, ValueError, EOFError):
        return b""


_ENCODINGS: tuple[tuple[str, re.Pattern[str], Callable[[str], bytes]], ...] = (
    ("encoded command", _ENCODED_COMMAND, _from_base64),
    ("base64", _WRAPPED, _from_base64),
    ("hex", _HEX, _from_hex),
    ("base64", _BASE64, _from_base64),
    ("escapes", _ESCAPED, lambda text: bytes.fromhex(text.replace("\\x", ""))),
    ("character codes", _CODES, _from_codes),
    ("variation selectors", _SELECTORS, _from_selectors),
)
_PACKINGS: tuple[tuple[str, Callable[[bytes], bytes]], ...] = (
    ("zlib", _unzlib),
    ("gzip", _ungzip),
    ("lzma", _unlzma),
    ("bzip2", _unbzip),
)
