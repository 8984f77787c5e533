"""One run: build the deployment, start the load, harm it in bursts, let it recover, look at everything."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bench.faulting.asking import Client
from bench.faulting.deployment import Deployment
from bench.faulting.harm import Fault, Harm
from bench.faulting.inspection import Inspection
from bench.faulting.ledger import Ledger
from bench.faulting.load import ECOSYSTEMS, Load
from bench.faulting.origin import Origin
from bench.faulting.people import make_people

RECOVERS_WITHIN = 60.0
"""Seconds after the last fault of a burst in which every node has to work again."""

SPARE_TOKENS = 400
_CANARY_PAUSE = 0.1
_ONLY_UPSTREAM = 0.15
"""Share of bursts in which nothing but the upstream goes wrong: then all that is stored here has to be served."""


@dataclass(frozen=True)
class Course:
    """What to do.

    Attributes:
        faults: how many.
        seed: of all chances.
        nodes: how many servers.
        minutes: no burst begins after that.
        only: part of the name of the kinds to do; empty for all.
        in_bucket: whether the files of packages are in an object store.
    """

    faults: int
    seed: int
    nodes: int = 2
    minutes: float = 30
    only: str = ""
    in_bucket: bool = False


async def run(
    folder: Path, course: Course, *, apart: bool, say: Callable[[str], None]
) -> tuple[dict[str, float], list[str]]:
    """Do all of it; figures and notes.

    Args:
        folder: empty, to work in.
        course: what to do.
        apart: whether namespaces and mounts of our own are there.
        say: prints a line.
    """
    ledger = Ledger(course.seed, say)
    origin = Origin(course.seed)
    deployment = Deployment(folder, course.nodes, apart=apart, in_bucket=course.in_bucket)
    try:
        await origin.start(deployment.centre)
        if deployment.bucket is not None:
            await deployment.bucket.open()
        deployment.settle(origin.settings)
        people = await make_people(deployment.nodes[0].data, SPARE_TOKENS)
        deployment.share_secrets()
        await deployment.start()
        say(f"{course.nodes} nodes are up; seed {course.seed}")
        clients = [Client(node) for node in deployment.nodes]
        load = Load(clients, people, origin, ledger, course.seed)
        trial = Trial(
            course, deployment, clients, load, Harm(deployment, origin, ledger, course.seed, course.only), ledger, say
        )
        await trial.go()
        inspection = Inspection(deployment, clients, load, people, ledger)
        await inspection.look()
        for client in clients:
            await client.close()
        if any(deployment.stop()):
            ledger.does_not_recover("a node did not end as it should")
        return trial.figures() | inspection.figures, trial.notes(apart=apart)
    finally:
        deployment.stop()
        await origin.stop()
        if deployment.bucket is not None:
            await deployment.bucket.close()
        deployment.unmount()


class Trial:
    """Bursts of faults, and the time that the deployment takes after each."""

    def __init__(
        self,
        course: Course,
        deployment: Deployment,
        clients: list[Client],
        load: Load,
        harm: Harm,
        ledger: Ledger,
        say: Callable[[str], None],
    ) -> None:
        self._course, self._deployment, self._clients, self._load = course, deployment, clients, load
        self._harm, self._ledger, self._say = harm, ledger, say
        self._chance = random.Random(course.seed)
        self._recoveries: list[float] = []
        self._kinds: Counter[str] = Counter()
        self._canaries = 0
        self._took = 0.0

    async def go(self) -> None:
        """Warm up, harm, recover, until enough was harmed; then let the load end."""
        began = time.monotonic()
        self._load.start()
        await asyncio.sleep(2)
        await self._recover([])
        while self._kinds.total() < self._course.faults and time.monotonic() - began < self._course.minutes * 60:
            faults = await self._burst(min(self._course.faults - self._kinds.total(), self._chance.randint(1, 7)))
            seconds = await self._recover(faults)
            names = ", ".join(f"{one.kind} ({one.where})" for one in faults)
            self._say(f"{self._kinds.total():4} faults  recovered in {seconds:5.2f} s  {names}")
            await asyncio.sleep(self._chance.uniform(0, 0.5))
        await self._load.stop()
        self._took = time.monotonic() - began

    async def _burst(self, count: int) -> list[Fault]:
        """Begin faults one after the other while earlier ones last; returns once all are undone."""
        faults, undoing = [], []
        only_upstream = self._chance.random() < _ONLY_UPSTREAM
        for _ in range(1 if only_upstream else count):
            fault = await self._harm.one("upstream" if only_upstream else "")
            faults.append(fault)
            self._load.room = self._load.room and fault.where not in ("disk", "bucket")
            self._kinds[fault.kind] += 1
            undoing.append(asyncio.create_task(self._undo(fault)))
            self._load.upstream_alone_since = time.monotonic() if only_upstream else None
            await asyncio.sleep(self._chance.uniform(0.05, 0.7))
        await asyncio.gather(*undoing)
        self._load.upstream_alone_since, self._load.room = None, True
        return faults

    async def _undo(self, fault: Fault) -> None:
        await asyncio.sleep(fault.lasts)
        await fault.undo()
        self._ledger.note(f"end of {fault.kind}: {fault.where}")

    async def _recover(self, faults: list[Fault]) -> float:
        """Publish and install a canary on each node until that works everywhere; the seconds that it took."""
        began = time.monotonic()
        waiting = list(self._clients)
        while waiting and time.monotonic() - began < RECOVERS_WITHIN:
            done = await asyncio.gather(*map(self._canary, waiting))
            waiting = [client for client, sang in zip(waiting, done, strict=True) if not sang]
            if waiting:
                await asyncio.sleep(_CANARY_PAUSE)
        seconds = time.monotonic() - began
        for client in waiting:
            self._ledger.does_not_recover(
                f"{client.node.name} does not work {seconds:.0f} s after {[one.kind for one in faults]}:\n"
                f"{client.node.terminal()[-2_000:]}"
            )
        self._recoveries += [seconds] * len(faults)
        return seconds

    async def _canary(self, client: Client) -> bool:
        self._canaries += 1
        ecosystem = ECOSYSTEMS[self._canaries % len(ECOSYSTEMS)]
        version = f"1.0.{self._canaries}"
        release = await self._load.publish(client, ecosystem, f"canary-{client.node.number}", version)
        return release.published is not None and (await self._load.download(client, release)).status == 200

    def figures(self) -> dict[str, float]:
        """What was counted and measured."""
        ordered = sorted(self._recoveries) or [0.0]
        return {
            "faults": self._kinds.total(),
            "acknowledged": self._ledger.acknowledged,
            "lost": len(self._ledger.lost),
            "wrongly_served": len(self._ledger.wrongly_served),
            "not_recovered": len(self._ledger.not_recovered),
            "recovery_s_p50": round(ordered[len(ordered) // 2], 2),
            "recovery_s_p99": round(ordered[min(len(ordered) - 1, int(0.99 * len(ordered)))], 2),
            "recovery_s_longest": round(ordered[-1], 2),
            "cached_installs_without_upstream": len(self._ledger.waited_without_upstream),
            "cached_install_s_longest": round(max(self._ledger.waited_without_upstream, default=0.0), 2),
            "seconds": round(self._took, 1),
            "answers": self._ledger.answers.total(),
            "answers_500": sum(count for name, count in self._ledger.answers.items() if name.endswith(" 500")),
        }

    def notes(self, *, apart: bool) -> list[str]:
        """What the figures mean on this machine."""
        when = "from the end of the last fault of a burst until every node has published and served a canary"
        said = [
            f"seed {self._course.seed}, {self._course.nodes} nodes",
            "kinds of faults: " + ", ".join(f"{name} {count}" for name, count in sorted(self._kinds.items())),
            "answers: " + ", ".join(f"{name} {count}" for name, count in sorted(self._ledger.answers.items())),
            f"recovery is measured {when}",
            "a revocation is in force after 1 s for bytes and 2.3 s for listings, and after 1 s for tokens",
        ]
        if not apart:
            said.append("this machine permits no namespaces: no node was cut off and no disk was full")
        return (
            said
            + [f"lost: {one}" for one in self._ledger.lost[:20]]
            + [f"wrongly served: {one}" for one in self._ledger.wrongly_served[:20]]
        )
