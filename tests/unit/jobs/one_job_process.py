"""A job process as a program of its own, so that tests can kill it: DATABASE FOLDER EXECUTOR_ID [LIVING...].

Handlers write what they do into FOLDER, one line each into `<job id>.log`. A line on stdin (`unfinished slow`)
is a question about the state of jobs, answered as a line of JSON.
"""

import asyncio
import os
import sys
import threading
import time
from pathlib import Path

import msgspec
import structlog

from pratique.jobs import state
from pratique.jobs.engine import JobEngine, JobLimits
from pratique.jobs.kinds import JobKind, JobRun, job_table
from pratique.jobs.recovery import Forgotten, recover_dead

structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))


QUESTIONS = {
    "unfinished": lambda name: state.unfinished(name),
    "failed": lambda: state.failed(),
    "missing": lambda *job_ids: state.missing(job_ids),
    "forget": lambda: state.forget_finished(time.time_ns() // 1_000_000 + 60_000),
}


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def answer_questions() -> None:
    for line in sys.stdin:
        question, *words = line.split()
        say(msgspec.json.encode(QUESTIONS[question](*words)).decode())


class Handlers:
    """What the jobs do, each noted in a file."""

    def __init__(self, place: Path, executor: str) -> None:
        self.place, self.executor = place, executor

    def note(self, run: JobRun, what: str) -> None:
        with (self.place / f"{run.job_id.replace(':', '_')}.log").open("a") as log:
            log.write(f"{what} {self.executor} {run.attempt} {run.payload.decode()}\n")

    async def plain(self, run: JobRun) -> None:
        self.note(run, "done")

    async def slow(self, run: JobRun) -> None:
        self.note(run, "begun")
        while not (self.place / "go").exists():
            await asyncio.sleep(0.02)
        self.note(run, "done")

    async def deadly(self, run: JobRun) -> None:
        self.note(run, "died")
        os._exit(1)

    async def flaky(self, run: JobRun) -> None:
        self.note(run, "tried")
        if run.attempt < 3:
            raise ValueError("not yet")

    async def hopeless(self, run: JobRun) -> None:
        self.note(run, "tried")
        raise ValueError("never")

    def kinds(self) -> dict[str, JobKind]:
        return job_table(
            [
                JobKind("plain", self.plain),
                JobKind("slow", self.slow),
                JobKind("deadly", self.deadly),
                JobKind("flaky", self.flaky, attempts=3, first_pause=0.1, back_off=1),
                JobKind("hopeless", self.hopeless, attempts=2, first_pause=0.1, back_off=1),
            ]
        )


async def main() -> None:
    database, folder, executor, *living = sys.argv[1:]
    kinds = Handlers(Path(folder), executor).kinds()
    limits = JobLimits(at_once=4, polling=0.05, restarts=1)
    engine = JobEngine(database, kinds, executor_id=executor, loop=asyncio.get_running_loop(), limits=limits)
    await asyncio.to_thread(engine.start)
    say("ready")
    threading.Thread(target=answer_questions, daemon=True).start()
    forgotten, until = Forgotten(executor, engine.is_running), time.monotonic() + 60
    while time.monotonic() < until:
        taken = await asyncio.to_thread(recover_dead, lambda: {executor, *living})
        if taken:
            say(" ".join(["took", *taken]))
        await asyncio.to_thread(forgotten.take_up)
        await asyncio.sleep(0.1)


asyncio.run(main())
