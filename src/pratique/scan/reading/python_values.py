"""What a Python expression is at run time, as far as that stands there: names behind aliases, texts behind arithmetic.

Nothing is evaluated but constants, and these within bounds.
"""

from __future__ import annotations

import ast
import base64
import binascii
import bz2
import codecs
import lzma
import zlib
from collections.abc import Callable
from typing import Any

from pratique.scan.reading.python_names import MAX_DEPTH, name_of

MAX_VALUE = 1 << 20
"""Bytes or characters of a constant that is put together."""

_UNKNOWN = None


class Values:
    """Names and constants of one module, filled as its statements are read in order.

    Attributes:
        names: full names behind short ones.
        constants: values of names.
        members: full names of what runs something behind the attributes that it was given to.
        held: the same behind names of lists and dicts that hold it.
    """

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self.constants: dict[str, Any] = {}
        self.members: dict[str, str] = {}
        self.held: dict[str, str] = {}

    def dotted(self, node: ast.expr, depth: int = 0) -> str:
        """The full name of what an expression refers to (`os.system`), empty if it is no name."""
        return name_of(self, node, depth)

    def value(self, node: ast.AST | None, depth: int = 0) -> Any:
        """The constant an expression comes to (text, bytes, number, list of these), None if it is none."""
        if node is None or depth > MAX_DEPTH:
            return _UNKNOWN
        handler = _HANDLERS.get(type(node))
        if handler is None:
            return _UNKNOWN
        try:
            return _bounded(handler(self, node, depth + 1))
        except (
            ValueError,
            TypeError,
            OverflowError,
            LookupError,
            ArithmeticError,
            zlib.error,
            lzma.LZMAError,
            OSError,
            EOFError,
            MemoryError,
        ):
            return _UNKNOWN


def _bounded(value: Any) -> Any:
    if isinstance(value, (str, bytes, list)) and len(value) > MAX_VALUE:
        return _UNKNOWN
    if isinstance(value, int) and abs(value) > 1 << 4096:
        return _UNKNOWN
    return value


def _constant(_: Values, node: Any, __: int) -> Any:
    return node.value if isinstance(node.value, (str, bytes, int)) else _UNKNOWN


def _name(values: Values, node: Any, _: int) -> Any:
    return values.constants.get(node.id)


def _sequence(values: Values, node: Any, depth: int) -> Any:
    if len(node.elts) > 1 << 16:
        return _UNKNOWN
    parts = [values.value(one, depth) for one in node.elts]
    return _UNKNOWN if any(one is None for one in parts) else parts


def _joined(values: Values, node: Any, depth: int) -> Any:
    parts = []
    for one in node.values:
        found = values.value(one.value if isinstance(one, ast.FormattedValue) else one, depth)
        parts.append(str(found) if isinstance(found, (str, int)) else "{}")
    return "".join(parts)


def _sum(values: Values, node: Any, depth: int) -> Any:
    left, right = values.value(node.left, depth), values.value(node.right, depth)
    if isinstance(node.op, ast.Add):
        if left is None and isinstance(right, str) and len(right) > 1:
            return _UNKNOWN
        return left + right if type(left) is type(right) and isinstance(left, (str, bytes, int, list)) else _UNKNOWN
    if isinstance(node.op, ast.Mult) and isinstance(right, int) and isinstance(left, (str, bytes, list)):
        return left * right if 0 <= right * max(len(left), 1) <= MAX_VALUE else _UNKNOWN
    if isinstance(node.op, ast.Mod) and isinstance(left, str) and "%" in left and len(left) < 10_000:
        return _formatted(left, right)
    if isinstance(left, int) and isinstance(right, int):
        return _arithmetic(node.op, left, right)
    return _UNKNOWN


def _formatted(template: str, value: Any) -> Any:
    parts = value if isinstance(value, list) else [value]
    plain = template.replace("%s", "{}").replace("%d", "{}").split("{}")
    if len(plain) != len(parts) + 1 or any("%" in one for one in plain) or any(one is None for one in parts):
        return _UNKNOWN
    return "".join(text + str(one) for text, one in zip(plain, [*parts, ""], strict=True))


def _arithmetic(op: ast.operator, left: int, right: int) -> Any:
    if max(abs(left), abs(right)) > 1 << 64:
        return _UNKNOWN
    table: dict[type, Callable[[int, int], int]] = {
        ast.Sub: lambda a, b: a - b,
        ast.Mult: lambda a, b: a * b,
        ast.BitXor: lambda a, b: a ^ b,
        ast.BitOr: lambda a, b: a | b,
        ast.BitAnd: lambda a, b: a & b,
        ast.FloorDiv: lambda a, b: a // b,
        ast.Mod: lambda a, b: a % b,
    }
    return table[type(op)](left, right) if type(op) in table else _UNKNOWN


