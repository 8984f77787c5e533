"""The engine as whole processes on one database, killed and taken over."""

import asyncio
import threading

import sqlalchemy as sa

from pratique.jobs import outbox
from pratique.jobs.engine import JobEngine
from pratique.jobs.kinds import JobKind


def promise(engine, name, job_id, payload=None):
    with engine.begin() as connection:
        outbox.enqueue(connection, name, payload or {}, job_id)


def test_a_promised_job_is_done_with_its_payload(engine, job_process, log_of):
    promise(engine, "plain", "event-1", {"release": 7})
    job_process("A")

    assert log_of("event-1", 1) == ['done A 1 {"release":7}']


def test_a_job_killed_in_mid_step_is_taken_over_by_another_process(engine, job_process, log_of, tmp_path):
    promise(engine, "slow", "event-1")
    first = job_process("A")
    log_of("event-1", 1)
    first.kill()
    (tmp_path / "go").touch()

    second = job_process("B")

    assert second.line() == "took A"
    assert log_of("event-1", 3) == ["begun A 1 {}", "begun B 1 {}", "done B 1 {}"]


def test_a_living_process_keeps_its_jobs_and_nothing_is_done_twice(engine, job_process, log_of, tmp_path):
    job_process("A", "B")
    job_process("B", "A")
    for number in range(20):
        promise(engine, "slow" if number == 0 else "plain", f"event-{number}")
    slow_owner = log_of("event-0", 1)[0].split()[1]

    logs = [log_of(f"event-{number}", 1) for number in range(1, 20)]
    (tmp_path / "go").touch()

    assert all(len(lines) == 1 for lines in logs)
    assert log_of("event-0", 2) == [f"begun {slow_owner} 1 {{}}", f"done {slow_owner} 1 {{}}"]


def test_a_failing_job_is_tried_again_until_it_works(engine, job_process, log_of):
    promise(engine, "flaky", "event-1")
    job_process("A")

    assert [line.split()[2] for line in log_of("event-1", 3)] == ["1", "2", "3"]


def test_the_pause_before_another_attempt_outlives_the_process(engine, job_process, log_of):
    promise(engine, "flaky", "event-1")
    first = job_process("A")
    log_of("event-1", 1)
    first.kill()

    job_process("B")

    assert log_of("event-1", 3)[-1].startswith("tried B 3") or log_of("event-1", 4)[-1].startswith("tried B 3")


def test_a_job_whose_end_could_not_be_recorded_is_done_again_by_the_living_process_that_forgot_it(
    engine, job_process, log_of
):
    promise(engine, "plain", "event-1")
    process = job_process("A")
    log_of("event-1", 1)
    while process.ask("unfinished plain"):
        pass
    schema = None if engine.dialect.name == "sqlite" else "dbos"
    statuses = sa.table("workflow_status", *map(sa.column, ("workflow_uuid", "status", "executor_id")), schema=schema)
    steps = sa.table("operation_outputs", sa.column("workflow_uuid"), schema=schema)

    with engine.begin() as connection:  # as if the database had been away when it ended
        connection.execute(sa.delete(steps).where(steps.c.workflow_uuid == "event-1"))
        claimed = sa.update(statuses).where(statuses.c.workflow_uuid == "event-1")
        connection.execute(claimed.values(status="PENDING", executor_id="A"))

    assert log_of("event-1", 2) == ["done A 1 {}", "done A 1 {}"]
    while process.ask("unfinished plain"):
        pass


def test_a_job_that_is_claimed_while_the_process_ends_is_not_begun():
    """What it works with is closed by then: a failure would count as one of its attempts."""
    begun = []

    async def handle(run):
        begun.append(run)

    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, daemon=True).start()
    kind = JobKind("late", handle)
    ending = JobEngine("sqlite://", {}, executor_id="p", loop=loop)
    ending.stop()

    claimed = threading.Thread(target=ending._attempt, args=(kind, "job", 1, "{}"), daemon=True)
    claimed.start()
    claimed.join(0.2)
    JobEngine("sqlite://", {}, executor_id="p", loop=loop)._attempt(kind, "other job", 1, "{}")

    assert claimed.is_alive()
    assert [run.job_id for run in begun] == ["other job"]
    loop.call_soon_threadsafe(loop.stop)
