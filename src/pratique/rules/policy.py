"""A repository's policy as a value, its class for one actor, and the key of a rendered view."""

from __future__ import annotations

import base64
import functools
import hashlib
from collections.abc import Iterable
from typing import Any

import msgspec

from pratique.core.actors import Actor
from pratique.core.decisions import EntryKind, ListEntry, Mode, Moment, RuleSetting, Waiver
from pratique.core.errors import Invalid
from pratique.core.events import canonical_bytes
from pratique.core.names import ProjectKey
from pratique.rules.canonical import canonical
from pratique.rules.contract import Options, Rule
from pratique.rules.registry import RULES, rule_named
from pratique.rules.settings import read_options


class ActiveRule(msgspec.Struct, frozen=True):
    """A rule that is not off, with how it is set.

    Attributes:
        rule: what it asks.
        mode: enforce or dry-run.
        options: its own settings, checked.
        setting_version: counts changes of the setting; 0 if nobody ever set it.
    """

    rule: Rule
    mode: Mode
    options: Options
    setting_version: int

    @property
    def identity(self) -> list[Any]:
        """What a decision's id holds of it: id and versions."""
        return [self.rule.name, self.rule.version, self.setting_version]


class Policy(msgspec.Struct, frozen=True):
    """How one repository judges.

    Attributes:
        rules: those not off, in the order of the registry.
        waivers: of the repository, at least those about the project that is judged; expired and
            future ones may be among them.
        repository: its id; two that judge alike still give decisions of their own.
    """

    rules: tuple[ActiveRule, ...]
    waivers: tuple[Waiver, ...] = ()
    repository: int = 0


def read_policy(
    settings: Iterable[RuleSetting],
    waivers: Iterable[Waiver] = (),
    rules: tuple[Rule, ...] = RULES,
    *,
    repository: int = 0,
) -> Policy:
    """Make a policy from stored settings. A rule that nobody set has the mode it starts with.

    Raises:
        Invalid: a setting of an unknown rule, or options that the rule does not accept.
    """
    by_rule = {setting.rule: setting for setting in settings}
    for name in by_rule:
        if rule_named(name, rules) is None:
            raise Invalid(f'there is no rule "{name}"; there are {", ".join(rule.name for rule in rules)}')
    active = (_activate(rule, by_rule.get(rule.name)) for rule in rules)
    return Policy(tuple(one for one in active if one.mode is not Mode.OFF), tuple(waivers), repository)


def policy_class(
    policy: Policy,
    actor: Actor,
    project: ProjectKey,
    entries: Iterable[ListEntry] = (),
    moment: Moment = Moment.INSTALL,
) -> str:
    """Which of all policies applies to this actor here for this project, as 26 characters.

    Two actors of one class get the same answer about the project at any time: the class covers the
    rules with their settings and what they see in the actor, and the waivers and grants that can ever
    apply, whether or not they do at the moment; `Decision.valid_until` tells when they begin or end.

    Args:
        policy: of the repository.
        actor: who asks.
        project: what for.
        entries: the value of `LIST_ENTRIES`; only grants count, as other entries are for everybody.
        moment: what is decided; rules of another moment say nothing and make no class.

    Source: DESIGN section 3, "Views".
    """
    rules = [
        [active.identity, active.mode.value, _settled(active.options), active.rule.sees(actor, active.options)]
        for active in policy.rules
        if moment in active.rule.moments
    ]
    waivers = sorted(waiver.id for waiver in policy.waivers if may_apply(waiver, actor, project))
    grants = sorted(entry.id for entry in entries if entry.kind is EntryKind.GRANT)
    return short_hash([rules, waivers, grants])


def may_apply(waiver: Waiver, actor: Actor, project: ProjectKey) -> bool:
    """Whether a waiver is about this project and for this kind of actor, at whatever time."""
    if (waiver.ecosystem, waiver.name) != (project.ecosystem, project.name):
        return False
    return not waiver.actor_kinds or actor.kind in waiver.actor_kinds


def view_key(repository: str, project: ProjectKey, form: str, encoding: str, public_url: str, policy_class: str) -> str:
    """The key under which a rendered listing is kept.

    Source: DESIGN section 3, "Views".
    """
    return short_hash([repository, project.ecosystem, project.name, form, encoding, public_url, policy_class])


def short_hash(value: Any) -> str:
    """The first 130 bits of the SHA-256 of a value's canonical bytes, in lower-case base32.

    Lower case, because these ids stand in URLs and are read aloud; the alphabet has no 0, 1 or 8.
    """
    digest = hashlib.sha256(canonical_bytes(value)).digest()
    return base64.b32encode(digest[:17])[:26].decode().lower()


@functools.lru_cache(maxsize=256)
def _settled(options: Options) -> Any:
    """A rule's options as JSON values; asked for with every decision."""
    return canonical(options)


def _activate(rule: Rule, setting: RuleSetting | None) -> ActiveRule:
    if setting is None:
        return ActiveRule(rule, rule.starts, rule.options(), 0)
    return ActiveRule(rule, setting.mode, read_options(rule, setting.options), setting.version)
