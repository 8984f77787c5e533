"""The last look: everything acknowledged against the database, the folder of files, and what each node says."""

from __future__ import annotations

import asyncio
import re
import time
from collections import Counter
from collections.abc import Sequence

from bench.faulting.asking import Answer, Client
from bench.faulting.deployment import Deployment
from bench.faulting.ledger import Ledger, Release
from bench.faulting.load import Load
from bench.faulting.people import People

from pratique.jobs.names import job_of
from pratique.services.upkeep.compare_fetched import COMPARE_JOB

JOBS_END_WITHIN = 240.0
"""Seconds after the last fault in which every promised job has to end."""

UNRECORDED_BEFORE_KILL = 2.0
"""Seconds before a kill from which downloads may be missing: one that waits to be written, and the database's last
commits of what need not be durable."""

_AT_ONCE = 6
_GOES_ON = ("PENDING", "ENQUEUED", "DELAYED")

_EVENTS_OF_CHANGES = ("published", "revoked", "unrevoked", "yanked", "unyanked", "deprecated", "undeprecated", "waived")


class Inspection:
    """Looks once nothing is wrong any more and nobody asks for anything."""

    def __init__(
        self, deployment: Deployment, clients: Sequence[Client], load: Load, people: People, ledger: Ledger
    ) -> None:
        self._deployment, self._clients, self._load = deployment, clients, load
        self._people, self._ledger = people, ledger
        self.figures: dict[str, float] = {}

    async def look(self) -> None:
        """All of it; what is wrong goes to the ledger."""
        await self._jobs()
        self._events()
        await self._blobs()
        await self._ask_again()
        await asyncio.sleep(1.5)  # downloads are written twice a second
        self._downloads()

    def _rows(self, statement: str) -> list[tuple[str, ...]]:
        return [tuple(row) for row in self._deployment.database.do(statement, self._deployment.database_name)]

    async def _jobs(self) -> None:
        """Every publication promised a job of its event's id; all have to have ended well."""
        question = "SELECT status, count(*) FROM dbos.workflow_status GROUP BY status"
        began = time.monotonic()
        while True:
            states = {status: int(count) for status, count in self._rows(question)}
            if not states.keys() & set(_GOES_ON):
                break
            if time.monotonic() - began > JOBS_END_WITHIN:
                self._ledger.is_lost(f"jobs do not end: {states}")
                break
            await asyncio.sleep(0.5)
        self.figures["jobs"] = sum(states.values())
        self._failed_jobs()
        unknown = self._rows(
            "SELECT subject FROM event WHERE kind = 'published' AND id NOT IN (SELECT workflow_uuid FROM "
            "dbos.workflow_status)"
        )
        for (subject,) in unknown:
            self._ledger.is_lost(f"the job that the publication of {subject} promised is unknown")

    def _failed_jobs(self) -> None:
        """Of a job that was tried again the last try counts; what comes round each minute does so after a failure."""
        last: dict[str, tuple[int, str, str]] = {}
        for number, name, status in self._rows("SELECT workflow_uuid, name, status FROM dbos.workflow_status"):
            job, attempt = job_of(number)
            last[job] = max(last.get(job, (0, "", "")), (attempt, name, status))
        self.figures["attempts_of_jobs_that_failed"] = sum(attempt - 1 for attempt, _, _ in last.values())
        for job, (attempt, name, status) in last.items():
            if status not in _GOES_ON and status != "SUCCESS" and name != COMPARE_JOB:
                self._ledger.is_lost(f"job {name} {job} ended as {status} after {attempt} attempts")

    def _events(self) -> None:
        """One event for each acknowledged change, and none but those of changes that somebody tried."""
        rows = self._rows("SELECT id, kind, subject FROM event")
        self.figures["events"] = len(rows)
        ids = {number for number, _, _ in rows}
        there = Counter((kind, subject) for _, kind, subject in rows if kind in _EVENTS_OF_CHANGES)
        for release in self._ledger.releases:
            for kind in _EVENTS_OF_CHANGES:
                tried = [one for one in release.changes if one.kind == kind and one.event != "before"]
                sure = sum(one.acknowledged is not None for one in tried)
                count = there.get((kind, release.purl), 0)
                if not sure <= count <= len(tried):
                    self._ledger.is_lost(
                        f"{count} events {kind} of {release.purl}; {sure} acknowledged, {len(tried)} tried"
                    )
            for change in release.changes:
                if change.event not in (None, "before") and change.event not in ids:
                    self._ledger.is_lost(f"event {change.event}, {change.kind} {release.purl}")

    async def _blobs(self) -> None:
        """Every file is what its name says, and every recorded file is there."""
        # First, as what is recorded was stored before. What a full store could not keep is recorded as being elsewhere.
        recorded = self._rows("SELECT sha256 FROM blob WHERE to_jsonb(blob) ->> 'place' IS NULL")
        found = await asyncio.to_thread(self._deployment.stored)
        for name, sha256 in found.items():
            if not re.fullmatch("[0-9a-f]{64}", name) or sha256 != name:
                self._ledger.is_lost(f"the stored file {name} holds {sha256}")
        self.figures["blobs"] = len(found)
        for (sha256,) in recorded:
            if sha256 not in found:
                files = self._rows(f"SELECT version, filename, sight FROM file WHERE sha256 = '{sha256}'")
                self._ledger.is_lost(f"the recorded file {sha256} of {files} is not stored")

    async def _ask_again(self) -> None:
        """Each file from one node after the other, and each listing of ours from all of them."""
        turns = asyncio.Semaphore(_AT_ONCE)
        listings: dict[tuple[str, str], asyncio.Task[Answer]] = {}

        async def look_at(number: int, release: Release) -> None:
            mine = self._clients[number % len(self._clients)]
            async with turns:
                answer = await self._load.download(mine, release)
            for client in self._clients if release.own else [mine]:
                place = (client.node.name, release.listing)
                if place not in listings:
                    listings[place] = asyncio.create_task(self._load.listing(client, release))
                offered = self._load.judge_listing(client, release, await listings[place])
                self._hold_against(client, release, answer, offered=offered)

        await asyncio.gather(*(look_at(*one) for one in enumerate(self._ledger.releases)))

    def _hold_against(self, client: Client, release: Release, answer: Answer, *, offered: bool) -> None:
        """What is live is served and listed, and what is revoked is neither."""
        revoked, served = release.stands("revoked", "unrevoked"), answer.status == 200
        approved = not release.held or release.last("waived") is not None
        spoilt = not release.own and b"digest_mismatch" in answer.body
        self.figures["refused_for_wrong_bytes"] = self.figures.get("refused_for_wrong_bytes", 0) + spoilt
        live = revoked is False and approved and not spoilt and (release.published is not None or not release.own)
        if live and not served:
            why = f"{answer.status} {answer.reason}\n{release.changes}"
            self._ledger.is_lost(f"{release.purl} is live, and {client.node.name} does not serve it: {why}")
        yanked = release.stands("yanked", "unyanked")
        if live and yanked is False and not offered:
            self._ledger.is_lost(f"{release.purl} is live, and {client.node.name} does not offer it")
        if revoked and (served or offered):
            self._ledger.is_wrong(f"{release.purl} is revoked, and {client.node.name} serves or offers it")
        if release.published is not None and yanked and offered:
            self._ledger.is_lost(f"{release.purl} is yanked, and {client.node.name} offers it")

    def _downloads(self) -> None:
        """Each file that was answered whole is in the record, but for the last moment before a kill."""
        rows = self._rows("SELECT ecosystem, name, version, token_id, count(*) FROM download GROUP BY 1, 2, 3, 4")
        recorded = {(f"pkg:{row[0]}/{row[1]}@{row[2]}", row[3]): int(row[4]) for row in rows}
        excused = unexcused = 0
        for (purl, token), answered in self._ledger.downloads.items():
            missing = len(answered) - recorded.get((purl, self._people.ids[token]), 0)
            if missing <= 0:
                continue
            near = sum(self._before_a_kill(*one) for one in answered)
            excused += min(missing, near)
            if missing > near:
                unexcused += missing - near
                self._ledger.is_lost(f"{missing} downloads of {purl} are in no record, {near} of them before a kill")
        self.figures |= {
            "downloads": sum(map(len, self._ledger.downloads.values())),
            "downloads_unrecorded_before_a_kill": excused,
            "downloads_unrecorded": unexcused,
        }

    def _before_a_kill(self, when: float, node: str) -> bool:
        return any(
            when - 0.5 <= at <= when + UNRECORDED_BEFORE_KILL and (not node or where in ("", node))
            for at, where in self._ledger.kills
        )