def _item(values: Values, node: Any, depth: int) -> Any:
    whole = values.value(node.value, depth)
    if not isinstance(whole, (str, bytes, list)):
        return _UNKNOWN
    if isinstance(node.slice, ast.Slice):
        parts = [
            values.value(one, depth) if one is not None else None
            for one in (node.slice.lower, node.slice.upper, node.slice.step)
        ]
        given = (node.slice.lower, node.slice.upper, node.slice.step)
        if any(one is not None and not isinstance(part, int) for one, part in zip(given, parts, strict=True)):
            return _UNKNOWN
        return whole[slice(*parts)]
    place = values.value(node.slice, depth)
    return whole[place] if isinstance(place, int) else _UNKNOWN


def _negative(values: Values, node: Any, depth: int) -> Any:
    inner = values.value(node.operand, depth)
    return -inner if isinstance(node.op, ast.USub) and isinstance(inner, int) else _UNKNOWN


def _each(values: Values, node: Any, depth: int) -> Any:
    """A comprehension over a constant: `[chr(c ^ 7) for c in data]`."""
    loop = node.generators[0]
    if len(node.generators) != 1 or loop.ifs or not isinstance(loop.target, ast.Name):
        return _UNKNOWN
    source = values.value(loop.iter, depth)
    if not isinstance(source, (str, bytes, list)) or len(source) > 1 << 16:
        return _UNKNOWN
    name, before = loop.target.id, values.constants.get(loop.target.id)
    found = []
    for one in source:
        values.constants[name] = one
        part = values.value(node.elt, depth)
        if part is None:
            break
        found.append(part)
    values.constants[name] = before
    return found if len(found) == len(source) else _UNKNOWN


def _call(values: Values, node: Any, depth: int) -> Any:
    called = values.dotted(node.func)
    parts = [values.value(one, depth) for one in node.args[:4]]
    first = parts[0] if parts else None
    if isinstance(node.func, ast.Attribute):
        found = _of_method(values.value(node.func.value, depth), node.func.attr, parts)
        if found is not None:
            return found
    if first is None:
        return _mapped(values, node, called, depth) if called == "map" else _UNKNOWN
    if called == "map":
        return _mapped(values, node, called, depth)
    function = _FUNCTIONS.get(called)
    return function(*parts[: 2 if called in _TWO else 1]) if function is not None else _UNKNOWN


def _mapped(values: Values, node: Any, _: str, depth: int) -> Any:
    if len(node.args) != 2:
        return _UNKNOWN
    source = values.value(node.args[1], depth)
    if not isinstance(source, (str, bytes, list)) or len(source) > 1 << 16:
        return _UNKNOWN
    if isinstance(node.args[0], ast.Lambda) and len(node.args[0].args.args) == 1:
        loop = ast.comprehension(ast.Name(node.args[0].args.args[0].arg, ast.Store()), node.args[1], [], 0)
        return _each(values, ast.ListComp(node.args[0].body, [loop]), depth)
    function = _FUNCTIONS.get(values.dotted(node.args[0]))
    return [function(one) for one in source] if function is not None else _UNKNOWN


def _of_method(owner: Any, name: str, parts: list[Any]) -> Any:
    if owner is None:
        return _UNKNOWN
    if isinstance(owner, str):
        return _of_text(owner, name, parts)
    if isinstance(owner, bytes):
        if name == "decode":
            return owner.decode(
                parts[0] if parts and isinstance(parts[0], str) and parts[0] in _CHARSETS else "utf-8", "replace"
            )
        if name == "hex":
            return owner.hex()
    return _UNKNOWN


