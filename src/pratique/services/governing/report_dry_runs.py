"""When a dry-run is over: report what the rule would have refused; people answer. A job, idempotent."""

from __future__ import annotations

import structlog
from sqlalchemy import Connection

from pratique.core.actors import OPERATOR
from pratique.core.clock import Instant
from pratique.core.decisions import Decision, Mode, RuleSetting
from pratique.core.events import new_event
from pratique.rules.settings import asks_for_an_answer
from pratique.services.ports import Ports
from pratique.store import decisions, events, policy, repositories
from pratique.store.repositories import Repository

REPORT_JOB = "report_dry_runs"

ENDED = "dry_run_ended"
"""Kind of the event; its subject is `rule:{name}`."""

_log = structlog.get_logger(__name__)


async def report_dry_runs(ports: Ports) -> int:
    """Report every dry-run that is over and was not reported yet; how many."""
    return await ports.db.write(_report, ports.clock.now())


def _report(connection: Connection, now: Instant) -> int:
    count = 0
    for repository in repositories.repositories(connection):
        for setting in policy.rule_settings(connection, repository.id):
            if asks_for_an_answer(setting, now) and not _is_reported(connection, repository, setting):
                _report_one(connection, repository, setting, now)
                count += 1
    return count


def _is_reported(connection: Connection, repository: Repository, setting: RuleSetting) -> bool:
    found = events.of_subject(connection, _subject(repository, setting), 20)
    return any(one.kind == ENDED and setting.until is not None and one.at >= setting.until for one in found)


def _report_one(connection: Connection, repository: Repository, setting: RuleSetting, now: Instant) -> None:
    refused = [
        one for one in decisions.of_repository(connection, repository.id) if would_have_refused(one, setting.rule)
    ]
    body = {
        "releases": len({one.subject.purl for one in refused}),
        "projects": len({one.subject.project for one in refused}),
    }
    events.append(connection, new_event(ENDED, now, OPERATOR, _subject(repository, setting), body))
    _log.warning(
        "a dry-run is over",
        rule=setting.rule,
        repository=repository.name,
        **body,
        next=f"pratique policy set {setting.rule} --mode enforce",
    )


def would_have_refused(decision: Decision, rule: str) -> bool:
    """Whether only the dry-run kept this rule from hiding, holding or denying."""
    return any(
        aside.by == Mode.DRY_RUN.value and aside.vote.rule == rule and aside.vote.action.leaves_listing
        for aside in decision.set_aside
    )


def _subject(repository: Repository, setting: RuleSetting) -> str:
    return f"rule:{repository.name}/{setting.rule}"
