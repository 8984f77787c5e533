"""Small questions about nodes of a syntax tree, which need nothing but the node."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

_NO_NODES = frozenset(
    (
        *("ctx", "op", "ops", "id", "attr", "arg", "name", "module", "level", "asname", "rest", "kwd_attrs"),
        *("kind", "type_comment", "conversion", "is_async", "simple"),
    )
)
"""Fields that hold texts, numbers, or nodes that only say how (`Load`, `Add`)."""

_WITH_GAPS = frozenset(("keys", "kw_defaults"))
"""Fields whose lists hold None for what is not there."""

_WITHOUT_ANY = (ast.Constant, ast.Global, ast.Nonlocal)


class _Fields(dict[type, tuple[str, ...]]):
    """The fields of each kind of node that may hold other nodes."""

    def __missing__(self, kind: type) -> tuple[str, ...]:
        fields: tuple[str, ...] = getattr(kind, "_fields", ())
        plain = issubclass(kind, _WITHOUT_ANY)
        self[kind] = () if plain else tuple(name for name in fields if name not in _NO_NODES or _is_node(kind, name))
        return self[kind]


def _is_node(kind: type, name: str) -> bool:
    """Whether a field that is a text elsewhere is a node here: the argument of a match, the name of a type alias."""
    return kind.__name__ == "TypeAlias" and name == "name"


_FIELDS = _Fields()


def children(node: ast.AST) -> list[ast.AST]:
    """The nodes right below one, but those that only say how (`Load`, `Add`)."""
    found: list[ast.AST] = []
    for name in _FIELDS[node.__class__]:
        value = getattr(node, name, None)
        if value.__class__ is list:
            found += [one for one in value if one is not None] if name in _WITH_GAPS else value
        elif value is not None:
            found.append(value)
    return found


def walk(node: ast.AST) -> list[ast.AST]:
    """A node and all below it, outer ones first; fewer than `ast.walk` gives, and sooner."""
    found = [node]
    for one in found:
        found += children(one)
    return found


LONGEST = 20_000
"""Characters of a text that is looked at for words."""


def as_text(value: Any) -> list[str]:
    """A folded value as it would stand in code; nothing for what is no text or too long."""
    if isinstance(value, bytes):
        value = value[:LONGEST].decode("latin-1")
    return [repr(value)] if isinstance(value, str) and 2 < len(value) < LONGEST else []


def of_one_variable(node: ast.AST) -> Iterator[ast.expr]:
    """The environment of which an expression takes one variable only, which is judged by its name."""
    if isinstance(node, ast.Subscript) or (
        isinstance(node, ast.Attribute) and node.attr in ("get", "setdefault", "pop", "update", "copy")
    ):
        yield node.value
    elif isinstance(node, ast.Compare):
        yield from node.comparators
    elif isinstance(node, ast.keyword) and node.arg == "env":
        yield node.value


def computes_characters(node: ast.expr) -> bool:
    """Whether the element of a comprehension is worked out of numbers: `chr(c)`, `c ^ 7`."""
    return any(
        (isinstance(inner, ast.BinOp) and isinstance(inner.op, ast.BitXor))
        or (isinstance(inner, ast.Call) and isinstance(inner.func, ast.Name) and inner.func.id == "chr")
        for inner in walk(node)
    )


def arguments(node: ast.Call) -> Iterator[ast.expr]:
    """All that a call is given, by position or by name."""
    yield from node.args
    yield from (keyword.value for keyword in node.keywords)


def names_of(node: Any) -> Iterator[str]:
    """The names that an assignment to this gives something."""
    if isinstance(node, ast.Name):
        yield node.id
    elif isinstance(node, ast.Attribute):
        yield node.attr
    elif isinstance(node, (ast.Tuple, ast.List)):
        for one in node.elts:
            yield from names_of(one)
    elif isinstance(node, (ast.Subscript, ast.Starred)):
        yield from names_of(node.value)


def keys_of(node: ast.AST) -> tuple[str, ...]:
    """What a path is known by: the names and texts in it."""
    names = [inner.id for inner in walk(node) if isinstance(inner, ast.Name)]
    texts = [
        "'" + inner.value
        for inner in walk(node)
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str) and len(inner.value) > 3
    ]
    return tuple(name for name in names if name not in ("os", "open", "Path", "pathlib", "tempfile", "str")) + tuple(
        texts
    )
