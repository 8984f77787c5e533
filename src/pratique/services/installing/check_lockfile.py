"""What would become of a lockfile: which of its pins are refused here, which are unknown, which name other bytes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import cast

import msgspec

from pratique.core.actors import Actor, ActorKind, Operation
from pratique.core.artifacts import LockedFile, ProjectView
from pratique.core.decisions import Decision
from pratique.core.ecosystem import Ecosystem
from pratique.core.ecosystem_verbs import ReadsLockfiles
from pratique.core.errors import Invalid, NotFound, PratiqueError, TooLarge, UpstreamRefused
from pratique.core.refused import Refused
from pratique.core.sentences import refusal_line
from pratique.services.advisories.questions import asker_of
from pratique.services.judging.find_file import pass_on_refusal
from pratique.services.judging.find_project import find_project
from pratique.services.judging.judge import allowed_versions, decide_listing
from pratique.services.ports import Ports, Visit
from pratique.services.visits import visit_repository
from pratique.trust.permissions import authorise_somewhere

MAX_PINS = 5_000
MAX_BYTES = 1 << 20
"""Of a lockfile of any form, by whatever way it comes."""

MAX_REQUEST = 2 * MAX_BYTES + (64 << 10)
"""Of the request that carries it: JSON writes each quote and each end of line as two bytes."""

_AT_ONCE = 8


class CheckLockfile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Ask what would become of a lockfile.

    Attributes:
        filename: its last path segment, which tells its form.
        content: all of it.
        as_kind: for which kind of actor it is judged.
    """

    filename: str
    content: str
    as_kind: ActorKind = ActorKind.USER
    repository: str = "main"


class Verdict(StrEnum):
    """What is wrong with a pin."""

    REFUSED = "refused"
    UNKNOWN = "unknown"
    OTHER_BYTES = "other_bytes"
    UNCLEAR = "unclear"


class PinShown(msgspec.Struct, frozen=True):
    """A pin that would not install, and the sentence that says why."""

    purl: str
    verdict: Verdict
    sentence: str


class LockfileChecked(msgspec.Struct, frozen=True):
    """Those pins that would not install.

    Attributes:
        pins: how many were looked at.
        elsewhere: how many more come from other registries, of which nobody was asked.
    """

    filename: str
    ecosystem: str
    pins: int
    wrong: tuple[PinShown, ...]
    elsewhere: int = 0


def check_length(filename: str, length: int) -> None:
    """Refuse a lockfile of more bytes than are read. Raises TooLarge."""
    if length > MAX_BYTES:
        raise TooLarge(f"{filename[:100]} has {length} bytes; at most {MAX_BYTES} are read")


async def check_lockfile(ports: Ports, request: CheckLockfile, actor: Actor) -> LockfileChecked:
    """Judge every pin that is asked for here as if it were downloaded now. Nothing is downloaded.

    Pins of other registries are only counted: their names may be private there, and are nobody's business here.

    Raises:
        Invalid: no ecosystem here knows a lockfile of this name, or it cannot be read, or pins too much.
        TooLarge: it is over `MAX_BYTES`, or holds more than is read.
        Unauthorised, Forbidden: nobody in particular asks, who could make thousands of requests upstream of one,
            or whoever asks may not read.
        TooManyAtOnce: others are being checked.
        NotFound: there is no such repository.
    """
    authorise_somewhere(actor, Operation.READ, ports.clock.now())
    async with ports.questions.lockfile_slot(asker_of(actor, actor.name)):
        return await _check(ports, request, actor)


