"""What a Python expression refers to, behind aliases, look-ups by text, and lists that only hold it.

Names are full (`os.system`); those of one function that has several are one name.
"""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from pratique.scan.reading.contract import Ability
from pratique.scan.reading.python_words import abilities_of

if TYPE_CHECKING:
    from pratique.scan.reading.python_values import Values

MAX_DEPTH = 60
"""Expressions inside one another that are followed."""

_BUILTIN_HOLDERS = frozenset(("builtins", "__builtins__", "__builtin__"))
_LOADERS = frozenset(("__import__", "importlib.import_module", "builtins.__import__", "importlib.__import__"))
_BY_TEXT = frozenset(("getattr", "object.__getattribute__", "type.__getattribute__", "inspect.getattr_static"))
_NAMESPACES = frozenset(("vars", "globals", "locals"))
_GETTERS = frozenset(("operator.attrgetter", "operator.itemgetter"))
_OF_NAMESPACE = frozenset(("get", "pop", "setdefault", "__getitem__"))
_DICT = ".__dict__"
_GLOBALS = f"__builtins__{_DICT}"
_DISPLAYS = (ast.List, ast.Tuple, ast.Set, ast.Dict)
_INNER = re.compile(
    r"(?:\w+\.)*(?:(?:posix|nt)(?=\.|\Z)|os(?=\.(?:system|popen|exec|spawn|posix_spawn|startfile))|subprocess(?=\.\w))"
)


def name_of(values: Values, node: ast.expr | None, depth: int = 0) -> str:
    """The full name of what an expression refers to, empty if it is no name."""
    handler = _HANDLERS.get(node.__class__)
    if handler is None or depth > MAX_DEPTH:
        return ""
    return canonical(handler(values, node, depth + 1))


def telling_name(values: Values, nodes: Iterable[ast.expr | None], depth: int = 0) -> str:
    """The first of some expressions that refers to what runs something; empty if none does."""
    for one in nodes:
        name = name_of(values, one, depth)
        if name and runs_something(name):
            return name
    return ""


def held_name(values: Values, node: ast.AST, depth: int = 0) -> str:
    """The first thing that runs something in a list, tuple, set or dict that is written out; empty if there is none."""
    if depth > MAX_DEPTH or not isinstance(node, _DISPLAYS):
        return ""
    inside = node.values if isinstance(node, ast.Dict) else node.elts
    return telling_name(values, inside, depth) or next(
        (found for one in inside if (found := held_name(values, one, depth + 1))), ""
    )


def runs_something(name: str) -> bool:
    """Whether calling a name starts a program or runs code."""
    return not _RUN.isdisjoint(abilities_of(name))


_RUN = frozenset((Ability.PROCESS, Ability.EVALUATES))


@functools.lru_cache(8192)
def canonical(name: str) -> str:
    """A name by the module that people know it from: `posix.system` and `shutil.os.system` are `os.system`."""
    found = _INNER.match(name)
    if found is None:
        return name
    last = found[0].rpartition(".")[2]
    return ("os" if last in ("posix", "nt") else last) + name[found.end() :]


def _inside(values: Values, owner: str, name: str) -> str:
    """The member of that name."""
    if owner == _GLOBALS:
        return values.names.get(name, name)
    owner = owner.removesuffix(_DICT)
    return name if _holds_builtins(owner) and name != "__dict__" else f"{owner}.{name}"


def _holds_builtins(owner: str) -> bool:
    return owner in _BUILTIN_HOLDERS or owner.endswith(".__builtins__")


def _of_name(values: Values, node: Any, _: int) -> str:
    name: str = node.id
    return values.names.get(name, name)


def _of_attribute(values: Values, node: Any, depth: int) -> str:
    owner = name_of(values, node.value, depth)
    if node.attr in values.members and not runs_something(f"{owner}.{node.attr}"):
        return values.members[str(node.attr)]
    if not owner:
        return f"?.{node.attr}"
    return f"{owner}.{node.attr}" if owner.endswith(_DICT) else _inside(values, owner, node.attr)


def _of_call(values: Values, node: Any, depth: int) -> str:
    if isinstance(node.func, ast.Lambda):
        return name_of(values, node.func.body, depth)
    called = name_of(values, node.func, depth)
    first = values.value(node.args[0], depth) if node.args else None
    if called in _NAMESPACES:
        return f"{name_of(values, node.args[0], depth)}{_DICT}" if node.args else _GLOBALS
    if isinstance(first, str):
        found = _of_call_with_text(values, node, called, first, depth)
        if found:
            return found
    if called in _BY_TEXT and len(node.args) > 1:
        name = values.value(node.args[1], depth)
        owner = name_of(values, node.args[0], depth)
        return _inside(values, owner, name) if isinstance(name, str) and owner else ""
    return f"{called}()" if called else ""


def _of_call_with_text(values: Values, node: Any, called: str, text: str, depth: int) -> str:
    """What a call gives that is handed a text; empty where the text looks nothing up."""
    if called in _LOADERS:
        return text
    if not isinstance(node.func, ast.Attribute):
        return ""
    owner = name_of(values, node.func.value, depth)
    of_namespace = node.func.attr in _OF_NAMESPACE and owner.endswith(_DICT)
    return _inside(values, owner, text) if of_namespace or node.func.attr == "__getattribute__" else ""


def _of_getter(values: Values, node: Any, depth: int) -> str:
    """What `operator.attrgetter("system")(os)` gives; any other call's value otherwise."""
    getter = node.func
    if isinstance(getter, ast.Call) and node.args and name_of(values, getter.func, depth) in _GETTERS:
        name = values.value(getter.args[0], depth) if getter.args else None
        owner = name_of(values, node.args[0], depth)
        if isinstance(name, str) and owner:
            return _inside(values, owner, name)
    return _of_call(values, node, depth)


def _of_item(values: Values, node: Any, depth: int) -> str:
    if isinstance(node.value, _DISPLAYS):
        return held_name(values, node.value, depth)
    if isinstance(node.value, ast.Name) and node.value.id in values.held:
        return values.held[node.value.id]
    owner = name_of(values, node.value, depth)
    key = values.value(node.slice, depth)
    if isinstance(key, str):
        if owner == "sys.modules":
            return key
        if owner.endswith(_DICT) or _holds_builtins(owner):
            return _inside(values, owner, key)
    return f"{owner}[]" if owner else ""


_HANDLERS: dict[type, Callable[[Values, Any, int], str]] = {
    ast.Name: _of_name,
    ast.Attribute: _of_attribute,
    ast.Call: _of_getter,
    ast.Subscript: _of_item,
    ast.IfExp: lambda values, node, depth: telling_name(values, (node.body, node.orelse), depth),
    ast.BoolOp: lambda values, node, depth: telling_name(values, node.values, depth),
    ast.NamedExpr: lambda values, node, depth: name_of(values, node.value, depth),
    ast.Await: lambda values, node, depth: name_of(values, node.value, depth),
    ast.Starred: lambda values, node, depth: name_of(values, node.value, depth),
}
