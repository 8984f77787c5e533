"""Why: every vote, every fact, what is allowed instead, and whom to ask."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec

from pratique.core.actors import Actor, ActorKind, Operation
from pratique.core.artifacts import Origin, ProjectView
from pratique.core.clock import Instant, to_iso
from pratique.core.decisions import Action, Decision, Vote
from pratique.core.ecosystem import Ecosystem
from pratique.core.errors import NotFound, PratiqueError
from pratique.core.facts import ALL_FACTS, ASKED_BEFORE_EXISTED, FIRST_PUBLISHED, FIRST_SEEN, NAME_REVIEW, PUBLISHED
from pratique.core.ranges import same_version
from pratique.core.sentences import clean, decision_line
from pratique.rules import similar_name, under_review
from pratique.rules.registry import TWO_PEOPLE
from pratique.services.governing.remember_decisions import KEPT_VERSIONS, is_kept
from pratique.services.governing.show_findings import FindingShown, shown_of_file
from pratique.services.judging.find_project import FoundProject, find_as
from pratique.services.judging.gather import Inquiry, as_nobodys
from pratique.services.judging.judge import (
    admit_reader,
    allowed_versions,
    authorise_on,
    decide_listing,
    decide_name,
    decide_nowhere,
    decide_project,
    inquire,
    know,
    newest_first,
)
from pratique.services.judging.refuse_hidden import admit
from pratique.services.ports import Ports, Visit
from pratique.services.purls import Named, read_purl
from pratique.services.visits import find_repository_by_id, visit_repository
from pratique.store import decisions as stored_decisions

_INSTANTS = frozenset(fact.name for fact in (PUBLISHED, FIRST_PUBLISHED, FIRST_SEEN, ASKED_BEFORE_EXISTED))

_SHOWN_AT_MOST = 20
"""Refused releases shown for a purl without a version; the rest are counted."""

_ASK_BEYOND = "ask whoever runs the upstream that refuses it"


class VoteShown(msgspec.Struct, frozen=True):
    """One vote, with its end (RFC 3339). `set_aside_by` is a waiver's id or `dry-run` where it does not count."""

    rule: str
    action: str
    why: str
    until: str | None = None
    set_aside_by: str | None = None


class FactShown(msgspec.Struct, frozen=True):
    """One fact that was looked at, and what it means."""

    name: str
    meaning: str
    value: Any


class Explanation(msgspec.Struct, frozen=True):
    """Everything that led to one decision.

    Attributes:
        subject: purl.
        filename: None if it is about a whole release or project.
        action: allow, warn, hide, hold or deny.
        sentence: what the client printed or would print, or why it passes.
        votes: counted ones, strictest first, then those set aside.
        waiting: rules that can say more at a later stage only: once the listing or the bytes are here.
        allowed: allowed versions of the project, newest first.
        next_step: what the reader can do now.
        at: when it was judged (stored ones: last seen), RFC 3339.
        url: its page; empty where nothing objects, because only what objects is kept.
        findings: what was noticed about the file, whatever is decided.
    """

    id: str
    subject: str
    filename: str | None
    action: str
    sentence: str
    votes: tuple[VoteShown, ...]
    waiting: tuple[str, ...]
    facts: tuple[FactShown, ...]
    allowed: tuple[str, ...]
    next_step: str
    at: str
    url: str
    findings: tuple[FindingShown, ...] = ()


class Withdrawn(msgspec.Struct, frozen=True):
    """What the index of a file says against it, where no rule here does.

    Attributes:
        sentence: for people.
        refused: an upstream that decides as we do keeps the bytes back; else pins of it are served.
    """

    sentence: str
    refused: bool = False


class Explained(msgspec.Struct, frozen=True):
    """Explanations of all files that a purl names, strictest first.

    Attributes:
        asked_as: the kind of actor it was judged for.
        allowed_count: files that nothing objects to, here or in their index.
        not_shown: refused files beyond those explained.
    """

    purl: str
    repository: str
    asked_as: str
    explanations: tuple[Explanation, ...]
    allowed_count: int = 0
    not_shown: int = 0