async def _check(ports: Ports, request: CheckLockfile, actor: Actor) -> LockfileChecked:
    ecosystem = _ecosystem_of(ports.ecosystems, request.filename)
    reader = cast("ReadsLockfiles", ecosystem)
    content = request.content.encode()
    check_length(request.filename, len(content))
    bases = ports.base_urls(request.repository, ecosystem.id)
    locked, pins = await ports.questions.run(_read, reader, content, bases)
    if len(pins) > MAX_PINS:
        raise Invalid(f"{request.filename} pins {len(pins)} files, at most {MAX_PINS} are looked at")
    visit = await visit_repository(ports, request.repository, ecosystem.id, actor)
    turns = asyncio.Semaphore(_AT_ONCE)

    async def look(name: str, mine: list[LockedFile]) -> list[PinShown]:
        async with turns:
            return await _look(ports, visit, name, mine, request.as_kind)

    found = await asyncio.gather(*(look(name, mine) for name, mine in _by_name(pins).items()))
    wrong = tuple(pin for some in found for pin in some)
    return LockfileChecked(request.filename, ecosystem.id, len(pins), wrong, len(locked) - len(pins))


def _read(
    reader: ReadsLockfiles, content: bytes, bases: Sequence[str]
) -> tuple[tuple[LockedFile, ...], list[LockedFile]]:
    """All pins, and those that are asked for here."""
    locked = reader.read_lockfile(content)
    return locked, [pin for pin in locked if reader.is_asked_of(pin, bases)]


def _ecosystem_of(ecosystems: Mapping[str, Ecosystem], filename: str) -> Ecosystem:
    known: list[str] = []
    for ecosystem in ecosystems.values():
        if isinstance(ecosystem, ReadsLockfiles):
            if filename in ecosystem.lockfiles:
                return ecosystem
            known += ecosystem.lockfiles
    raise Invalid(f'"{filename[:100]}" is no lockfile that can be read here; there are: {", ".join(sorted(known))}')


def _by_name(pins: Iterable[LockedFile]) -> dict[str, list[LockedFile]]:
    names: dict[str, list[LockedFile]] = {}
    for pin in pins:
        names.setdefault(pin.name, []).append(pin)
    return names


async def _look(ports: Ports, visit: Visit, name: str, pins: list[LockedFile], kind: ActorKind) -> list[PinShown]:
    """The pins of one project that would not install."""
    key = visit.key(name)
    try:
        found = await find_project(ports, visit, key)
    except Refused as refused:
        line = refusal_line(refused.decision, refused.allowed, refused.url)
        return [PinShown(key.purl(pin.version), Verdict.REFUSED, line) for pin in pins]
    except UpstreamRefused as error:
        return [PinShown(key.purl(pin.version), Verdict.REFUSED, str(error)) for pin in pins]
    except NotFound as error:
        return [PinShown(key.purl(pin.version), Verdict.UNKNOWN, str(error)) for pin in pins]
    except PratiqueError as error:
        return [PinShown(key.purl(pin.version), Verdict.UNCLEAR, str(error)) for pin in pins]
    inquiry = msgspec.structs.replace(found.inquiry, actor=Actor(kind, name=kind))
    view = found.source.view
    decisions = await asyncio.to_thread(decide_listing, inquiry, view)
    allowed = allowed_versions(view, decisions, visit.ecosystem)
    shown = [wrong for pin in pins if (wrong := _judge(visit, view, decisions, allowed, pin)) is not None]
    judged = [decisions[pin.filename] for pin in pins if pin.filename in decisions]
    await ports.decisions.remember(visit.repository.id, key, judged, inquiry.now, allowed)
    return shown


def _judge(
    visit: Visit, view: ProjectView, decisions: Mapping[str, Decision], allowed: tuple[str, ...], pin: LockedFile
) -> PinShown | None:
    """The pin if its download would be refused, or bring nothing or other bytes: asked in a download's order."""
    file, purl = view.file(pin.filename), view.key.purl(pin.version)
    try:
        pass_on_refusal(visit, view, pin.filename)
    except UpstreamRefused as error:
        return PinShown(purl, Verdict.REFUSED, str(error))
    if file is None:
        return PinShown(purl, Verdict.UNKNOWN, f"{view.key.name} has no file {pin.filename} here")
    decision = decisions[pin.filename]
    if decision.action.refuses_download:
        return PinShown(purl, Verdict.REFUSED, refusal_line(decision, allowed, visit.explain_url(decision.id)))
    if pin.digests.conflicts(file.digests):
        return PinShown(purl, Verdict.OTHER_BYTES, f"{pin.filename} is here with another checksum than the lockfile's")
    return None
