"""Reads Python by its syntax tree: what is called under whatever name, with what, and whether importing it suffices."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Container, Sequence

from pratique.scan.reading import commands, python_words, words
from pratique.scan.reading.contract import Ability, Deeds, Hidden, Tag
from pratique.scan.reading.python_bindings import bind, bind_defaults, take_imports
from pratique.scan.reading.python_calls import WHOLE_ENVIRONMENT, dumps_environment, is_home, texts_given
from pratique.scan.reading.python_names import held_name, telling_name
from pratique.scan.reading.python_nodes import (
    LONGEST,
    arguments,
    as_text,
    children,
    computes_characters,
    keys_of,
    names_of,
    of_one_variable,
    walk,
)
from pratique.scan.reading.python_reach import Function, is_main_guard, reached_functions
from pratique.scan.reading.python_values import Values

MAX_SOURCE = 2 << 20
"""Characters of a module that is parsed."""

_MAX_NODES = 400_000
_LOADS_ONLY = frozenset(("marshal.loads", "pickle.loads", "dill.loads", "cloudpickle.loads"))
_NONE: frozenset[Tag] = frozenset()
_SECRET, _DECODED = frozenset((Tag.SECRET,)), frozenset((Tag.DECODED,))
_LONGEST_PATH = 500
"""Characters of a text that may name a file."""

_CALL_NOTHING = frozenset(
    (
        "isinstance",
        "issubclass",
        "hasattr",
        "getattr",
        "setattr",
        "type",
        "id",
        "repr",
        "callable",
        "len",
        "dict",
        "str",
    )
)
_IMPORTS = (ast.Import, ast.ImportFrom)


def read_python(source: str, deeds: Deeds, groups: Container[str] = frozenset()) -> tuple[Hidden, ...] | None:
    """Read one module.

    Args:
        source: its text.
        deeds: takes what it does.
        groups: marks of the whole text (`marks.groups_of`): words without a mark do not stand in it.

    Returns:
        Texts it puts together; None if it is no Python 3 that can be parsed, or more than is read to its end.
    """
    if len(source) > MAX_SOURCE:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    reader = _Reader(tree, deeds, source, groups)
    try:
        reader.read()
    except RecursionError:
        return None
    return None if reader.is_cut else tuple(reader.hidden)


class _Reader:
    def __init__(self, tree: ast.Module, deeds: Deeds, source: str, groups: Container[str]) -> None:
        self._tree, self._deeds = tree, deeds
        self._words = tuple(entry for entry in words.TABLE if entry[1].value in groups)
        self._secretive = tuple(pattern for pattern, ability in self._words if ability in words.SECRETIVE)
        self._lines = source.splitlines()
        self._values = Values()
        self._tags: dict[str, frozenset[Tag]] = {}
        self._returns: dict[str, frozenset[Tag]] = {}
        self._given: dict[tuple[str, int], frozenset[Tag]] = {}
        self._handles: dict[str, tuple[str, ...]] = {}
        self._all_reached = deeds.point.value in ("install", "build")
        self._nodes_of_tree = walk(tree)
        self._reached = set() if self._all_reached else reached_functions(tree, self._nodes_of_tree)
        self._runs = True
        self._function = ""
        self._nodes, self.is_cut = 0, False
        self.hidden: list[Hidden] = []

    def read(self) -> None:
        for node in self._nodes_of_tree:
            if node.__class__ in _IMPORTS:
                take_imports(self._values, node)
        self._body(self._tree.body)
        if any(self._returns.values()) or self._given:
            self.hidden.clear()
            self._body(self._tree.body)

    def _body(self, body: list[ast.stmt]) -> None:
        for statement in body:
            self._nodes += 1
            if self._nodes > _MAX_NODES:
                self.is_cut = True
                return
            self._statement(statement)

    def _statement(self, node: ast.stmt) -> None:
        if isinstance(node, Function):
            self._inside(node)
            return
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            return
        before = self._runs
        if is_main_guard(node) and not self._all_reached:
            self._runs = False
        expressions = [one for one in children(node) if isinstance(one, (ast.expr, ast.withitem, ast.keyword))]
        if expressions:
            self._look(node, expressions)
        self._assign(node)
        for name in ("body", "handlers", "orelse", "finalbody", "cases"):
            for one in getattr(node, name, ()):
                if isinstance(one, ast.stmt):
                    self._statement(one)
                else:
                    self._body(getattr(one, "body", []))
        self._runs = before

    def _inside(self, node: Function) -> None:
        for mark in node.decorator_list:
            self._expressions(walk(mark))
        before, name = self._runs, self._function
        self._runs = self._all_reached or (before and id(node) in self._reached)
        self._function = node.name
        given = {one.arg: self._given.get((node.name, at), _NONE) for at, one in enumerate(node.args.args)}
        given = {one: tags for one, tags in given.items() if tags}
        outside = {one: self._tags.get(one, _NONE) for one in given}
        self._tags |= given
        bind_defaults(self._values, node.args)
        self._body(node.body)
        self._tags |= outside
        self._runs, self._function = before, name

    def _look(self, node: ast.stmt, expressions: Sequence[ast.AST]) -> None:
        plain: list[str] = []
        folded: list[str] = []
        nodes = [inner for one in expressions for inner in walk(one)]
        self._nodes += len(nodes)
        for inner in nodes:
            kind = inner.__class__
            if isinstance(inner, ast.Constant):
                if self._words and isinstance(inner.value, str) and 1 < len(inner.value) < LONGEST:
                    plain.append(repr(inner.value))
            elif kind is ast.Attribute and self._words:
                plain.append(self._values.dotted(inner))  # type: ignore[arg-type]
            elif kind in (ast.BinOp, ast.JoinedStr) or (isinstance(inner, ast.Call) and self._may_fold(inner)):
                folded += as_text(self._values.value(inner))
        abilities = set(words.abilities_in(", ".join(folded))) if folded else set()
        joined = ", ".join(plain)
        abilities.update(ability for pattern, ability in self._words if pattern.search(joined))
        for ability in abilities:
            self._add(ability, node)
        self._expressions(nodes)

    @staticmethod
    def _may_fold(node: ast.Call) -> bool:
        """Whether folding a call may be worth it: one on a constant, or a join."""
        return (
            isinstance(node.func, ast.Attribute)
            and node.func.attr in ("join", "decode", "fromhex", "replace", "format")
        ) or (isinstance(node.func, ast.Attribute) and "decode" in node.func.attr)

    def _expressions(self, nodes: Sequence[ast.AST]) -> None:
        for inner in nodes:
            if isinstance(inner, ast.comprehension):
                bind(self._values, inner.target, inner.iter)
        for inner in nodes:
            kind = inner.__class__
            if kind is ast.Name or kind is ast.Attribute or kind is ast.Constant:
                continue
            if isinstance(inner, ast.Call):
                self._call(inner)
            elif isinstance(inner, ast.NamedExpr) and isinstance(inner.target, ast.Name):
                self._carry(inner.target.id, self.tags_of(inner.value))
            elif isinstance(inner, ast.withitem) and isinstance(inner.optional_vars, ast.Name):
                self._open(inner.optional_vars.id, inner.context_expr)
                self._carry(inner.optional_vars.id, self.tags_of(inner.context_expr))

    def _call(self, node: ast.Call) -> None:
        called = self._values.dotted(node.func)
        if not called:
            return
        tags = _NONE.union(*(self.tags_of(one) for one in arguments(node)))
        if tags and isinstance(node.func, ast.Name):
            for place, one in enumerate(node.args):
                if given := self.tags_of(one):
                    self._given[called, place] = self._given.get((called, place), _NONE) | given
        for ability in python_words.abilities_of(called):
            self._add(ability, node)
            self._flows(ability, called, node, tags)
        if python_words.COMPILES.match(called) or python_words.EVALUATES.match(called):
            self._hide(node, runs=True)
        self._changes_files(called, node)
        self._handed_on(called, node, tags)
        self._written(called, node, tags)
        if dumps_environment(self._values, called, node):
            self._add(Ability.READS_ENVIRONMENT, node)

    def _changes_files(self, called: str, node: ast.Call) -> None:
        if called == "os.chmod" or called.endswith(".chmod"):
            mode = self._values.value(node.args[-1]) if node.args else None
            if not isinstance(mode, int) or mode & 0o111:
                self._add(Ability.WRITES_PROGRAM, node)
        if called.endswith(("rmtree", "rmdir")) and any(is_home(self._values, one) for one in node.args):
            self._add(Ability.DESTROYS, node)

    def _handed_on(self, called: str, node: ast.Call, tags: frozenset[Tag]) -> None:
        """What runs something and is handed to a call is called by that, with what else the call is handed."""
        if called in _CALL_NOTHING:
            return
        for one in arguments(node):
            name = telling_name(self._values, (one,)) if isinstance(one, (ast.Name, ast.Attribute, ast.Call)) else ""
            for ability in python_words.abilities_of(name):
                self._add(ability, node)
                self._flows(ability, name, node, tags)
            if name and python_words.EVALUATES.match(name):
                self._hide(node, runs=True)

    def _flows(self, ability: Ability, called: str, node: ast.Call, tags: frozenset[Tag]) -> None:
        """What it means that this call is given these values."""
        of_owner = self.tags_of(node.func.value) if isinstance(node.func, ast.Attribute) else _NONE
        if ability in (Ability.EVALUATES, Ability.PROCESS):
            loads = called in _LOADS_ONLY
            if Tag.DOWNLOADED in tags:
                self._add(Ability.LOADS_DECODED if loads else Ability.RUNS_DOWNLOADED, node)
            if Tag.DECODED in tags:
                self._add(Ability.LOADS_DECODED if loads else Ability.RUNS_DECODED, node)
        elif ability in (Ability.NETWORK, Ability.SENDS):
            if Tag.SECRET in tags | of_owner:
                self._add(Ability.SENDS_SECRETS, node)
            if Tag.SYSTEM in tags | of_owner:
                self._add(Ability.SENDS_SYSTEM, node)
        elif ability is Ability.RESOLVES and tags & {Tag.SECRET, Tag.SYSTEM}:
            self._add(Ability.RESOLVES_SECRETS, node)
        elif ability in (Ability.LOADS_NATIVE, Ability.MEMORY) and tags & {Tag.DECODED, Tag.DOWNLOADED}:
            self._add(Ability.LOADS_DECODED, node)
        if ability is Ability.PROCESS:
            self._command(node)

    def _command(self, node: ast.Call) -> None:
        texts = texts_given(self._values, node)
        command = " ".join(texts)
        abilities = set(commands.abilities_of(command))
        for ability in abilities:
            self._add(ability, node)
        if Ability.NETWORK in abilities:
            for text in texts:
                self._tags["'" + text] = self._tags.get("'" + text, _NONE) | {Tag.DOWNLOADED}
        if words.AGENTS.search(command) and words.AGENT_FLAGS.search(command):
            self._add(Ability.AGENT_CALL, node)
        if words.PUBLISHES.search(command):
            self._add(Ability.PUBLISHES, node)
        for ability in words.abilities_in(command):
            self._add(ability, node)

    def _hide(self, node: ast.Call, *, runs: bool) -> None:
        for one in node.args[:1]:
            found = self._values.value(one)
            if isinstance(found, (str, bytes)) and len(found) > 8:
                self.hidden.append(Hidden(node.lineno, found, runs=runs))

    def _written(self, called: str, node: ast.Call, tags: frozenset[Tag]) -> None:
        """Let a path carry what is written below it, so that running the path is running that."""
        payload = tags & {Tag.DOWNLOADED, Tag.DECODED}
        if python_words.WRITES.match(called):
            self._hide(node, runs=False)
        keys: tuple[str, ...] = ()
        if python_words.DOWNLOADS_TO.match(called) and len(node.args) > 1:
            payload, keys = frozenset((Tag.DOWNLOADED,)), keys_of(node.args[1])
        elif payload and python_words.WRITES.match(called) and isinstance(node.func, ast.Attribute):
            owner = node.func.value
            keys = self._handles.get(owner.id, (owner.id,)) if isinstance(owner, ast.Name) else keys_of(owner)
        for key in keys if payload else ():
            self._tags[key] = self._tags.get(key, _NONE) | payload

    def _open(self, name: str, node: ast.expr) -> None:
        if (
            isinstance(node, ast.Call)
            and node.args
            and self._values.dotted(node.func).rpartition(".")[2] in ("open", "fdopen")
        ):
            self._handles[name] = keys_of(node.args[0])
        elif isinstance(node, ast.Call) and "emporaryFile" in self._values.dotted(node.func):
            self._handles[name] = (name,)

    def _assign(self, node: ast.stmt) -> None:
        if isinstance(node, ast.Return) and node.value is not None:
            self._returns[self._function] = self._returns.get(self._function, _NONE) | self.tags_of(node.value)
            return
        if isinstance(node, (ast.For, ast.AsyncFor)):
            tags = self.tags_of(node.iter)
            bind(self._values, node.target, node.iter)
            for one in names_of(node.target):
                self._carry(one, tags)
            return
        value = getattr(node, "value", None)
        if not isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign)) or value is None:
            return
        tags = self.tags_of(value)
        for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
            if isinstance(target, ast.Name):
                self._name(target.id, value, tags, added=isinstance(node, ast.AugAssign))
            else:
                bind(self._values, target, value)
                for one in names_of(target):
                    self._carry(one, tags, added=not isinstance(target, (ast.Tuple, ast.List)))

    def _name(self, name: str, value: ast.expr, tags: frozenset[Tag], *, added: bool) -> None:
        self._open(name, value)
        constant = self._values.value(value)
        if constant is not None and not added:
            self._values.constants[name] = constant
            if isinstance(constant, (str, bytes)) and len(constant) > 20 and not isinstance(value, ast.Constant):
                self.hidden.append(Hidden(value.lineno, constant, runs=False))
        else:
            self._values.constants.pop(name, None)
        held = held_name(self._values, value)
        if held:
            self._values.held[name] = held
        full = self._values.dotted(value)
        if full and full != name and not full.endswith("[]"):
            self._values.names[name] = full
        self._carry(name, tags, added=added)

    def _carry(self, name: str, tags: frozenset[Tag], *, added: bool = False) -> None:
        self._tags[name] = tags | self._tags.get(name, _NONE) if added or not self._runs else tags

    def tags_of(self, node: ast.AST | None) -> frozenset[Tag]:
        """Where the value of an expression comes from."""
        if node is None:
            return _NONE
        found: set[Tag] = set()
        environments: list[ast.Attribute] = []
        for inner in walk(node):
            if isinstance(inner, ast.Attribute):
                if inner.attr in ("environ", "environb") and self._values.dotted(inner) in WHOLE_ENVIRONMENT:
                    environments.append(inner)
                elif isinstance(inner.value, ast.Name) and inner.value.id in ("self", "cls"):
                    found |= self._tags.get(inner.attr, _NONE)
            else:
                found |= self._tags_of_node(inner)
        if environments:
            single = {id(owner) for inner in walk(node) for owner in of_one_variable(inner)}
            found |= {Tag.SECRET for inner in environments if id(inner) not in single}
        return frozenset(found)

    def _tags_of_node(self, node: ast.AST) -> frozenset[Tag]:
        if isinstance(node, ast.Name):
            whole = self._values.names.get(node.id) in WHOLE_ENVIRONMENT
            return self._tags.get(node.id, _NONE) | _SECRET if whole else self._tags.get(node.id, _NONE)
        if isinstance(node, ast.Constant):
            return self._tags_of_text(node.value) if isinstance(node.value, str) else _NONE
        if isinstance(node, ast.Call):
            return self._tags_of_call(node)
        if isinstance(node, (ast.GeneratorExp, ast.ListComp)):
            return _DECODED if computes_characters(node.elt) else _NONE
        return _NONE

    def _tags_of_text(self, text: str) -> frozenset[Tag]:
        """What a text carries that may name a file, or a secret."""
        tags = self._tags.get("'" + text, _NONE)
        return tags | _SECRET if len(text) < _LONGEST_PATH and self._is_secretive(repr(text)) else tags

    def _is_secretive(self, text: str) -> bool:
        return any(pattern.search(text) for pattern in self._secretive)

    def _tags_of_call(self, node: ast.Call) -> frozenset[Tag]:
        called = self._values.dotted(node.func)
        if not called:
            return _NONE
        return self._returns.get(called.rpartition(".")[2], _NONE) | python_words.tags_of(called)

    def _add(self, ability: Ability, node: ast.AST) -> None:
        line = getattr(node, "lineno", 1)
        text = self._lines[line - 1].strip() if 0 < line <= len(self._lines) else ""
        self._deeds.add(ability, line, text, reached=self._runs)
