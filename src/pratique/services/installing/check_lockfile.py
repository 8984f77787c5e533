"""What would become of a lockfile: which pins are refused here, unknown, of other bytes, or never asked of us."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any

import msgspec

from pratique.core.actors import Actor, ActorKind, Operation
from pratique.core.artifacts import Digests, FileView, ProjectView
from pratique.core.decisions import Decision
from pratique.core.ecosystem import Ecosystem
from pratique.core.ecosystem_verbs import ReadsLockfiles
from pratique.core.errors import Invalid, NotFound, PratiqueError, TooLarge, UpstreamRefused
from pratique.core.globs import glob_matches
from pratique.core.lockfiles import Leads, LockedFile, Lockfile
from pratique.core.names import ProjectKey
from pratique.core.refused import Refused
from pratique.core.sentences import refusal_line
from pratique.services.advisories.questions import asker_of
from pratique.services.installing.goes_round import GoesRound, goes_round
from pratique.services.judging.find_file import pass_on_refusal
from pratique.services.judging.find_project import find_project
from pratique.services.judging.judge import allowed_versions, decide_listing
from pratique.services.ports import Ports, Visit
from pratique.services.visits import visit_repository
from pratique.trust.permissions import authorise_somewhere

MAX_PINS = 5_000
"""Releases of one lockfile; of Python's, each may have a few dozen files."""

MAX_BYTES = 4 << 20
"""Of a lockfile of any form, by whatever way it comes; some ecosystems read less."""

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
    OTHER_ADDRESS = "other_address"
    UNCLEAR = "unclear"


class PinShown(msgspec.Struct, frozen=True):
    """A pin that would not install, and the sentence that says why.

    Attributes:
        files: how many files of the release this is said of; the sentence is about the first one.
    """

    purl: str
    verdict: Verdict
    sentence: str
    files: int = 1


class LockfileChecked(msgspec.Struct, frozen=True):
    """What a lockfile holds that would not install from here.

    Attributes:
        pins: how many releases were looked at.
        elsewhere: how many more come from other registries, of which nobody was asked.
        goes_round: where clients go past this server for them; nothing of that can be held here.
        mend: the command that has the client write addresses anew; empty where nothing goes round.
        not_from_registry: entries by their names that are git's, a folder's or have an address of their own.
    """

    filename: str
    ecosystem: str
    pins: int
    wrong: tuple[PinShown, ...]
    elsewhere: int = 0
    goes_round: tuple[GoesRound, ...] = ()
    mend: str = ""
    not_from_registry: tuple[str, ...] = ()


def reader_of(ecosystems: Iterable[Ecosystem], filename: str) -> tuple[Ecosystem, ReadsLockfiles]:
    """The ecosystem that has lockfiles of this name. Raises Invalid."""
    known: list[str] = []
    for ecosystem in ecosystems:
        if isinstance(ecosystem, ReadsLockfiles):
            if any(glob_matches(glob, filename) for glob in ecosystem.lockfiles):
                ecosystem.check_lockfile_name(filename)
                return ecosystem, ecosystem
            known += ecosystem.lockfiles
    raise Invalid(f'"{filename[:100]}" is no lockfile that can be read here; there are: {", ".join(sorted(known))}')


def check_length(reader: ReadsLockfiles, filename: str, length: int) -> None:
    """Refuse a lockfile of more bytes than are read. Raises TooLarge."""
    if length > reader.lockfile_bytes:
        raise TooLarge(f"{filename[:100]} has {length} bytes; at most {reader.lockfile_bytes} are read")


async def check_lockfile(ports: Ports, request: CheckLockfile, actor: Actor) -> LockfileChecked:
    """Judge every pin that is asked for here as if it were downloaded now. Nothing is downloaded.

    Pins of other registries are only counted: their names may be private there, and are nobody's business here.

    Raises:
        Invalid: no ecosystem here knows a lockfile of this name, or it cannot be read, or pins too much.
        TooLarge: it has more bytes, or holds more than is read.
        Unauthorised, Forbidden: nobody in particular asks, who could make thousands of requests upstream of one,
            or whoever asks may not read.
        TooManyAtOnce: others are being checked.
        NotFound: there is no such repository.
    """
    authorise_somewhere(actor, Operation.READ, ports.clock.now())
    async with ports.questions.lockfile_slot(asker_of(actor, actor.name)):
        return await _check(ports, request, actor)


async def _check(ports: Ports, request: CheckLockfile, actor: Actor) -> LockfileChecked:
    ecosystem, reader = reader_of(ports.ecosystems.values(), request.filename)
    content = request.content.encode()
    check_length(reader, request.filename, len(content))
    bases = ports.base_urls(request.repository, ecosystem.id)
    sorted_pins = await ports.questions.run(_read, reader, request.filename, content, bases)
    visit = await visit_repository(ports, request.repository, ecosystem.id, actor)
    turns = asyncio.Semaphore(_AT_ONCE)

    async def look(name: str, mine: list[LockedFile]) -> Sequence[PinShown]:
        async with turns:
            return await _look(ports, visit, name, mine, request.as_kind)

    found = await asyncio.gather(*(look(name, mine) for name, mine in sorted_pins.asked.items()))
    return await ports.questions.run(_checked, request.filename, ecosystem, sorted_pins, found)


