"""Which functions of a Python module run when it is imported, rather than when somebody calls them."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from pratique.scan.reading.python_nodes import children

Function = ast.FunctionDef | ast.AsyncFunctionDef


def reached_functions(tree: ast.Module, nodes: Iterable[ast.AST]) -> set[int]:
    """The functions that a module calls itself, by the `id` of their nodes.

    By name only: a function counts when it is called, handed to a call, or decorated with what registers it. Methods
    count once their class is called.

    Args:
        tree: the module.
        nodes: all of them, as `python_nodes.walk` gives them.
    """
    functions: dict[str, list[Function]] = {}
    methods: dict[str, dict[str, list[Function]]] = {}
    for node in nodes:
        if isinstance(node, ast.ClassDef):
            inside = [one for one in node.body if isinstance(one, Function)]
            methods[node.name] = {}
            for one in inside:
                methods[node.name].setdefault(one.name, []).append(one)
        elif isinstance(node, Function):
            functions.setdefault(node.name, []).append(node)
    bound = {id(one) for inside in methods.values() for group in inside.values() for one in group}
    reached: set[int] = set()
    classes: set[str] = set()
    waiting: list[ast.AST] = [one for one in tree.body if not is_main_guard(one)]
    while waiting:
        for name in _names_used(waiting.pop()):
            found = [one for one in functions.get(name, ()) if id(one) not in bound]
            if name in methods and name not in classes:
                classes.add(name)
                found += [one for key in _BEGIN_METHODS for one in methods[name].get(key, ())]
            found += [one for owner in classes for one in methods[owner].get(name, ())]
            new = [one for one in found if id(one) not in reached]
            reached.update(id(one) for one in new)
            waiting.extend(statement for one in new for statement in one.body)
    return reached


_BEGIN_METHODS = ("__init__", "__new__", "__call__", "run")


def is_main_guard(node: ast.AST) -> bool:
    """Whether it is `if __name__ == "__main__":`."""
    return (
        isinstance(node, ast.If)
        and isinstance(node.test, ast.Compare)
        and any(isinstance(one, ast.Name) and one.id == "__name__" for one in (node.test.left, *node.test.comparators))
    )


def _names_used(node: ast.AST) -> Iterator[str]:
    """Names that a statement calls or hands on, not looking into the functions it defines."""
    waiting: list[ast.AST] = [node]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Function):
            waiting.extend(one.decorator_list)
            if any(isinstance(mark, (ast.Attribute, ast.Call)) and _registers(mark) for mark in one.decorator_list):
                yield one.name
            continue
        if isinstance(one, ast.Lambda):
            continue
        if isinstance(one, ast.Call):
            yield from _called(one)
        waiting += children(one)


def _registers(mark: ast.expr) -> bool:
    inner = mark.func if isinstance(mark, ast.Call) else mark
    return isinstance(inner, ast.Attribute) and inner.attr == "register"


def _called(call: ast.Call) -> Iterator[str]:
    if isinstance(call.func, ast.Name):
        yield call.func.id
    elif isinstance(call.func, ast.Attribute):
        yield call.func.attr
    for one in (*call.args, *(keyword.value for keyword in call.keywords)):
        if isinstance(one, ast.Name):
            yield one.id
