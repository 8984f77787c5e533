"""Follows values through statements by the names they are given: what was downloaded or decoded, what is secret.

No parser and no scopes: a name carries what it was last given for some hundred statements. That is enough to see a
text fetched in one line and evaluated in another, in every language with names, and too little to prove anything;
findings say what was seen.
"""

from __future__ import annotations

import re

from pratique.scan.reading import commands, words
from pratique.scan.reading.contract import Ability, Deeds, Tag
from pratique.scan.reading.language import Language
from pratique.scan.reading.lexical import statements

REMEMBERED = 250
"""Statements for which a name carries what it was given."""

_MANY_STATEMENTS = 60_000
_NAME = re.compile(r"(?<![\w$'\"])[A-Za-z_$@][\w$]{0,80}")
_STRING = re.compile(r"""'((?:[^'\\\n]|\\.){2,4000})'|"((?:[^"\\\n]|\\.){2,4000})"|`((?:[^`\\]|\\.){2,8000})`""")
_ASSIGNED = re.compile(
    r"(?:^|[(,;]|\b(?:const|let|var|mut|my|local|string|byte\[\]|auto|final|def)\s)\s{0,9}"
    r"(?:\{([\w\s,:$]{1,300})\}|\(?([$@]{0,2}[A-Za-z_][\w$.:]{0,80}))\)?(?::\s{0,3}[\w<>&:\[\] ]{1,60})?\s{0,9}"
    r"(?:\+|\|\||<<|\?\?|\.)?=(?![=>~])"
)
_GIVEN = re.compile(
    r"(?:\bfunction\b[^(\n]{0,60}\(([\w$,\s]{1,200})\)|\(([\w$,\s]{1,200})\)\s{0,5}=>|(?<![\w$.])([\w$]{1,60})\s{0,5}=>|"
    r"\|\s{0,3}([\w, ]{1,100})\|)"
)
_APPENDED = re.compile(r"([A-Za-z_$@][\w$]{0,80})\s{0,3}(?:\.(?:push|append|concat|<<|write|extend)\s{0,3}\(|<<)")
_FED = re.compile(
    r"([A-Za-z_$@][\w$]{0,80})\.(?:write|end|send|sendall|emit|puts|print|write_all|Write|body)\b\s{0,3}[(=\s]"
)
_SHORT = 2


