"""A job process as a program of its own, so that tests can kill it: DATABASE FOLDER EXECUTOR_ID [LIVING...].

Handlers write what they do into FOLDER, one line each into `<job id>.log`.
"""

import asyncio
import sys
import time
from pathlib import Path

import structlog

from pratique.jobs.engine import JobEngine, JobLimits
from pratique.jobs.kinds import JobKind, JobRun, job_table
from pratique.jobs.recovery import recover_dead

structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))


async def main() -> None:
    database, folder, executor, *living = sys.argv[1:]
    place = Path(folder)

    def note(run: JobRun, what: str) -> None:
        with (place / f"{run.job_id.replace(':', '_')}.log").open("a") as log:
            log.write(f"{what} {executor} {run.attempt} {run.payload.decode()}\n")

    async def plain(run: JobRun) -> None:
        note(run, "done")

    async def slow(run: JobRun) -> None:
        note(run, "begun")
        while not (place / "go").exists():
            await asyncio.sleep(0.02)
        note(run, "done")

    async def flaky(run: JobRun) -> None:
        note(run, "tried")
        if run.attempt < 3:
            raise ValueError("not yet")

    async def hopeless(run: JobRun) -> None:
        note(run, "tried")
        raise ValueError("never")

    kinds = job_table(
        [
            JobKind("plain", plain),
            JobKind("slow", slow),
            JobKind("flaky", flaky, attempts=3, first_pause=0.1, back_off=1),
            JobKind("hopeless", hopeless, attempts=2, first_pause=0.1, back_off=1),
        ]
    )
    limits = JobLimits(at_once=4, polling=0.05)
    engine = JobEngine(database, kinds, executor_id=executor, loop=asyncio.get_running_loop(), limits=limits)
    await asyncio.to_thread(engine.start)
    print("ready", flush=True)
    until = time.monotonic() + 60
    while time.monotonic() < until:
        taken = await asyncio.to_thread(recover_dead, lambda: {executor, *living})
        if taken:
            print("took", *taken, flush=True)
        await asyncio.sleep(0.1)


asyncio.run(main())