def _of_text(owner: str, name: str, parts: list[Any]) -> Any:
    if name == "join" and parts and isinstance(parts[0], (list, str)):
        return owner.join(str(one) for one in parts[0])
    if name == "encode":
        return owner.encode("utf-8", "replace")
    if name in ("strip", "lower", "upper", "lstrip", "rstrip", "swapcase") and not parts:
        return getattr(owner, name)()
    if name == "replace" and len(parts) >= 2 and all(isinstance(one, str) for one in parts[:2]) and parts[0]:
        return owner.replace(parts[0], parts[1]) if len(parts[1]) <= len(parts[0]) + 10 else _UNKNOWN
    if name == "split" and len(parts) <= 1 and all(isinstance(one, str) and one for one in parts):
        return owner.split(*parts)
    if name == "format" and "{}" in owner and all(isinstance(one, (str, int)) for one in parts):
        plain = owner.split("{}")
        return (
            "".join(text + str(one) for text, one in zip(plain, [*parts, ""], strict=True))
            if len(plain) == len(parts) + 1
            else _UNKNOWN
        )
    return _UNKNOWN


def _decompressed(content: Any, wbits: int = 15) -> Any:
    if not isinstance(content, bytes):
        return _UNKNOWN
    return zlib.decompressobj(wbits).decompress(content, MAX_VALUE)


def _unpacked(decoder: Any) -> Callable[[Any], Any]:
    """The bounded use of a decompressor of the standard library."""

    def unpack(content: Any) -> Any:
        return decoder().decompress(content, MAX_VALUE) if isinstance(content, bytes) else _UNKNOWN

    return unpack


def _bytes_of(value: Any, encoding: Any = None) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace")
    if isinstance(value, list) and all(isinstance(one, int) for one in value):
        return bytes(value)
    return value if isinstance(value, bytes) and encoding is None else _UNKNOWN


def _ordered(value: Any) -> Any:
    return list(value)[::-1] if isinstance(value, (str, list)) else _UNKNOWN


def _recoded(value: Any, name: Any = None) -> Any:
    if name in ("rot13", "rot_13", "rot-13") and isinstance(value, str):
        return codecs.decode(value, "rot13")
    if name in ("hex", "hex_codec"):
        return bytes.fromhex(value if isinstance(value, str) else value.decode("ascii"))
    if name in ("base64", "base64_codec"):
        return base64.b64decode(value)
    return _UNKNOWN


def _integer(value: Any, base: Any = None) -> Any:
    if isinstance(value, str) and len(value) < 100:
        return int(value, base if isinstance(base, int) else 10)
    return value if isinstance(value, int) else _UNKNOWN


_CHARSETS = frozenset(("utf-8", "utf8", "ascii", "latin-1", "latin1", "utf-16", "utf-16le"))
_TWO = frozenset(("codecs.decode", "bytes", "int", "zlib.decompress", "xor"))
_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "chr": lambda code: chr(code) if isinstance(code, int) else None,
    "ord": lambda char: ord(char) if isinstance(char, str) and len(char) == 1 else None,
    "int": _integer,
    "str": lambda value: str(value) if isinstance(value, (str, int)) else None,
    "bytes": _bytes_of,
    "bytearray": _bytes_of,
    "list": lambda value: list(value) if isinstance(value, (str, bytes, list)) else None,
    "reversed": _ordered,
    "bytes.fromhex": lambda text: bytes.fromhex(text) if isinstance(text, str) else None,
    "bytearray.fromhex": lambda text: bytes.fromhex(text) if isinstance(text, str) else None,
    "base64.b64decode": lambda value: base64.b64decode(value),
    "base64.urlsafe_b64decode": lambda value: base64.urlsafe_b64decode(value),
    "base64.standard_b64decode": lambda value: base64.b64decode(value),
    "base64.b32decode": lambda value: base64.b32decode(value),
    "base64.b16decode": lambda value: base64.b16decode(value),
    "base64.b85decode": lambda value: base64.b85decode(value),
    "base64.a85decode": lambda value: base64.a85decode(value),
    "binascii.unhexlify": lambda value: binascii.unhexlify(value),
    "binascii.a2b_hex": lambda value: binascii.unhexlify(value),
    "binascii.a2b_base64": lambda value: binascii.a2b_base64(value),
    "codecs.decode": _recoded,
    "zlib.decompress": _decompressed,
    "lzma.decompress": _unpacked(lambda: lzma.LZMADecompressor(memlimit=64 << 20)),
    "bz2.decompress": _unpacked(bz2.BZ2Decompressor),
    "gzip.decompress": lambda value: _decompressed(value, 31),
}

_HANDLERS: dict[type, Callable[[Values, Any, int], Any]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.List: _sequence,
    ast.Tuple: _sequence,
    ast.JoinedStr: _joined,
    ast.BinOp: _sum,
    ast.Subscript: _item,
    ast.UnaryOp: _negative,
    ast.ListComp: _each,
    ast.GeneratorExp: _each,
    ast.Call: _call,
}
