"""Facts about `left@1.0.1`, which nothing speaks against; a test changes what it is about."""

from pratique.core import facts as fact
from pratique.core.actors import Actor, ActorKind
from pratique.core.artifacts import Digests, Origin, ProjectStatus
from pratique.core.clock import DAY, HOUR, Instant
from pratique.core.decisions import Action, EntryKind, ListEntry, Mode, Moment, RuleSetting, Waiver
from pratique.core.facts import DigestCheck, Facts, Stage
from pratique.core.names import EcosystemId, ProjectKey, Subject
from pratique.core.ranges import parse_range
from pratique.rules.decide import decide
from pratique.rules.policy import read_policy
from pratique.rules.settings import strict_settings

NOW = Instant(1_800_000_000_000)
LEFT = ProjectKey(EcosystemId("npm"), "left")
USER = Actor(ActorKind.USER, account=1, name="ada")
AGENT = Actor(ActorKind.AGENT, account=1, name="ada's agent", token=7)

GOOD = Digests(sha256="aa" * 32, sha512="bb" * 64)
OTHER = Digests(sha256="cc" * 32, sha512="dd" * 64)

CLEAN = {
    fact.LIST_ENTRIES: (),
    fact.ALLOWLIST_IN_FORCE: False,
    fact.RESERVATION: None,
    fact.REVOCATIONS: (),
    fact.MALWARE_PROJECT: (),
    fact.POPULARITY: None,
    fact.ASKED_BEFORE_EXISTED: None,
    fact.INVENTED: (),
    fact.SERVED_BEFORE: False,
    fact.PUBLIC_EXISTS: False,
    fact.NOWHERE: None,
    fact.PUBLISHED: Instant(NOW - 400 * DAY),
    fact.FIRST_PUBLISHED: Instant(NOW - 900 * DAY),
    fact.MALWARE: (),
    fact.RECENT_FIX: None,
    fact.NEW_EXECUTION_POINTS: (),
    fact.WEAKER_EVIDENCE: False,
    fact.JOINED_LATE: False,
    fact.GONE_UPSTREAM: False,
    fact.UNPUBLISHED: None,
    fact.PROJECT_STATUS: ProjectStatus(),
    fact.NAME_REVIEW: None,
    fact.FIRST_SEEN: Instant(NOW - 300 * DAY),
    fact.RESEMBLES: None,
    fact.RELEASE_HELD: None,
    fact.LISTED_DIGESTS: GOOD,
    fact.DIGESTS: DigestCheck(listed=GOOD, recorded=GOOD),
    fact.SCAN_RESULT: None,
}


def version_key(version):
    """Numbers between dots; anything else is no version."""
    return tuple(int(part) for part in version.split("."))


def release_key(version):
    """As `version_key`; what stands behind a `+` makes no other release."""
    return version_key(version.partition("+")[0])


def facts(
    changed=None, *, stage=Stage.FILE, origin=Origin.UPSTREAM, actor=USER, version="1.0.1", now=NOW, project=LEFT
):
    """Everything known at a stage, with some facts changed."""
    known = {**CLEAN, **(changed or {})}
    values = {one.name: value for one, value in known.items() if one.stage <= stage}
    subject = {
        Stage.NAME: Subject(project),
        Stage.LISTING: Subject(project, version, f"left-{version}.tgz"),
        Stage.FILE: Subject(project, version, f"left-{version}.tgz"),
    }[stage]
    return Facts(subject, origin, actor, now, version_key, release_key, values)


def without(known, *missing):
    """The same facts, some of them not yet fetched."""
    names = {one.name for one in missing}
    return Facts(
        known.subject,
        known.origin,
        known.actor,
        known.now,
        known.version_key,
        known.release_key,
        {name: value for name, value in known.values.items() if name not in names},
    )


def policy(waivers=(), **options):
    """Every rule enforced; options by rule name."""
    settings = [RuleSetting(one.rule, Mode.ENFORCE, options=options.get(one.rule, {})) for one in strict_settings()]
    return read_policy(settings, waivers)


def judged(changed=None, *, stage=Stage.FILE, moment=Moment.INSTALL, waivers=(), options=None, **who):
    """The decision of all rules, enforced."""
    return decide(policy(waivers, **(options or {})), facts(changed, stage=stage, **who), stage, moment)


def said(decision):
    """Rule, action and sentence of the vote that decided."""
    vote = decision.vote
    return None if vote is None else (vote.rule, vote.action.word, vote.why)


def entry(kind=EntryKind.DENY, versions="*", **more):
    """A list entry that names `left`."""
    return ListEntry(more.pop("id", 1), kind, "npm", more.pop("name", "left"), parse_range(versions), **more)


def waiver(rule, versions="*", **more):
    """A waiver for `left`."""
    return Waiver(more.pop("id", 1), rule, "npm", more.pop("name", "left"), parse_range(versions), **more)


def ago(milliseconds):
    """An instant before now."""
    return Instant(NOW - milliseconds)


__all__ = ["AGENT", "DAY", "HOUR", "NOW", "USER", "Action", "EntryKind", "Stage"]
