"""How each rule is set in a repository: show it, set it."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import Connection

from pratique.core.actors import Actor, ActorKind, Operation
from pratique.core.clock import Instant, to_iso
from pratique.core.decisions import Mode, RuleSetting
from pratique.core.errors import Forbidden, Invalid
from pratique.rules.contract import Rule
from pratique.rules.registry import RULES, TWO_PEOPLE, rule_named
from pratique.rules.settings import asks_for_an_answer, read_options
from pratique.services.accounts.sign_in import write_as
from pratique.services.changes import note_change, permit, permit_everywhere
from pratique.services.durations import read_duration
from pratique.services.ports import Ports
from pratique.services.visits import find_repository
from pratique.store import policy


class ShowPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Ask how every rule is set."""

    repository: str = "main"


class SetRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Set one rule.

    Attributes:
        mode: enforce, dry-run or off; None leaves it.
        options: the rule's own settings that change; the others stay.
        dry_run_for: a duration after which a dry-run asks to be decided; None: without end.
    """

    rule: str
    mode: Mode | None = None
    options: dict[str, Any] = {}
    dry_run_for: str | None = None
    repository: str = "main"


class RuleShown(msgspec.Struct, frozen=True):
    """One rule as it is set.

    Attributes:
        until: when a dry-run ends, RFC 3339.
        asks: the dry-run is over and waits for an answer: enforce it, or go on watching.
        set_here: somebody set it; otherwise it is as a fresh install has it.
    """

    rule: str
    mode: Mode
    until: str | None
    asks: bool
    options: dict[str, Any]
    set_here: bool
    version: int


class PolicyShown(msgspec.Struct, frozen=True):
    """Every rule of a repository, in the order in which they speak."""

    repository: str
    rules: tuple[RuleShown, ...]


async def show_policy(ports: Ports, request: ShowPolicy, actor: Actor) -> PolicyShown:
    """How every rule is set. Raises Unauthorised to nobody in particular: accounts may know the policy."""
    now = ports.clock.now()
    permit(actor, Operation.EXPLAIN, now)
    return await ports.db.read(_show, request.repository, now)


def _show(connection: Connection, repository_name: str, now: Instant) -> PolicyShown:
    repository = find_repository(connection, repository_name)
    settings = {one.rule: one for one in policy.rule_settings(connection, repository.id)}
    return PolicyShown(repository.name, tuple(_shown(rule, settings.get(rule.name), now) for rule in RULES))


def _shown(rule: Rule, setting: RuleSetting | None, now: Instant) -> RuleShown:
    current = setting or RuleSetting(rule.name, rule.starts, version=0)
    options: dict[str, Any] = msgspec.to_builtins(read_options(rule, current.options))
    until = None if current.until is None else to_iso(current.until)
    asks = asks_for_an_answer(current, now)
    return RuleShown(rule.name, current.mode, until, asks, options, setting is not None, current.version)


async def set_rule(ports: Ports, request: SetRule, actor: Actor) -> RuleShown:
    """Set one rule.

    Raises:
        Invalid: no such rule, option or duration; or nothing to set.
        Forbidden, StepUpNeeded: the actor may not, or must give the password again; or the rule's votes take
            two people to remove, and this would be one person's word.
    """
    now = ports.clock.now()
    permit_everywhere(actor, Operation.POLICY, now)
    rule = rule_named(request.rule)
    if rule is None:
        raise Invalid(f'there is no rule "{request.rule[:64]}"; there are: {", ".join(one.name for one in RULES)}')
    if request.mode is None and not request.options:
        raise Invalid("say what to set: a mode (enforce, dry-run, off) or an option")
    if request.dry_run_for is not None and request.mode is not Mode.DRY_RUN:
        raise Invalid("only a dry-run has an end: use it with mode dry-run")
    if rule.name in TWO_PEOPLE and request.mode not in (None, Mode.ENFORCE):
        raise Forbidden(
            f"{rule.name} always counts: removing its votes takes two admins, and only where it is wrong: "
            f"`pratique waive {rule.name} PURL --reason ...`, which another admin confirms"
        )
    _check_unsafe(rule, request.options, actor)
    return await write_as(ports.db, actor, now, _set, request, rule, actor, now)


def _check_unsafe(rule: Rule, options: dict[str, Any], actor: Actor) -> None:
    """What opens a rule whose votes take two people to remove is for whoever holds the machine, not for one admin."""
    opened = [name for name, value in options.items() if name.startswith("unsafe_") and value]
    if rule.name in TWO_PEOPLE and opened and actor.kind is not ActorKind.OPERATOR:
        raise Forbidden(
            f"{opened[0]} takes from {rule.name} what two admins together may waive, and only where it is wrong: "
            f"`pratique waive {rule.name} PURL --reason ...`, which another admin confirms; for everything at once it "
            f"is set on the data folder: `pratique policy set {rule.name} --option {opened[0]}=true`"
        )


def _set(connection: Connection, request: SetRule, rule: Rule, actor: Actor, now: Instant) -> RuleShown:
    repository = find_repository(connection, request.repository)
    current = _current(connection, repository.id, rule)
    mode = request.mode or current.mode
    setting = RuleSetting(
        rule=rule.name,
        mode=mode,
        until=_until(request, current, now),
        options=_merged(rule, {**current.options, **request.options}),
    )
    policy.set_rule(connection, repository.id, setting)
    body = {"mode": mode.value, "options": sorted(request.options), "repository": repository.name}
    note_change(connection, "rule_set", f"rule:{rule.name}", body, actor=actor, now=now, repository_id=repository.id)
    return _shown(rule, _current(connection, repository.id, rule), now)


def _current(connection: Connection, repository_id: int, rule: Rule) -> RuleSetting:
    settings = policy.rule_settings(connection, repository_id)
    return next((one for one in settings if one.rule == rule.name), RuleSetting(rule.name, rule.starts, version=0))


def _until(request: SetRule, current: RuleSetting, now: Instant) -> Instant | None:
    if request.dry_run_for is not None:
        return Instant(now + read_duration(request.dry_run_for))
    return current.until if request.mode in (None, current.mode) else None


def _merged(rule: Rule, options: dict[str, Any]) -> dict[str, Any]:
    """Only options that the rule accepts; in the form in which they are stored."""
    checked: dict[str, Any] = msgspec.to_builtins(read_options(rule, options))
    return {name: checked[name] for name in options}