class Flow:
    """What names carry while one text is read from its first statement to its last."""

    def __init__(self, language: Language, deeds: Deeds, *, minified: bool) -> None:
        self._language, self._deeds, self._minified = language, deeds, minified
        self._carried: dict[str, tuple[frozenset[Tag], int]] = {}
        self._open: list[tuple[int, frozenset[Tag]]] = []
        self._last = -REMEMBERED - 1
        self._depth = self._count = 0

    def read(self, text: str, marks: list[tuple[int, str]]) -> None:
        """Read the statements around marks, as many as the limit allows.

        Args:
            text: as `lexical.put_together` leaves it.
            marks: of that text (`marks.marks_of`).
        """
        at = 0
        for begin, end in regions([place for place, _ in marks], len(text)):
            line = text.count("\n", 0, begin)
            for row, offset, statement in statements(text[begin:end]):
                self._count += 1
                if self._count > _MANY_STATEMENTS:
                    return
                stop = begin + offset + len(statement)
                groups = set()
                while at < len(marks) and marks[at][0] < stop:
                    groups.add(marks[at][1])
                    at += 1
                if groups or self._open or self._count - self._last <= REMEMBERED:
                    self._read(line + row, statement, groups)

    def _read(self, line: int, statement: str, groups: set[str]) -> None:
        abilities = self._abilities(statement, groups) if groups else set()
        own = self._own_tags(statement, abilities)
        carried = self._tags_of_names(statement)
        tags = own | carried
        for ability in abilities | self._flows(statement, abilities, tags):
            self._deeds.add(ability, line, statement)
        self._give(statement, abilities, tags)

    def _abilities(self, statement: str, groups: set[str]) -> set[Ability]:
        table = ((field, ability) for field, ability in _FIELDS if field in groups)
        found = {ability for field, ability in table if getattr(self._language, field).search(statement)}
        found.update(
            ability for pattern, ability in words.TABLE if ability.value in groups and pattern.search(statement)
        )
        if Ability.PROCESS in found:
            for command in self._commands(statement):
                found.update(commands.abilities_of(command))
            if words.AGENTS.search(statement) and words.AGENT_FLAGS.search(statement):
                found.add(Ability.AGENT_CALL)
        return found

    @staticmethod
    def _commands(statement: str) -> list[str]:
        """The texts of a statement, and all of them in a row: a program's arguments often stand apart."""
        parts = [one or other or third for one, other, third in _STRING.findall(statement)]
        return [*parts[:20], " ".join(parts[:20])] if len(parts) > 1 else parts

    def _own_tags(self, statement: str, abilities: set[Ability]) -> frozenset[Tag]:
        tags = set()
        if Ability.NETWORK in abilities:
            tags.add(Tag.DOWNLOADED)
        if Ability.DECODES in abilities:
            tags.add(Tag.DECODED)
        if abilities & words.SECRETIVE or self._language.environment_value.search(statement):
            tags.add(Tag.SECRET)
        if Ability.READS_SYSTEM in abilities:
            tags.add(Tag.SYSTEM)
        return frozenset(tags)

    def _tags_of_names(self, statement: str) -> frozenset[Tag]:
        tags: set[Tag] = set()
        for name in _NAME.findall(statement[:4000]):
            known = self._carried.get(name)
            if known is not None and self._count - known[1] <= REMEMBERED:
                tags |= known[0]
        for one, other, third in _STRING.findall(statement[:4000]) if self._carried else ():
            known = self._carried.get("'" + (one or other or third))
            if known is not None and self._count - known[1] <= REMEMBERED:
                tags |= known[0]
        return frozenset(tags)

    def _flows(self, statement: str, abilities: set[Ability], tags: frozenset[Tag]) -> set[Ability]:
        found = set()
        runs = bool(abilities & {Ability.EVALUATES, Ability.PROCESS})
        if runs and Tag.DOWNLOADED in tags:
            found.add(Ability.RUNS_DOWNLOADED)
        if runs and Tag.DECODED in tags:
            found.add(Ability.RUNS_DECODED)
        if Ability.LOADS_NATIVE in abilities and tags & {Tag.DECODED, Tag.DOWNLOADED}:
            found.add(Ability.LOADS_DECODED)
        sends = bool(self._language.sends.search(statement)) or self._feeds_connection(statement)
        if sends:
            found.add(Ability.SENDS)
        if (sends or Ability.NETWORK in abilities) and Tag.SECRET in tags:
            found.add(Ability.SENDS_SECRETS)
        if (sends or Ability.NETWORK in abilities) and Tag.SYSTEM in tags:
            found.add(Ability.SENDS_SYSTEM)
        if Ability.RESOLVES in abilities and tags & {Tag.SECRET, Tag.SYSTEM}:
            found.add(Ability.RESOLVES_SECRETS)
        return found

    def _feeds_connection(self, statement: str) -> bool:
        for name in _FED.findall(statement):
            known = self._carried.get(name)
            if known is not None and Tag.DOWNLOADED in known[0]:
                return True
        return False

    def _give(self, statement: str, abilities: set[Ability], tags: frozenset[Tag]) -> None:
        """Let names carry what the statement gives them, and what the calls give that are still open."""
        for one, other in _ASSIGNED.findall(statement):
            for name in _NAME.findall(one or other):
                self._carry(name, tags)
        if tags:
            for name in _APPENDED.findall(statement):
                self._carry(name, tags, added=True)
        around = tags.union(*(given for _, given in self._open)) if self._open else tags
        for groups in _GIVEN.findall(statement):
            for name in _NAME.findall(" ".join(groups)):
                self._carry(name, around)
        if self._language.writes.search(statement) and tags & {Tag.DOWNLOADED, Tag.DECODED}:
            self._mark_written(statement, tags & {Tag.DOWNLOADED, Tag.DECODED})
        self._track_calls(statement, tags)

    def _mark_written(self, statement: str, tags: frozenset[Tag]) -> None:
        for name in _NAME.findall(statement[:1000]):
            if len(name) > _SHORT and name not in _COMMON:
                self._carry(name, tags, added=True)
        for one, other, third in _STRING.findall(statement[:1000]):
            text = one or other or third
            if "/" in text or "." in text or "\\" in text:
                self._carry("'" + text, tags, added=True)

    def _carry(self, name: str, tags: frozenset[Tag], *, added: bool = False) -> None:
        if self._minified and len(name) <= _SHORT:
            return
        if added:
            known = self._carried.get(name)
            tags = tags | known[0] if known is not None else tags
        if tags:
            self._last = self._count
            self._carried[name] = (tags, self._count)
        else:
            self._carried.pop(name, None)

    def _track_calls(self, statement: str, tags: frozenset[Tag]) -> None:
        opened = statement.count("(") - statement.count(")")
        self._depth += opened
        if opened > 0 and tags:
            self._open.append((self._depth, tags))
        while self._open and self._depth < self._open[-1][0]:
            self._open.pop()
        del self._open[:-50]


_FIELDS = (
    ("network", Ability.NETWORK),
    ("process", Ability.PROCESS),
    ("evaluates", Ability.EVALUATES),
    ("decodes", Ability.DECODES),
    ("resolves", Ability.RESOLVES),
    ("environment", Ability.READS_ENVIRONMENT),
    ("system", Ability.READS_SYSTEM),
    ("marks_program", Ability.WRITES_PROGRAM),
    ("native", Ability.LOADS_NATIVE),
)
_BEFORE, _BEHIND = 2_000, 8_000
"""Characters around a mark that are read with it."""


def regions(places: list[int], length: int) -> list[tuple[int, int]]:
    """The parts of a text that lie around marks; all of it where these are close together."""
    found: list[tuple[int, int]] = []
    for place in places:
        begin, end = max(place - _BEFORE, 0), min(place + _BEHIND, length)
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], end)
        else:
            found.append((begin, end))
    return found


_COMMON = frozenset(
    (
        "fs",
        "os",
        "path",
        "File",
        "await",
        "const",
        "let",
        "var",
        "new",
        "return",
        "async",
        "function",
        "writeFileSync",
        "writeFile",
        "createWriteStream",
        "pipe",
        "write",
        "std",
        "unwrap",
        "open",
        "Sync",
        "require",
        "true",
        "false",
        "IO",
        "Files",
        "Set",
        "Content",
        "Out",
        "Path",
        "string",
        "self",
        "this",
        "Buffer",
        "from",
        "data",
        "then",
    )
)
