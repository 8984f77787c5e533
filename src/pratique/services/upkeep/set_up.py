"""Bring a database in line with the settings, and give a new repository its first policy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from sqlalchemy import Connection

from pratique.core.actors import OPERATOR
from pratique.core.clock import Instant
from pratique.core.decisions import Mode, RuleSetting
from pratique.core.events import new_event
from pratique.rules.settings import fresh_settings, strict_settings
from pratique.store import accounts, events, name_forms, policy, repositories, revisions
from pratique.store.repositories import Repository


class RepositoryPlan(msgspec.Struct, frozen=True):
    """A repository as the settings describe it; `upstreams` by ecosystem, in order."""

    name: str
    anonymous_read: bool
    upstreams: Mapping[str, Sequence[str]]


def set_up_repositories(connection: Connection, plans: Sequence[RepositoryPlan], now: Instant) -> tuple[str, ...]:
    """Make the repositories what the settings say; the names of those that are new.

    What the settings no longer name is kept as it is: its releases may be pinned somewhere.

    Raises:
        Invalid: an upstream is named twice.
    """
    name_forms.remember_projects(connection)
    before = {one.name: one for one in repositories.repositories(connection)}
    for plan in plans:
        _set_up(connection, plan, before.get(plan.name), now)
    return tuple(plan.name for plan in plans if plan.name not in before)


def _set_up(connection: Connection, plan: RepositoryPlan, before: Repository | None, now: Instant) -> None:
    repository = repositories.ensure_repository(connection, plan.name, plan.anonymous_read, now)
    changed = repository != before
    for ecosystem, urls in plan.upstreams.items():
        held = tuple(one.url for one in repositories.upstreams(connection, repository.id, ecosystem))
        if held != tuple(urls):
            repositories.sync_upstreams(connection, repository.id, ecosystem, urls)
            changed = True
    if before is None:
        _set_rules(connection, repository, fresh_settings(now), now)
    if changed:
        body = {
            "anonymous_read": plan.anonymous_read,
            "upstreams": {key: len(urls) for key, urls in plan.upstreams.items()},
        }
        events.append(connection, new_event("repository_set_up", now, OPERATOR, f"repository:{plan.name}", body))
        revisions.bump(connection, repository.id, None)


def enforce_rules(connection: Connection, now: Instant) -> tuple[str, ...]:
    """End every dry-run in every repository; the names of the rules that count from now on."""
    ended: dict[str, None] = {}
    for repository in repositories.repositories(connection):
        held = {one.rule: one for one in policy.rule_settings(connection, repository.id)}
        due = [one for one in strict_settings() if held.get(one.rule, one).mode is Mode.DRY_RUN or one.rule not in held]
        kept = tuple(msgspec.structs.replace(held.get(one.rule, one), mode=Mode.ENFORCE, until=None) for one in due)
        _set_rules(connection, repository, kept, now)
        ended |= {one.rule: None for one in due}
    return tuple(ended)


def _set_rules(connection: Connection, repository: Repository, settings: Sequence[RuleSetting], now: Instant) -> None:
    if not settings:
        return
    for setting in settings:
        policy.set_rule(connection, repository.id, setting)
    body = {setting.rule: setting.mode.value for setting in settings}
    events.append(connection, new_event("rules_set_up", now, OPERATOR, f"repository:{repository.name}", body))
    revisions.bump(connection, repository.id, None)


def has_admin(connection: Connection) -> bool:
    """Whether anybody administers this server yet."""
    return accounts.count_admins(connection) > 0
