"""What a single Python call is given, as far as that stands there."""

from __future__ import annotations

import ast

from pratique.scan.reading import python_words
from pratique.scan.reading.python_nodes import arguments, walk
from pratique.scan.reading.python_values import Values

_DUMPERS = frozenset(("dict", "str", "repr", "json.dumps", "list", "sorted"))
WHOLE_ENVIRONMENT = frozenset(("os.environ", "os.environb"))


def texts_given(values: Values, node: ast.Call) -> list[str]:
    """The texts among its arguments: a command line and its parts."""
    texts: list[str] = []
    for one in arguments(node):
        found = values.value(one)
        parts = found if isinstance(found, list) else [found]
        if found is None:
            parts = [
                values.value(inner)
                for inner in walk(one)
                if isinstance(inner, (ast.Constant, ast.JoinedStr, ast.BinOp))
            ]
        texts += [part for part in parts if isinstance(part, str)]
    return texts


def is_home(values: Values, node: ast.expr) -> bool:
    """Whether a path is the home folder itself, or the root."""
    if isinstance(node, ast.Call):
        called = values.dotted(node.func)
        inner = values.value(node.args[0]) if node.args else None
        return called.endswith("Path.home") or (called.endswith("expanduser") and inner in ("~", "~/"))
    return values.value(node) in ("/", "~", "C:\\")


def dumps_environment(values: Values, called: str, node: ast.Call) -> bool:
    """Whether it gives all variables of the environment."""
    if called == "os.environ.copy":
        return False
    return python_words.ENVIRONMENT.match(called) is not None or (
        called in _DUMPERS and any(values.dotted(one) in WHOLE_ENVIRONMENT for one in node.args)
    )
