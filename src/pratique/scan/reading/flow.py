"""Follows values through statements by the names they are given: what was downloaded or decoded, what is secret.

No parser and no scopes: a name carries what it was last given for some hundred statements. That is enough to see a
text fetched in one line and evaluated in another, in every language with names, and too little to prove anything;
findings say what was seen.
"""

from __future__ import annotations

import re

from pratique.scan.reading import commands, words
from pratique.scan.reading.carried import Carried, names_in, texts_in
from pratique.scan.reading.contract import Ability, Deeds, Tag
from pratique.scan.reading.language import Language
from pratique.scan.reading.lexical import statements

_MANY_STATEMENTS = 60_000
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


class Flow:
    """What names carry while one text is read from its first statement to its last."""

    def __init__(self, language: Language, deeds: Deeds, *, minified: bool) -> None:
        self._language, self._deeds = language, deeds
        self._carried = Carried(minified=minified)
        self._open: list[tuple[int, frozenset[Tag]]] = []
        self._depth = 0

    def read(self, text: str, marks: list[tuple[int, str]]) -> None:
        """Read the statements around marks, as many as the limit allows.

        Args:
            text: as `lexical.put_together` leaves it.
            marks: of that text (`marks.marks_of`).
        """
        at, left = 0, _MANY_STATEMENTS
        for begin, end in regions([place for place, _ in marks], len(text)):
            line = text.count("\n", 0, begin)
            for row, offset, statement in statements(text[begin:end]):
                left -= 1
                if left < 0:
                    return
                stop = begin + offset + len(statement)
                groups = set()
                while at < len(marks) and marks[at][0] < stop:
                    groups.add(marks[at][1])
                    at += 1
                self._carried.next()
                if groups or self._open or self._carried.anything:
                    self._read(line + row, statement, groups)
                self._carried.end(statement)

    def _read(self, line: int, statement: str, groups: set[str]) -> None:
        abilities = self._abilities(statement, groups) if groups else set()
        tags = self._own_tags(statement, abilities) | self._carried.of(statement)
        self._give_parameters(statement, tags)
        for ability in abilities | self._flows(statement, abilities, tags):
            self._deeds.add(ability, line, statement)
        self._give(statement, tags)
        if (
            Ability.PROCESS in abilities
            and Ability.NETWORK in abilities
            and not self._language.network.search(statement)
        ):
            self._carried.give_written(statement, _DOWNLOADED)

    def _abilities(self, statement: str, groups: set[str]) -> set[Ability]:
        table = ((field, ability) for field, ability in _FIELDS if field in groups)
        found = {ability for field, ability in table if getattr(self._language, field).search(statement)}
        found.update(
            ability for pattern, ability in words.TABLE if ability.value in groups and pattern.search(statement)
        )
        if Ability.PROCESS in found:
            for command in _commands(statement):
                found.update(commands.abilities_of(command))
            if words.AGENTS.search(statement) and words.AGENT_FLAGS.search(statement):
                found.add(Ability.AGENT_CALL)
        return found

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

    def _flows(self, statement: str, abilities: set[Ability], tags: frozenset[Tag]) -> set[Ability]:
        found = set()
        given = self._tags_of_what_runs(statement, abilities)
        if Tag.DOWNLOADED in given:
            found.add(Ability.RUNS_DOWNLOADED)
        if Tag.DECODED in given:
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

    def _tags_of_what_runs(self, statement: str, abilities: set[Ability]) -> set[Tag]:
        """Where that comes from which is evaluated or started: by what stands between the call's brackets."""
        tags: set[Tag] = set()
        for ability, pattern in (
            (Ability.EVALUATES, self._language.evaluates),
            (Ability.PROCESS, self._language.process),
        ):
            for _, found in (
                zip(range(_MOST_CALLS), pattern.finditer(statement), strict=False) if ability in abilities else ()
            ):
                given = given_to(statement, found)
                tags |= self._carried.of(given)
                if self._language.network.search(given):
                    tags.add(Tag.DOWNLOADED)
                if self._language.decodes.search(given):
                    tags.add(Tag.DECODED)
        return tags

    def _feeds_connection(self, statement: str) -> bool:
        return any(Tag.DOWNLOADED in self._carried.of(name) for name in _FED.findall(statement))

    def _give_parameters(self, statement: str, tags: frozenset[Tag]) -> None:
        """Parameters of functions carry what the calls give that they are handed to."""
        around = tags.union(*(given for _, given in self._open)) if self._open else tags
        for groups in _GIVEN.findall(statement):
            for name in names_in(" ".join(groups)):
                self._carried.give(name, around, inner=True)

    def _give(self, statement: str, tags: frozenset[Tag]) -> None:
        """Let names carry what the statement gives them."""
        for one, other in _ASSIGNED.findall(statement):
            for name in names_in(one or other):
                self._carried.give(name, tags)
        if tags:
            for name in _APPENDED.findall(statement):
                self._carried.give(name, tags, added=True)
        if self._language.writes.search(statement):
            for one, other in _ASSIGNED.findall(statement):
                self._carried.opens(one or other, statement)
            if tags & _PAYLOAD:
                self._carried.give_written(statement, tags & _PAYLOAD)
        opened = statement.count("(") - statement.count(")")
        self._depth += opened
        if opened > 0 and tags:
            self._open.append((self._depth, tags))
        while self._open and self._depth < self._open[-1][0]:
            self._open.pop()
        del self._open[:-50]


_PAYLOAD = frozenset((Tag.DOWNLOADED, Tag.DECODED))
_DOWNLOADED = frozenset((Tag.DOWNLOADED,))
_MOST_CALLS = 8
_MOST_GIVEN = 3_000
"""Characters between the brackets of a call that are looked at."""


def _commands(statement: str) -> list[str]:
    """The texts of a statement, and all of them in a row: a program's arguments often stand apart."""
    parts = texts_in(statement)[:20]
    return [*parts, " ".join(parts)] if len(parts) > 1 else parts


def given_to(statement: str, found: re.Match[str]) -> str:
    """What a call is given: from its bracket to the one that closes it; the rest of the statement if it has none."""
    begin = found.end() - 1 if found[0].endswith("(") else found.end()
    if statement[begin : begin + 1] != "(":
        return statement[found.start() : found.start() + _MOST_GIVEN]
    depth = 0
    for place in range(begin, min(len(statement), begin + _MOST_GIVEN)):
        depth += (statement[place] == "(") - (statement[place] == ")")
        if depth == 0:
            return statement[begin : place + 1]
    return statement[begin : begin + _MOST_GIVEN]


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
