"""What is not asked: names of the same owner, projects that were there before, and exceptions with a reason."""

from __future__ import annotations

from datetime import datetime

import msgspec

from pratique.naming.keys import spell


class NameException(msgspec.Struct, frozen=True):
    """A person decided that a name may be.

    Attributes:
        name: canonical.
        reason: shown wherever it is used.
        until: when it ends; None for never.
        target: the one name it may resemble; empty for any.
    """

    name: str
    reason: str
    until: datetime | None = None
    target: str = ""


class Standing(msgspec.Struct, frozen=True):
    """Who asks, as far as names are concerned.

    Attributes:
        owned: canonical names of the projects of the same owner or organisation.
        scopes: scopes, groups or prefixes that are verified theirs; a prefix ends in its delimiter.
        existing: the project was there before the check; it stays.
        exceptions: those in force or over.
    """

    owned: frozenset[str] = frozenset()
    scopes: frozenset[str] = frozenset()
    existing: bool = False
    exceptions: tuple[NameException, ...] = ()


NOBODY = Standing()
"""Somebody new with a new name."""


def reason_to_pass(standing: Standing, name: str, now: datetime | None) -> str:
    """Why nothing is asked of a name whatever it resembles; empty if something is.

    Args:
        standing: whose it is.
        name: canonical.
        now: for exceptions that end; without it they are over.
    """
    if standing.existing:
        return "the project was there before the check"
    found = next((one for one in standing.exceptions if _holds(one, name, now) and not one.target), None)
    return f"excepted by a person: {ascii(found.reason)[1:-1]}" if found else ""


def may_resemble(standing: Standing, ecosystem: str, name: str, target: str, now: datetime | None) -> bool:
    """Whether the likeness of a name to this target is nobody's business."""
    if target in standing.owned or spell(ecosystem, target).scope in standing.scopes or target in standing.scopes:
        return True
    if any(name.startswith(scope) for scope in standing.scopes if not scope[-1:].isalnum()):
        return True
    return any(_holds(one, name, now) and one.target == target for one in standing.exceptions)


def _holds(one: NameException, name: str, now: datetime | None) -> bool:
    return one.name == name and (one.until is None or (now is not None and now < one.until))
