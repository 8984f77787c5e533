"""What names of a Python module stand for: imports, assignments, defaults and loops that give them to something."""

from __future__ import annotations

import ast

from pratique.scan.reading.python_names import held_name, telling_name
from pratique.scan.reading.python_nodes import names_of
from pratique.scan.reading.python_values import Values
from pratique.scan.reading.python_words import names_of_star


def take_imports(values: Values, node: ast.AST) -> None:
    """Note what an import calls by another name, or brings in with all its names."""
    if isinstance(node, ast.Import):
        values.names.update((alias.asname, alias.name) for alias in node.names if alias.asname)
    elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
        for alias in node.names:
            if alias.name == "*":
                values.names.update(names_of_star(node.module))
                continue
            full = alias.name if node.module in ("builtins", "__builtin__") else f"{node.module}.{alias.name}"
            values.names[alias.asname or alias.name] = full


def bind(values: Values, target: ast.expr, source: ast.expr) -> None:
    """Let names that are given what runs something be called by its name: `for f in [exec]`, `self.f = exec`."""
    full = held_name(values, source) or telling_name(values, (source,))
    if not full:
        return
    if isinstance(target, ast.Attribute):
        values.members[target.attr] = full
        return
    kept = values.held if isinstance(target, ast.Subscript) else values.names
    kept.update((name, full) for name in names_of(target))


def bind_defaults(values: Values, parameters: ast.arguments) -> None:
    """The same of parameters by their defaults: `def f(run=os.system)`."""
    named = [*parameters.posonlyargs, *parameters.args]
    given = [*zip(named[len(named) - len(parameters.defaults) :], parameters.defaults, strict=True)]
    for one, default in [*given, *zip(parameters.kwonlyargs, parameters.kw_defaults, strict=True)]:
        if default is not None:
            bind(values, ast.Name(one.arg, ast.Store()), default)
