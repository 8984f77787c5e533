"""What goes on all the time: people publish, govern and install through every node, and each answer is judged."""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import random
from collections.abc import Awaitable, Callable, Sequence

from bench.faulting.asking import UNFINISHED, Answer, Client, listed, offered, places
from bench.faulting.ledger import LISTED_WITHIN, REFUSED_WITHIN, Change, Ledger, Release
from bench.faulting.origin import OLD, YOUNG, Origin, content_of
from bench.faulting.people import People

ECOSYSTEMS = ("npm", "pypi", "cargo")
PROJECTS = 8
"""Own projects of each ecosystem."""

_DECIDED = (403, 404, 451)
_CANNOT_ASK = b"no upstream could be asked"
"""Whether a new name exists upstream decides whether it may become ours; nobody guesses."""

_OUT_OF_REACH = (UNFINISHED, 429, 500, 502, 503, 504)


class Load:
    """Everybody at work on all nodes."""

    def __init__(self, clients: Sequence[Client], people: People, origin: Origin, ledger: Ledger, seed: int) -> None:
        self._clients, self._people, self._origin, self._ledger = clients, people, origin, ledger
        self._chance = random.Random(seed)
        self._numbers = itertools.count(1)
        self._own: list[Release] = []
        self._foreign: list[Release] = []
        self._stored: list[Release] = []  # of the upstream too, and nobody governs them
        self._held: list[Release] = []
        self._tasks: list[asyncio.Task[None]] = []
        self.upstream_alone_since: float | None = None
        """Since when the upstream is away and nothing else is wrong, so that what is stored here has to be served."""

        self.room = True
        """There is room for what is fetched; what is fetched without is passed on and not stored."""

    def start(self) -> None:
        """Let everybody begin."""
        work: list[tuple[Callable[[], Awaitable[None]], int, float]] = [
            (self._publish, 2, 0.15),
            (self._govern, 2, 0.15),
            (self._read, 3, 0.02),
            (self._install_cold, 1, 0.2),
            (self._install_stored, 1, 0.1),
            (self._ask_for_held, 1, 0.3),
            (self._pry, 1, 0.3),
            (self._end_a_token, 1, 1.5),
        ]
        for what, how_many, pause in work:
            self._tasks += [asyncio.create_task(self._again_and_again(what, pause)) for _ in range(how_many)]

    async def stop(self) -> None:
        """Let everybody finish what they do."""
        self._stopping = True
        await asyncio.gather(*self._tasks)

    _stopping = False

    async def _again_and_again(self, what: Callable[[], Awaitable[None]], pause: float) -> None:
        while not self._stopping:
            await what()
            await asyncio.sleep(pause * self._chance.uniform(0.5, 1.5))

    def _client(self) -> Client:
        return self._chance.choice(self._clients)

    # Publishing

    async def _publish(self) -> None:
        ecosystem, project = self._chance.choice(ECOSYSTEMS), self._chance.randrange(PROJECTS)
        await self.publish(self._client(), ecosystem, f"own-{ecosystem}-{project}", f"1.0.{next(self._numbers)}")

    async def publish(self, client: Client, ecosystem: str, name: str, version: str) -> Release:
        """Publish one release once; whether that was acknowledged is in what is returned."""
        content = content_of(ecosystem, name, version)
        release = _release(ecosystem, name, version, content, own=True)
        change = Change("published", asyncio.get_running_loop().time())
        release.changes.append(change)
        self._ledger.releases.append(release)
        answer = await client.publish(ecosystem, name, version, content, self._people.publisher)
        self._count("publish", client, release, answer)
        if answer.status in (200, 201):
            self._ledger.acknowledge(change)
            self._own.append(release)
        elif answer.status not in _OUT_OF_REACH and answer.status != 409 and _CANNOT_ASK not in answer.body:
            self._ledger.is_lost(f"publishing {release.purl} was refused: {answer.status} {answer.body[:300]!r}")
        return release

    # Governing

    async def _govern(self) -> None:
        release = self._pick([*self._own, *self._foreign[-40:]])
        if release is None or release.busy:
            return
        release.busy = True
        try:
            await self._change(release)
        finally:
            release.busy = False

    async def _change(self, release: Release) -> None:
        revoked, what = release.stands("revoked", "unrevoked"), self._chance.random()
        if revoked or (revoked is None and what < 0.5):
            await self._verb(release, "unrevoke", "unrevoked")
        elif revoked is None or what < 0.5 or not release.own:
            await self._verb(release, "revoke", "revoked", reason="the bench takes it back")
        elif release.ecosystem == "npm":
            message = "" if release.stands("deprecated", "undeprecated") else "use another one"
            await self._verb(release, "deprecate", "deprecated" if message else "undeprecated", message=message)
        elif release.stands("yanked", "unyanked"):
            await self._verb(release, "unyank", "unyanked")
        else:
            await self._verb(release, "yank", "yanked", reason="broken")

    async def _verb(self, release: Release, verb: str, kind: str, **fields: str) -> None:
        """One change; it counts as in force too if it is found to be so already, as an earlier try may have been."""
        client = self._client()
        change = Change(kind, asyncio.get_running_loop().time())
        release.changes.append(change)
        answer = await client.verb(verb, self._people.admin, purl=release.purl, **fields)
        self._count(verb, client, release, answer)
        if answer.status == 200:
            self._ledger.acknowledge(change, answer.json().get("event"))
            if answer.json().get("changed") in (False, []):
                change.kind = f"{kind} before"  # it leaves no event
                release.changes.append(Change(kind, change.began, change.acknowledged, "before"))
        elif answer.status in (404, 409):
            change.acknowledged, change.event = answer.answered, "before"
        elif answer.status in _DECIDED or answer.status == 400:
            release.changes.remove(change)
            self._ledger.is_lost(f"{verb} {release.purl}: {answer.status} {answer.body[:300]!r}")

    async def _end_a_token(self) -> None:
        release = self._pick(self._own)
        if release is None or not self._people.spare:
            return
        secret, number = self._people.spare.pop()
        before = await self._client().get(release.ecosystem, release.path, secret)
        if before.status == 200:
            self._ledger.downloaded(release, secret, "")
        client = self._client()
        answer = await client.verb("token revoke", self._people.admin, id=number)
        self._count("token revoke", client, release, answer)
        if answer.status != 200:
            return
        self._ledger.acknowledged += 1
        await asyncio.sleep(REFUSED_WITHIN + 0.05)
        for client in self._clients:
            after = await client.get(release.ecosystem, release.path, secret)
            self._count("with a revoked token", client, release, after)
            if after.status in (200, 404):
                self._ledger.is_wrong(f"{client.node.name} answered {after.status} to a token revoked a second before")

    # Installing

    async def _read(self) -> None:
        release = self._pick([*self._own[-60:], *self._own, *self._foreign, *self._stored])
        if release is not None:
            client = self._client()
            if self._chance.random() < 0.4:
                await self.list_project(client, release)
            else:
                await self.download(client, release)

    async def _install_cold(self) -> None:
        ecosystem = self._chance.choice(ECOSYSTEMS)
        name = f"far-{ecosystem}-{next(self._numbers)}"
        release = self._foreign_release(ecosystem, name, days=OLD)
        for client in self._clients:
            if (await self.download(client, release)).status == 200:
                (self._stored if self.room and self._chance.random() < 0.5 else self._foreign).append(release)
                return

    async def _install_stored(self) -> None:
        release = self._pick(self._stored)
        if release is not None:
            client = self._client()
            await self.list_project(client, release)
            await self.download(client, release)

    async def _ask_for_held(self) -> None:
        """What is too young is refused until somebody approves, and then served."""
        if not self._held or self._chance.random() < 0.2:
            ecosystem = self._chance.choice(ECOSYSTEMS)
            release = self._foreign_release(ecosystem, f"young-{ecosystem}-{next(self._numbers)}", days=YOUNG)
            release.held = True
            self._held = [*self._held[-20:], release]
        release = self._chance.choice(self._held)
        await self.download(self._client(), release)
        await self.list_project(self._client(), release)
        if self._chance.random() < 0.15 and not release.busy:
            release.busy = True
            change = Change("waived", asyncio.get_running_loop().time())
            release.changes.append(change)
            client = self._client()
            answer = await client.verb("approve", self._people.admin, purl=release.purl, reason="read it")
            self._count("approve", client, release, answer)
            if answer.status == 200:
                self._ledger.acknowledge(change)
                self._held.remove(release)
            elif answer.status not in (*_OUT_OF_REACH, 404, 409):
                self._ledger.is_lost(f"approve {release.purl}: {answer.status} {answer.body[:300]!r}")
            release.busy = False

    async def _pry(self) -> None:
        """A stranger asks for what is not theirs."""
        release = self._pick(self._own)
        if release is None:
            return
        client = self._client()
        for path in (release.path, release.listing):
            answer = await client.get(release.ecosystem, path, self._people.stranger)
            if answer.status not in (404, *_OUT_OF_REACH):
                self._ledger.is_wrong(f"{client.node.name} told a stranger of {release.purl}: {answer.status}")

    # Judging answers

    async def download(self, client: Client, release: Release) -> Answer:
        """Fetch a file and judge what comes."""
        token = self._people.publisher
        answer = await client.get(release.ecosystem, release.path, token)
        self._count("download", client, release, answer)
        where = f"{release.purl} from {client.node.name}"
        if answer.status == 200:
            self._ledger.downloaded(release, token, client.node.name)
            if answer.sha256 != release.sha256:
                self._ledger.is_wrong(f"{where}: {len(answer.body)} bytes that are not its")
            if release.must_be_refused(answer.asked, answer.answered, REFUSED_WITHIN):
                self._ledger.is_wrong(f"{where}: served although it is refused: {release.changes[-3:]}")
        elif answer.status == 404 and release.must_be_there(answer.asked, REFUSED_WITHIN):
            self._ledger.is_lost(f"{where}: 404 {answer.body[:200]!r}")
        self._check_cached(release, answer, where)
        return answer

    def _check_cached(self, release: Release, answer: Answer, where: str) -> None:
        since = self.upstream_alone_since
        if since is None or answer.asked < since or release not in self._stored:
            return
        self._ledger.waited_without_upstream.append(answer.answered - answer.asked)
        if answer.status in _OUT_OF_REACH:
            self._ledger.does_not_recover(
                f"{where} is stored here, only the upstream is away, and the answer is {answer.status} "
                f"{answer.reason} {answer.body[:200]!r} after {answer.answered - answer.asked:.1f} s"
            )

    async def list_project(self, client: Client, release: Release) -> bool:
        """Fetch a listing and judge it; whether the release is offered."""
        return self.judge_listing(client, release, await self.listing(client, release))

    async def listing(self, client: Client, release: Release) -> Answer:
        """Fetch the listing of a release's project."""
        answer = await client.get(release.ecosystem, release.listing, self._people.publisher)
        self._count("list", client, release, answer)
        return answer

    def judge_listing(self, client: Client, release: Release, answer: Answer) -> bool:
        """Hold a listing against what has to be true of one release; whether it is offered."""
        where = f"{release.purl} at {client.node.name}"
        self._check_cached(release, answer, where)
        if answer.status == 404 and release.must_be_there(answer.asked, LISTED_WITHIN):
            self._ledger.is_lost(f"{where}: the project is gone: {answer.body[:200]!r}")
        if answer.status != 200:
            return False
        shown, taken = listed(release.ecosystem, answer), offered(release.ecosystem, answer)
        if release.version in taken and release.must_be_refused(answer.asked, answer.answered, LISTED_WITHIN):
            self._ledger.is_wrong(f"{where} is offered although it is refused")
        never_revoked = not any(one.kind == "revoked" for one in release.changes)
        there = release.must_be_there(answer.asked, LISTED_WITHIN)
        if there and never_revoked and release.version not in shown:
            self._ledger.is_lost(f"{where} is not listed")
        return release.version in taken

    def _foreign_release(self, ecosystem: str, name: str, *, days: float) -> Release:
        made = self._origin.make(ecosystem, name, days=days)
        release = _release(ecosystem, name, "1.0.0", made.content, own=False)
        self._ledger.releases.append(release)
        return release

    def _pick(self, among: Sequence[Release]) -> Release | None:
        return self._chance.choice(among) if among else None

    def _count(self, what: str, client: Client, release: Release, answer: Answer) -> None:
        self._ledger.answers[f"{what} {answer.status}"] += 1
        if answer.status in _OUT_OF_REACH or what not in ("download", "list"):
            said = answer.reason if answer.status in _OUT_OF_REACH else ""
            took = answer.answered - answer.asked
            self._ledger.note(f"{what} {release.purl} at {client.node.name}: {answer.status} {said} ({took:.2f} s)")


def _release(ecosystem: str, name: str, version: str, content: bytes, *, own: bool) -> Release:
    path, listing = places(ecosystem, name, version)
    return Release(ecosystem, name, version, path, listing, hashlib.sha256(content).hexdigest(), own)