class _Sorted(msgspec.Struct, frozen=True):
    """A lockfile's pins by where they lead; `asked` by project, of so many releases."""

    lockfile: Lockfile
    asked: dict[str, list[LockedFile]]
    releases: int
    astray: tuple[LockedFile, ...]
    elsewhere: int
    round_us: tuple[GoesRound, ...]


def _read(reader: ReadsLockfiles, filename: str, content: bytes, bases: Sequence[str]) -> _Sorted:
    lockfile = reader.read_lockfile(filename, content)
    by_way: dict[Leads, list[LockedFile]] = {way: [] for way in Leads}
    for pin in lockfile.pins:
        by_way[reader.leads_to(pin, bases)].append(pin)
    asked = _merged((*by_way[Leads.HERE], *by_way[Leads.PUBLIC]))
    releases = len({(pin.name, pin.version) for pin in asked})
    if releases > MAX_PINS:
        raise Invalid(f"{filename} pins {releases} releases, at most {MAX_PINS} are looked at")
    return _Sorted(
        lockfile,
        _by_name(asked),
        releases,
        tuple(by_way[Leads.ASTRAY]),
        len({(pin.name, pin.version) for pin in by_way[Leads.ELSEWHERE]}),
        goes_round(reader, lockfile, bases),
    )


def _checked(
    filename: str, ecosystem: Ecosystem, pins: _Sorted, found: Iterable[Iterable[PinShown]]
) -> LockfileChecked:
    astray = [_astray(ecosystem, pin) for pin in pins.astray]
    return LockfileChecked(
        filename,
        ecosystem.id,
        pins.releases + len(astray),
        _together(pin for some in (astray, *found) for pin in some),
        pins.elsewhere,
        pins.round_us,
        pins.lockfile.mend if pins.round_us else "",
        pins.lockfile.apart,
    )


def _merged(pins: Iterable[LockedFile]) -> list[LockedFile]:
    """Whole releases that stand in several lines, once and with the checksums of all of them."""
    sums: dict[LockedFile, dict[Digests, None]] = {}
    for pin in pins:
        same = msgspec.structs.replace(pin, any_of=()) if pin.any_of else pin
        sums.setdefault(same, {}).update(dict.fromkeys(pin.any_of))
    return [msgspec.structs.replace(pin, any_of=tuple(every)) if every else pin for pin, every in sums.items()]


def _astray(ecosystem: Ecosystem, pin: LockedFile) -> PinShown:
    key = ProjectKey(ecosystem.id, pin.name)
    sentence = f"the lockfile has it fetched from the address of another file than {pin.filename}"
    return PinShown(key.purl(pin.version), Verdict.OTHER_ADDRESS, sentence)


def _together(wrong: Iterable[PinShown]) -> tuple[PinShown, ...]:
    """One of each release and verdict, the first: what is wrong with forty wheels is said once."""
    first: dict[tuple[str, Verdict], PinShown] = {}
    files: dict[tuple[str, Verdict], int] = {}
    for one in wrong:
        key = (one.purl, one.verdict)
        first.setdefault(key, one)
        files[key] = files.get(key, 0) + one.files
    return tuple(msgspec.structs.replace(one, files=files[key]) for key, one in first.items())


def _by_name(pins: Iterable[LockedFile]) -> dict[str, list[LockedFile]]:
    names: dict[str, list[LockedFile]] = {}
    for pin in pins:
        names.setdefault(pin.name, []).append(pin)
    return names


async def _look(ports: Ports, visit: Visit, name: str, pins: list[LockedFile], kind: ActorKind) -> Sequence[PinShown]:
    """The pins of one project that would not install. What grows with their number is the audits' thread's."""
    key = visit.key(name)
    try:
        found = await find_project(ports, visit, key)
    except PratiqueError as error:
        verdict, sentence = _of_all(error)
        return await ports.questions.run(_all_alike, key, pins, verdict, sentence)
    inquiry = msgspec.structs.replace(found.inquiry, actor=Actor(kind, name=kind))
    view = found.source.view
    decisions = await asyncio.to_thread(decide_listing, inquiry, view)
    judging = await ports.questions.run(_judging, visit, view, decisions)
    shown, judged = await ports.questions.run(judging.judge_all, pins)
    await ports.decisions.remember(visit.repository.id, key, judged, inquiry.now, judging.allowed)
    return shown


