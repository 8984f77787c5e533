"""Which known names a typed one could be taken for, and in what way; how likely that is, `score` says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from pratique.naming import affixes
from pratique.naming.keys import Spelled, in_order, keys_asked, look, segments, skeleton, spell
from pratique.naming.reserved import vendor
from pratique.naming.slips import Slip, slip
from pratique.naming.snapshot import Snapshot

_SHORTEST = 4
"""Of what is left after something was taken off a name."""


_DESCRIBING = frozenset({"@types"})
"""Scopes whose packages describe the unscoped one of the same name, so that it comes first."""


class Candidate(msgspec.Struct, frozen=True):
    """One known name that the typed one resembles.

    Attributes:
        target: its name, or a scope.
        number: of the name in the snapshot; None where the target is a scope.
        kind: in what way; see `sentences`.
        slip: what was mistyped, where that is the way.
    """

    target: str
    number: int | None
    kind: str
    slip: Slip | None = None


def candidates(snapshot: Snapshot, typed: Spelled) -> list[Candidate]:
    """Every known name that the typed one resembles; itself and names of its own scope are not among them."""
    found: list[Candidate] = []
    _add_same_form(snapshot, typed, found)
    near = snapshot.near.find(typed.skeleton)
    if near:
        found += _mistyped(snapshot, typed, near)
    if affixes.may_stand(snapshot.ecosystem, typed):
        found += _affixed(snapshot, typed)
    if typed.scope and typed.scope.lower() not in snapshot.scopes.sizes:
        found += _of_like_scope(snapshot, typed)
    if snapshot.ecosystem == "nuget":
        found += _of_vendors(snapshot, typed)
    return found


def same_forms(ecosystem: str, typed: Spelled, names: Iterable[str]) -> Iterator[Candidate]:
    """Those of some known names, not in the snapshot, that have a form of the typed one."""
    for name in names:
        kind = _likeness(typed, spell(ecosystem, name))
        if kind:
            yield Candidate(name, None, kind)


def _of_vendors(snapshot: Snapshot, typed: Spelled) -> Iterator[Candidate]:
    """The vendor whose prefix an id has, and the popular id that stands whole behind other words."""
    for start in range(1, len(typed.words) - 1):
        for number in snapshot.exact.find(look("".join(typed.words[start:]))):
            target = spell(snapshot.ecosystem, snapshot.names[number])
            if target.words == typed.words[start:]:
                yield Candidate(target.name, number, "contained_id")
    owner = vendor(typed.words)
    if owner:
        yield Candidate(f"{owner[0]}.*", None, "vendor_prefix" if owner[1] else "vendor_inside")


def _add_same_form(snapshot: Snapshot, typed: Spelled, found: list[Candidate]) -> None:
    seen: set[int] = set()
    for key in keys_asked(typed, scoped=bool(snapshot.scopes.sizes)):
        for number in snapshot.exact.find(key):
            if number not in seen:
                seen.add(number)
                target = spell(snapshot.ecosystem, snapshot.names[number])
                kind = _likeness(typed, target)
                if kind:
                    found.append(Candidate(target.name, number, kind))


def _likeness(typed: Spelled, target: Spelled) -> str:
    """In what way two different names have the same form; empty if in none."""
    if typed.name == target.name or _is_own_scope(typed, target):
        return ""
    if typed.skeleton == target.skeleton:
        if bool(typed.scope) == bool(target.scope):
            return "same_letters"
        return "flattened_scope" if target.scope else "inserted_scope"
    if target.scope and not typed.scope and typed.skeleton == target.base:
        return "" if target.scope in _DESCRIBING else "dropped_scope"
    if typed.scope and not target.scope and typed.base == target.skeleton:
        return "scoped_copy"
    if look(typed.skeleton) == look(target.skeleton):
        return "look_alike"
    return "word_order" if in_order(typed.words) == in_order(target.words) else ""


def _mistyped(snapshot: Snapshot, typed: Spelled, near: set[int]) -> Iterator[Candidate]:
    for number in near:
        target = spell(snapshot.ecosystem, snapshot.names[number])
        if target.skeleton == typed.skeleton or _is_own_scope(typed, target):
            continue
        one = slip(typed.skeleton, target.skeleton)
        if one:
            yield Candidate(target.name, number, "misspelling", one)
            continue
        rest = affixes.stem(snapshot.ecosystem, target.skeleton)
        if rest == typed.skeleton:
            yield Candidate(target.name, number, "affix_left_out")
        elif one := slip(typed.skeleton, rest):
            yield Candidate(target.name, number, "affix_and_misspelling", one)


def _affixed(snapshot: Snapshot, typed: Spelled) -> Iterator[Candidate]:
    bare = typed.base
    for rest, _ in affixes.without(snapshot.ecosystem, bare):
        yield from _of_rest(snapshot, typed, rest, "language_affix")
        yield from _mistyped_rest(snapshot, typed, rest)
    plain = bare.rstrip("0123456789")
    if plain != bare:
        plain = plain[:-1] if plain.endswith("v") else plain
        yield from _of_rest(snapshot, typed, plain, "version_suffix")
    words = typed.words
    if len(words) > 1:
        if words[-1] in affixes.GENERIC:
            yield from _of_rest(snapshot, typed, bare[: -len(words[-1])], "generic_affix")
        if words[0] in affixes.GENERIC:
            yield from _of_rest(snapshot, typed, bare[len(words[0]) :], "generic_affix")


def _of_rest(snapshot: Snapshot, typed: Spelled, rest: str, kind: str) -> Iterator[Candidate]:
    """Popular names that are what remains of the typed one."""
    if len(rest) < _SHORTEST:
        return
    for number in snapshot.exact.find(look(rest)):
        if number >= snapshot.popular:
            return
        target = spell(snapshot.ecosystem, snapshot.names[number])
        if target.skeleton == rest and not _is_own_scope(typed, target):
            yield Candidate(target.name, number, kind)


def _mistyped_rest(snapshot: Snapshot, typed: Spelled, rest: str) -> Iterator[Candidate]:
    for number in snapshot.near.find(rest):
        target = spell(snapshot.ecosystem, snapshot.names[number])
        if not _is_own_scope(typed, target) and target.skeleton not in (rest, typed.skeleton):
            one = slip(rest, target.skeleton) or slip(rest, affixes.stem(snapshot.ecosystem, target.skeleton))
            if one:
                yield Candidate(target.name, number, "affix_and_misspelling", one)


def _of_like_scope(snapshot: Snapshot, typed: Spelled) -> Iterator[Candidate]:
    """Protected scopes that an unknown one looks like or contains."""
    scopes = snapshot.scopes
    bare, words = skeleton(typed.scope), segments(typed.scope)
    for number in scopes.near.find(bare):
        scope = scopes.protected[number]
        one = slip(bare, skeleton(scope))
        if one or bare == skeleton(scope) or look(bare) == look(skeleton(scope)):
            yield _in_scope(snapshot, typed, scope, "misspelled_scope", one)
    for start in range(len(words)):
        for end in range(start + 1, len(words) + 1):
            contained = scopes.words.get(" ".join(words[start:end]))
            if contained is not None and end - start < len(words) and _is_foreign(snapshot, words, start, end):
                yield _in_scope(snapshot, typed, scopes.protected[contained], "combined_scope", None)


def _is_foreign(snapshot: Snapshot, words: list[str], start: int, end: int) -> bool:
    """Whether a scope that contains a protected one can belong to somebody else.

    What begins with a group of Maven is below its domain, so its owner's. One short word says nothing.
    """
    if snapshot.ecosystem == "maven":
        return start > 0 and end - start > 1
    return len("".join(words[start:end])) >= _SHORTEST


def _in_scope(snapshot: Snapshot, typed: Spelled, scope: str, kind: str, one: Slip | None) -> Candidate:
    """The package of the same name in a scope, if there is one, else the scope itself."""
    joint = "/" if snapshot.ecosystem == "npm" else ":"
    target = scope + joint + typed.name.rpartition(joint)[2]
    number = snapshot.number(target)
    return Candidate(scope if number is None else target, number, kind, one)


def _is_own_scope(typed: Spelled, target: Spelled) -> bool:
    """Whether only one owner can publish both."""
    return bool(typed.scope) and typed.scope.lower() == target.scope.lower()
