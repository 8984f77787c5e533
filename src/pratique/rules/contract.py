"""What a rule is: one module with a name, its needs, and a vote; here are the words it votes with."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Annotated, Any

import msgspec

from pratique.core.actors import Actor
from pratique.core.clock import Instant
from pratique.core.decisions import Action, Mode, Moment, Vote
from pratique.core.facts import Fact, Facts
from pratique.core.globs import MAX_GLOBS

Needs = tuple[Fact[Any], ...]
"""The facts a rule may read; `decide` lets it read no other."""

Glob = Annotated[str, msgspec.Meta(max_length=600, pattern=r"^[^?\[\]]*$")]
"""A glob over names, perhaps with the ecosystem before it, in which only `*` is special."""

Globs = Annotated[tuple[Glob, ...], msgspec.Meta(max_length=MAX_GLOBS)]
"""An option that holds globs: every file is held against each of them."""

INSTALL: frozenset[Moment] = frozenset({Moment.INSTALL})
PUBLISH: frozenset[Moment] = frozenset({Moment.PUBLISH})
EVERY_MOMENT: frozenset[Moment] = INSTALL | PUBLISH


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Base of every rule's own settings; an unknown key is refused by name."""


class NoOptions(Options, frozen=True):
    """For rules that have nothing to set."""


class Rule(msgspec.Struct, frozen=True):
    """A rule module as a value.

    The contract of `vote`, which the property tests hold every rule to:

    - it reads facts only by `facts[FACT]` of its `needs`, those of the name stage first, so that a
      whole project can be judged before anything is asked of an upstream;
    - what it says about a project (no version) holds for each of its versions;
    - whatever it says that time alone can change, it says with a vote that carries `until`. A rule
      that returns None says nothing about these facts for ever; so a passing that will end is an
      allow vote with an end.

    Attributes:
        name: as settings, waivers and sentences write it.
        version: raised when the code changes what it says, so that stored views and ids do not outlive it.
        needs: facts it may read.
        moments: what it judges.
        starts: its mode on a fresh install.
        options: struct of its own settings.
        vote: its opinion, None for no objection.
        sees: what it looks at in the actor, as a word; part of the policy class.
        by_facts: of the subject it looks at the project, and whether there is a version, and at nothing else: of two
            versions with the same facts it says the same, so that most listings ask it once.
    """

    name: str
    version: int
    needs: Needs
    moments: frozenset[Moment]
    starts: Mode
    options: type[Options]
    vote: Callable[[Facts, Any], Vote | None]
    sees: Callable[[Actor, Any], str]
    by_facts: bool = False


def rule_of(module: ModuleType) -> Rule:
    """Read a rule module; what it leaves out has the usual value.

    Raises:
        AttributeError: the module has no NAME, NEEDS or vote.
    """
    return Rule(
        name=module.NAME,
        version=getattr(module, "VERSION", 1),
        needs=module.NEEDS,
        moments=getattr(module, "MOMENTS", INSTALL),
        starts=getattr(module, "STARTS", Mode.ENFORCE),
        options=getattr(module, "Options", NoOptions),
        vote=module.vote,
        sees=getattr(module, "sees", _nothing),
        by_facts=getattr(module, "BY_FACTS", False),
    )


def allow(rule: str, why: str, until: Instant | None) -> Vote:
    """Lets pass for a time; what comes after `until` may differ."""
    return Vote(rule, Action.ALLOW, why, until)


def warn(rule: str, why: str, until: Instant | None = None) -> Vote:
    """Serves, and says something."""
    return Vote(rule, Action.WARN, why, until)


def hold(rule: str, why: str, until: Instant | None = None) -> Vote:
    """Serves nothing until a person approves or the hold ends."""
    return Vote(rule, Action.HOLD, why, until)


def deny(rule: str, why: str, until: Instant | None = None) -> Vote:
    """Serves nothing."""
    return Vote(rule, Action.DENY, why, until)


def _nothing(_actor: Actor, _options: Options) -> str:
    return ""