def _of_all(error: PratiqueError) -> tuple[Verdict, str]:
    """What is wrong with every pin of a project that cannot be had."""
    if isinstance(error, Refused):
        return Verdict.REFUSED, refusal_line(error.decision, error.allowed, error.url)
    if isinstance(error, UpstreamRefused):
        return Verdict.REFUSED, str(error)
    return (Verdict.UNKNOWN if isinstance(error, NotFound) else Verdict.UNCLEAR), str(error)


def _all_alike(key: ProjectKey, pins: Iterable[LockedFile], verdict: Verdict, sentence: str) -> list[PinShown]:
    versions = Counter(pin.version for pin in pins)
    return [PinShown(key.purl(version), verdict, sentence, files) for version, files in versions.items()]


def _judging(visit: Visit, view: ProjectView, decisions: Mapping[str, Decision]) -> _Judging:
    files = {file.filename: file for file in view.files}
    allowed = allowed_versions(view, decisions, visit.ecosystem)
    return _Judging(visit, view, decisions, allowed, files, _releases(visit, view))


class _Judging(msgspec.Struct, frozen=True):
    """One project, decided upon, to hold pins against."""

    visit: Visit
    view: ProjectView
    decisions: Mapping[str, Decision]
    allowed: tuple[str, ...]
    files: Mapping[str, FileView]
    releases: Mapping[Any, list[FileView]]

    def judge_all(self, pins: Iterable[LockedFile]) -> tuple[Sequence[PinShown], list[Decision]]:
        """Those that would not install, and the decisions about all of their files, each once."""
        asked = list(pins)
        shown = _together(wrong for pin in asked if (wrong := self.judge(pin)) is not None)
        names = {file.filename: None for pin in asked for file in self.meant(pin)}
        return shown, [self.decisions[filename] for filename in names]

    def meant(self, pin: LockedFile) -> list[FileView]:
        """The files that a pin is about."""
        if pin.filename:
            return [self.files[pin.filename]] if pin.filename in self.files else []
        return self.releases.get(self.visit.ecosystem.version_key(pin.version), [])

    def judge(self, pin: LockedFile) -> PinShown | None:
        """The pin if its download would be refused, or bring nothing or other bytes."""
        if pin.filename:
            return self._judge_file(pin, pin.filename, pin.digests)
        return self._judge_release(pin)

    def _judge_release(self, pin: LockedFile) -> PinShown | None:
        """A release installs if one of its files does that the lockfile lets in: which one is up to the client."""
        files = self.meant(pin)
        if not files:
            sentence = f"{self.view.key.name} has no release {pin.version} here"
            return PinShown(self.view.key.purl(pin.version), Verdict.UNKNOWN, sentence)
        let_in = _let_in(pin.any_of, files)
        if not let_in:
            sentence = "no file that is here has a checksum of the lockfile's"
            return PinShown(self.view.key.purl(pin.version), Verdict.OTHER_BYTES, sentence)
        found = [self._judge_file(pin, file.filename, pin.digests) for file in let_in]
        return None if None in found else found[0]

    def _judge_file(self, pin: LockedFile, filename: str, digests: Digests) -> PinShown | None:
        """Asked in a download's order."""
        file, purl = self.files.get(filename), self.view.key.purl(pin.version)
        try:
            pass_on_refusal(self.visit, self.view, filename)
        except UpstreamRefused as error:
            return PinShown(purl, Verdict.REFUSED, str(error))
        if file is None:
            return PinShown(purl, Verdict.UNKNOWN, f"{self.view.key.name} has no file {filename} here")
        decision = self.decisions[filename]
        if decision.action.refuses_download:
            line = refusal_line(decision, self.allowed, self.visit.explain_url(decision.id))
            return PinShown(purl, Verdict.REFUSED, line)
        if digests.conflicts(file.digests):
            return PinShown(purl, Verdict.OTHER_BYTES, f"{filename} is here with another checksum than the lockfile's")
        return None


def _releases(visit: Visit, view: ProjectView) -> dict[Any, list[FileView]]:
    """Files by version, for lockfiles that name none: `1.0` is `1.0.0`."""
    found: dict[Any, list[FileView]] = {}
    for file in view.files:
        with contextlib.suppress(ValueError):
            found.setdefault(visit.ecosystem.version_key(file.version), []).append(file)
    return found


def _let_in(any_of: Iterable[Digests], files: list[FileView]) -> list[FileView]:
    """Files that may be one of these: nothing speaks against one whose index states another kind of checksum."""
    stated: dict[str, set[str]] = {}
    for one in any_of:
        for kind in Digests.__struct_fields__:
            if value := getattr(one, kind):
                stated.setdefault(kind, set()).add(value.lower())
    if not stated:
        return files

    def may_be(file: FileView) -> bool:
        theirs = {kind: getattr(file.digests, kind) for kind in stated}
        return any(not value or value.lower() in stated[kind] for kind, value in theirs.items())

    return [file for file in files if may_be(file)]
