"""The small changes: one syntax tree with one place altered, described so that a person recognises it."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import msgspec

COMPARE = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
ARITHMETIC = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult}
NAMES = {
    "deny": "hold",
    "hold": "deny",
    "warn": "hold",
    "allow": "warn",
    "min": "max",
    "max": "min",
    "any": "all",
    "all": "any",
    "PUBLISH": "INSTALL",
    "HOUR": "DAY",
    "DAY": "HOUR",
    "MINUTE": "HOUR",
}
ATTRIBUTES = {
    "ALLOW": "WARN",
    "WARN": "HIDE",
    "HIDE": "HOLD",
    "HOLD": "DENY",
    "DENY": "HOLD",
    "GRANT": "ALLOW",
    "ENFORCE": "DRY_RUN",
    "DRY_RUN": "ENFORCE",
    "OFF": "DRY_RUN",
    "OWN": "UPSTREAM",
    "UPSTREAM": "OWN",
    "AGENT": "CI",
    "OPERATOR": "SERVICE",
    "FILE": "LISTING",
    "REMOVED": "COUNTS",
    "COUNTS": "REMOVED",
    "WAITS": "REMOVED",
    "INSTALL": "PUBLISH",
}


class Mutant(msgspec.Struct, frozen=True):
    """One change of one file.

    Attributes:
        file: path below the repository.
        place: which node of the tree, counted as `ast.walk` does.
        kind: index among the changes of that node.
        key: function and change in words; the same until somebody edits that line.
    """

    file: str
    line: int
    place: int
    kind: int
    key: str

    def tree(self) -> ast.Module:
        """The changed module."""
        tree = copy.deepcopy(_parse(str(Path(self.file).absolute())))
        node = list(ast.walk(tree))[self.place]
        list(_changes(node))[self.kind][1]()
        return ast.fix_missing_locations(tree)


def mutants_of(path: Path, root: Path) -> Iterator[Mutant]:
    """Every change of a file, in order of its lines."""
    tree = _parse(str(path))
    left_out, owners = _not_code(tree), _owners(tree)
    found = []
    for place, node in enumerate(ast.walk(tree)):
        if id(node) in left_out:
            continue
        for kind, (words, _) in enumerate(_changes(node)):
            key = f"{path.stem}.{owners.get(id(node), '')}: {words}"
            found.append(Mutant(str(path.relative_to(root)), getattr(node, "lineno", 0), place, kind, key))
    return iter(sorted(found, key=lambda mutant: (mutant.line, mutant.place, mutant.kind)))


@cache
def _parse(path: str) -> ast.Module:
    return ast.parse(Path(path).read_text(encoding="utf-8"), filename=path)


def _changes(node: ast.AST):
    """Pairs of words and of a function that makes the change in the node."""
    change = _CHANGES.get(type(node))
    return change(node) if change else ()


def _set(node, field, value):
    return lambda: setattr(node, field, value)


def _compare(node):
    before = ast.unparse(node)
    for place, operator in enumerate(node.ops):
        for other in COMPARE[type(operator)]:
            ops = [*node.ops[:place], other(), *node.ops[place + 1 :]]
            after = ast.unparse(ast.Compare(node.left, ops, node.comparators))
            yield f"{before} -> {after}", _set(node, "ops", ops)


def _boolean(node):
    before = ast.unparse(node)
    other = ast.And() if isinstance(node.op, ast.Or) else ast.Or()
    yield f"{before} -> {ast.unparse(ast.BoolOp(other, node.values))}", _set(node, "op", other)
    for place, operand in enumerate(node.values):
        rest = [*node.values[:place], *node.values[place + 1 :]]
        yield f"{before} -> without {ast.unparse(operand)}", _set(node, "values", rest)


def _unary(node):
    if isinstance(node.op, ast.Not):
        yield f"{ast.unparse(node)} -> not negated", _set(node, "operand", ast.UnaryOp(ast.Not(), node.operand))
    else:
        yield f"{ast.unparse(node)} -> +", _set(node, "op", ast.UAdd())


def _arithmetic(node):
    other = ARITHMETIC.get(type(node.op))
    if other is not None and not isinstance(node.left, ast.Constant | ast.JoinedStr):
        yield f"{ast.unparse(node)} -> {other.__name__}", _set(node, "op", other())


def _condition(node):
    yield f"if {ast.unparse(node.test)} -> negated", _set(node, "test", ast.UnaryOp(ast.Not(), node.test))


def _filter(node):
    for condition in node.ifs:
        rest = [one for one in node.ifs if one is not condition]
        yield f"for {ast.unparse(node.target)} -> without if {ast.unparse(condition)}", _set(node, "ifs", rest)


def _constant(node):
    value = node.value
    if isinstance(value, bool):
        yield f"{value} -> {not value}", _set(node, "value", not value)
    elif isinstance(value, int):
        yield f"{value} -> {value + 1}", _set(node, "value", value + 1)
    elif isinstance(value, str) and value.strip():
        yield f"{value!r} -> other text", _set(node, "value", value + "XX")


def _name(node):
    if node.id in NAMES and isinstance(node.ctx, ast.Load):
        yield f"{node.id} -> {NAMES[node.id]}", _set(node, "id", NAMES[node.id])


def _attribute(node):
    if node.attr in ATTRIBUTES:
        yield f"{ast.unparse(node)} -> {ATTRIBUTES[node.attr]}", _set(node, "attr", ATTRIBUTES[node.attr])


def _return(node):
    if node.value is not None and not (isinstance(node.value, ast.Constant) and not node.value.value):
        yield f"{ast.unparse(node)} -> return None", _set(node, "value", ast.Constant(None))


def _call(node):
    for keyword in node.keywords:
        rest = [one for one in node.keywords if one is not keyword]
        yield f"{ast.unparse(node)} -> without {keyword.arg}", _set(node, "keywords", rest)


def _elements(node):
    if isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
        for element in node.elts:
            rest = [one for one in node.elts if one is not element]
            yield f"{ast.unparse(node)} -> without {ast.unparse(element)}", _set(node, "elts", rest)


def _statement(node):
    if isinstance(node.value, ast.Call):
        yield f"{ast.unparse(node)} -> nothing", _set(node, "value", ast.Constant(None))


_CHANGES = {
    ast.Compare: _compare,
    ast.BoolOp: _boolean,
    ast.UnaryOp: _unary,
    ast.BinOp: _arithmetic,
    ast.If: _condition,
    ast.IfExp: _condition,
    ast.comprehension: _filter,
    ast.Constant: _constant,
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.Return: _return,
    ast.Call: _call,
    ast.Tuple: _elements,
    ast.List: _elements,
    ast.Set: _elements,
    ast.Expr: _statement,
}


def _not_code(tree: ast.Module) -> set[int]:
    """Docstrings, annotations, decorators, and the types that a generic base is of."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            found.append(node)
        found += [getattr(node, field, None) for field in ("annotation", "returns")]
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            found += [
                *node.decorator_list,
                *(base for base in getattr(node, "bases", ()) if isinstance(base, ast.Subscript)),
            ]
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "Needs":
            found.append(node)
    return {id(inner) for node in found if node is not None for inner in ast.walk(node)}


def _owners(tree: ast.Module) -> dict[int, str]:
    """By node: the function or class it stands in."""
    owners: dict[int, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            owners.update((id(inner), node.name) for inner in ast.walk(node))
    return owners