async def explain(ports: Ports, repository: str, purl: str, as_kind: ActorKind, actor: Actor) -> Explained:
    """Judge now, as if an actor of that kind asked, without side effects but storing what it shows.

    Raises:
        Invalid, InvalidName: not a purl we know.
        NotFound: no such project or release, or none that the actor may know of.
    """
    named = read_purl(purl, ports.ecosystems)
    visit = await visit_repository(ports, repository, named.key.ecosystem, actor)
    known = await know(ports, visit, named.key)
    inquiry = msgspec.structs.replace(inquire(ports, visit, known), actor=Actor(as_kind, name=as_kind))
    by_name, withdrawn = await _decide_by_name(ports, visit, inquiry), dict[str, Withdrawn]()
    if by_name.action.refuses_download:
        found, allowed = [by_name], tuple[str, ...]()
    else:
        project = await find_as(ports, visit, named.key, as_kind)
        inquiry, view = project.inquiry, project.source.view
        withdrawn = _withdrawn_files(visit.ecosystem, view)
        decisions = await asyncio.to_thread(decide_listing, inquiry, view)
        allowed = allowed_versions(view, decisions, visit.ecosystem)
        found = _chosen(visit.ecosystem, named, view, decisions) or _unlisted(named, project)
    await ports.decisions.remember(known.repository_id, named.key, found, inquiry.now, allowed)
    noticed = inquiry.knowledge.findings
    judged = [
        _Judged(one, withdrawn.get(one.subject.filename or ""), shown_of_file(noticed, one.subject.filename))
        for one in found
    ]
    return _explained(visit, inquiry, named, judged, allowed)


async def _decide_by_name(ports: Ports, visit: Visit, inquiry: Inquiry) -> Decision:
    """The decision on the name alone; of a name that the asker may not know of, on it as one that nobody has.

    Raises:
        As `admit`: the asker may not know of it, and it is not the name that is refused.
    """
    try:
        admit_reader(visit, inquiry.knowledge, inquiry.now, Operation.EXPLAIN)
    except NotFound:
        named, _ = decide_nowhere(inquiry)
        if named.action.refuses_download:
            return named
        await admit(ports, visit, inquiry.knowledge, Operation.EXPLAIN)
    return decide_name(inquiry)


class _Judged(msgspec.Struct, frozen=True):
    """One decision, and what else is to be said of its subject."""

    decision: Decision
    withdrawn: Withdrawn | None
    findings: tuple[FindingShown, ...]

    def objects(self, *, to_a_release: bool) -> bool:
        """Whether it is shown beside others.

        Of all releases of a project those that were merely withdrawn would push out what rules object to.
        """
        said = bool(self.decision.votes or self.decision.set_aside)
        return said or (to_a_release and bool(self.withdrawn is not None or self.findings))


def _chosen(ecosystem: Ecosystem, named: Named, view: ProjectView, decisions: dict[str, Decision]) -> list[Decision]:
    """Decisions on what the purl names: every file of a release, or of all releases from the newest on."""
    if named.version is None:
        order = newest_first({file.version for file in view.files}, ecosystem)
        rank = {version: place for place, version in enumerate(order)}
        files = sorted(view.files, key=lambda file: rank.get(file.version, len(rank)))
    else:
        files = [file for file in view.files if same_version(named.version, file.version, ecosystem.version_key)]
    return sorted((decisions[file.filename] for file in files), key=lambda one: -one.action)


def _unlisted(named: Named, project: FoundProject) -> list[Decision]:
    """The decision on the project, where that refuses what its index lists no more; as `refuse_unlisted` does.

    Raises:
        NotFound: nothing refuses it: there is no such release.
    """
    view = project.source.view
    if project.known.origin is not Origin.OWN:
        decision = decide_project(project.inquiry, view)
        if decision.action.refuses_download:
            return [decision]
    if named.version is None:
        return []
    raise NotFound(f"{named.purl} does not exist; {named.key.name} has {len(view.files)} files of other versions")


def _withdrawn_files(ecosystem: Ecosystem, view: ProjectView) -> dict[str, Withdrawn]:
    """What the index itself says against files, by file name."""
    found = {}
    for file in view.files:
        said = ecosystem.kept_back(view, file.filename)
        if said is not None:
            found[file.filename] = Withdrawn(said, refused=True)
        elif file.yanked is not None:
            reason = f": {clean(file.yanked)}" if file.yanked else ""
            found[file.filename] = Withdrawn(f"no rule objects to it, but its index has withdrawn it{reason}")
    return found


def _explained(
    visit: Visit,
    inquiry: Inquiry,
    named: Named,
    found: list[_Judged],
    allowed: tuple[str, ...],
) -> Explained:
    objecting = [one for one in found if one.objects(to_a_release=named.version is not None)]
    shown = objecting[:_SHOWN_AT_MOST] or found[:1]
    return Explained(
        purl=named.purl,
        repository=visit.repository.name,
        asked_as=inquiry.actor.kind,
        explanations=tuple(
            show(one.decision, allowed, visit.explain_url(one.decision.id), inquiry.now, one.withdrawn, one.findings)
            for one in shown
        ),
        allowed_count=sum(1 for one in found if not one.decision.action.leaves_listing and one.withdrawn is None),
        not_shown=max(0, len(objecting) - len(shown)),
    )


async def stored(ports: Ports, decision_id: str, actor: Actor) -> Explanation:
    """Explain a decision that was stored when it refused or warned.

    One that was made as of nobody's name is for everybody who may ask for such names, as it was told to somebody who
    may not learn whether this is one.

    Raises:
        NotFound: no such decision, or one about a name that the actor may not know of.
    """
    unknown = NotFound(f"there is no decision {decision_id[:32]}; they are kept for 90 days")
    record = await ports.db.read(stored_decisions.find, decision_id)
    if record is None:
        raise unknown
    repository = await ports.db.read(find_repository_by_id, record.repository_id)
    visit = Visit(actor, repository, ports.ecosystems[record.decision.subject.project.ecosystem], ports.public_url)
    known = await know(ports, visit, record.decision.subject.project)
    if record.decision.as_nobodys:
        known = as_nobodys(known)
    try:
        if known.is_private_name and actor.account is None and not actor.admin:
            raise unknown
        authorise_on(visit, Operation.EXPLAIN, known, ports.clock.now())
    except PratiqueError:
        raise unknown from None
    noticed = shown_of_file(known.findings, record.decision.subject.filename)
    return show(record.decision, record.allowed, visit.explain_url(decision_id), record.last, findings=noticed)


def show(
    decision: Decision,
    allowed: tuple[str, ...] | None,
    url: str,
    at: Instant,
    withdrawn: Withdrawn | None = None,
    findings: tuple[FindingShown, ...] = (),
) -> Explanation:
    """A decision in the form that people read; `allowed` is None where nobody knows what is."""
    meanings = {fact.name: fact.meaning for fact in ALL_FACTS}
    counted = [_vote(vote, None) for vote in decision.votes]
    aside = [_vote(one.vote, one.by) for one in decision.set_aside]
    return Explanation(
        id=decision.id,
        subject=decision.subject.purl,
        filename=decision.subject.filename,
        action=decision.action.word,
        sentence=_sentence(decision, allowed, url, withdrawn),
        votes=tuple(counted + aside),
        waiting=decision.waiting,
        facts=tuple(FactShown(name, meanings.get(name, ""), _read(name, it)) for name, it in decision.facts.items()),
        allowed=(allowed or ())[:KEPT_VERSIONS],
        next_step=next_step(decision, allowed or (), withdrawn),
        at=to_iso(at),
        url=url if is_kept(decision) else "",
        findings=findings,
    )


def _sentence(decision: Decision, allowed: tuple[str, ...] | None, url: str, withdrawn: Withdrawn | None) -> str:
    passes = not decision.action.leaves_listing
    if withdrawn is not None and passes and (withdrawn.refused or decision.action is Action.ALLOW):
        return withdrawn.sentence
    return decision_line(decision, allowed, url) if decision.votes else "nothing objects to it"


def _vote(vote: Vote, set_aside_by: str | None) -> VoteShown:
    until = None if vote.until is None else to_iso(vote.until)
    return VoteShown(vote.rule, vote.action.word, vote.why, until, set_aside_by)


def _read(fact: str, value: Any) -> Any:
    """A fact's value for reading: instants as dates."""
    return to_iso(Instant(value)) if fact in _INSTANTS and isinstance(value, int) else value


def next_step(decision: Decision, allowed: tuple[str, ...], withdrawn: Withdrawn | None = None) -> str:
    """What the reader can do now, in one sentence."""
    vote = decision.vote
    instead = f"take {allowed[0]}, or " if allowed else ""
    if vote is None or not decision.action.leaves_listing:
        if withdrawn is None:
            return "nothing to do: it installs"
        if withdrawn.refused:
            return f"{instead}{_ASK_BEYOND}"
        return f"{instead}keep the lockfile that pins exactly this version: what is withdrawn is served to pins"
    if vote.by_upstream:
        return f"{instead}{_ASK_BEYOND}"
    if not decision.action.refuses_download:
        return f"{instead}keep the lockfile that pins exactly this version: hidden releases are served to pins"
    second = ", and another to confirm it" if any(one.rule in TWO_PEOPLE for one in decision.votes) else ""
    purl = decision.subject.purl
    if decision.action is Action.HOLD and vote.rule == similar_name.NAME and decision.facts.get(NAME_REVIEW.name):
        project = decision.subject.project
        return f"ask an administrator to run `pratique review approve {project.ecosystem} {project.name} --reason ...`"
    if vote.rule == under_review.NAME:
        owners = f"if you publish it, answer with `pratique appeal {purl} --why ...`"
        return f"{instead}ask an administrator to look (`pratique review show {purl}`); {owners}"
    if decision.action is Action.HOLD:
        release = purl if decision.subject.version is not None else f"{purl}@VERSION"
        end = ", or wait for the hold's end" if vote.until is not None else ""
        return f"{instead}ask an administrator to run `pratique approve {release} --reason ...`{second}{end}"
    return f"{instead}ask an administrator to run `pratique waive {vote.rule} {purl} --reason ...`{second}"
