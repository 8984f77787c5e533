"""The render process is there when it is needed, gone when it is not, and never makes anybody wait for ever."""

import asyncio
import fcntl
import os
import resource
import signal
import sys
import time
from pathlib import Path

import msgspec
import pytest

from pratique.app import RENDERER
from pratique.core.actors import Actor, ActorKind
from pratique.core.clock import Instant
from pratique.core.errors import Unavailable
from pratique.core.limits import DatabaseLimits
from pratique.processes.frames import Ended, Silent, read_frame, write_frame
from pratique.services.installing.render import Wanted
from pratique.services.installing.render_process import RenderFailure, RenderLimits, RenderProcess, RenderSetup
from pratique.services.installing.render_task import RenderTask
from pratique.store.repositories import Repository
from tests.stores.implementations import empty_sqlite, new_sqlite

__all__ = ["empty_sqlite"]

TASK = RenderTask(
    repository=Repository(1, "main", True),
    ecosystem="npm",
    name="left",
    actor=Actor(ActorKind.NOBODY, name="nobody"),
    public_url="http://here",
    wanted=Wanted("full", "gzip", ("http://here/main/npm",)),
    now=Instant(1),
    revision=5,
    upstream_id=1,
    document="d" * 64,
)
DIES_AT_ONCE = (sys.executable, "-c", "pass")
IS_SILENT = (sys.executable, "-c", "import time; time.sleep(600)")
TALKS_NONSENSE = (sys.executable, "-c", "import sys; sys.stdout.buffer.write(bytes(7) + b'\\x03abc'); sys.stdin.read()")


@pytest.fixture
async def process_of(tmp_path, empty_sqlite):
    made = []

    def make(command=RENDERER, **limits):
        setup = RenderSetup(new_sqlite(tmp_path, empty_sqlite), DatabaseLimits(readers=1, writers=1))
        made.append(RenderProcess(command, setup, RenderLimits(**limits)))
        return made[-1]

    yield make
    for one in made:
        await one.close()


async def gone(pid):
    deadline = time.monotonic() + 20
    while os.path.exists(f"/proc/{pid}") and time.monotonic() < deadline:
        await asyncio.sleep(0.01)
    return not os.path.exists(f"/proc/{pid}")


async def test_nothing_is_started_before_it_is_needed_and_it_ends_when_it_is_idle(process_of):
    process = process_of(idle=1)
    assert process.pid is None

    assert (await process.render(TASK)).view is None  # there is no such project, so it is not what the asker knows
    pid = process.pid
    assert pid is None or await gone(pid)

    assert (await process.render(TASK)).view is None


async def test_one_that_was_killed_while_it_lay_idle_is_replaced_and_nobody_notices(process_of):
    process = process_of()
    await process.render(TASK)
    killed = process.pid
    os.kill(killed, signal.SIGKILL)

    assert (await process.render(TASK)).view is None

    assert process.pid != killed
    await process.close()
    assert process.pid is None


@pytest.mark.parametrize(
    ("command", "limits", "sentence"),
    [
        (DIES_AT_ONCE, {}, "the listing of left cannot be rendered: its process ends; try again later"),
        (IS_SILENT, {"patience": 50}, "rendering the listing of left took too long; try again later"),
        (TALKS_NONSENSE, {}, "the listing of left cannot be rendered right now; try again later"),
        (("/nowhere/python",), {}, "the listing of left cannot be rendered right now; try again later"),
    ],
    ids=["dies", "silent", "nonsense", "missing"],
)
async def test_who_asks_is_told_to_try_again_if_it_fails(process_of, command, limits, sentence):
    process = process_of(command, **limits)

    with pytest.raises(Unavailable) as said:
        await process.render(TASK)

    assert (str(said.value), said.value.retry_after) == (sentence, 5)
    assert process.pid is None


async def test_only_so_many_wait(process_of):
    process = process_of(IS_SILENT, waiting=1)
    first = asyncio.create_task(process.render(TASK))
    await asyncio.sleep(0)

    with pytest.raises(Unavailable, match="too many large listings"):
        await process.render(TASK)

    await process.close()
    with pytest.raises(Unavailable, match="try again"):
        await first


def test_messages_come_out_as_they_went_in_and_the_end_is_noticed():
    taken, given = os.pipe()
    write_frame(given, b"one")
    write_frame(given, b"")
    assert (read_frame(taken), read_frame(taken, 1.0)) == (b"one", b"")
    with pytest.raises(Silent):
        read_frame(taken, 0.0)
    os.write(given, bytes(3))
    os.close(given)
    with pytest.raises(Ended):
        read_frame(taken)
    os.close(taken)


async def test_a_listing_that_takes_too_long_is_not_tried_again_by_everybody_who_asks(process_of):
    process = process_of(IS_SILENT, patience=50)
    with pytest.raises(Unavailable, match="took too long"):
        await process.render(TASK)

    process._command, process._limits = RENDERER, RenderLimits()
    with pytest.raises(Unavailable, match="took too long") as refused:
        await process.render(TASK)
    assert refused.value.retry_after > 60
    assert (await process.render(msgspec.structs.replace(TASK, document="e" * 64))).view is None


async def test_an_answer_that_nobody_took_is_nobody_elses(process_of, monkeypatch):
    process, failing = process_of(), True

    def read(descriptor, patience):
        if failing:
            raise MemoryError
        return read_frame(descriptor, patience)

    monkeypatch.setattr("pratique.services.installing.render_process.read_frame", read)
    with pytest.raises(MemoryError):
        await process.render(TASK)
    failing = False

    assert process.pid is None
    assert (await process.render(TASK)).view is None


async def test_an_answer_to_somebody_else_is_not_taken(process_of):
    answer = msgspec.msgpack.encode(RenderFailure(7, "of another project"))
    frame = len(answer).to_bytes(8, "big") + answer
    process = process_of((sys.executable, "-c", f"import sys; sys.stdout.buffer.write({frame!r}); sys.stdin.read()"))

    with pytest.raises(Unavailable, match="its process ends"):
        await process.render(TASK)


async def test_what_lies_in_the_folder_of_the_server_is_not_imported(process_of, tmp_path, monkeypatch):
    (tmp_path / "isal.py").write_text("raise SystemExit('this ran')")
    monkeypatch.chdir(tmp_path)

    assert (await process_of().render(TASK)).view is None


async def test_secrets_of_other_parts_are_not_handed_on(process_of, monkeypatch):
    monkeypatch.setenv("PRATIQUE_OBJECT_STORE__SECRET", "open sesame")
    process = process_of()
    await process.render(TASK)

    assert b"open sesame" not in Path(f"/proc/{process.pid}/environ").read_bytes()


def test_a_message_is_read_through_any_descriptor():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    taken, given = os.pipe()
    high = fcntl.fcntl(taken, fcntl.F_DUPFD, 1_500)
    write_frame(given, b"here")

    assert read_frame(high, 5) == b"here"
    for descriptor in (taken, given, high):
        os.close(descriptor)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_message_of_an_absurd_length_is_none():
    taken, given = os.pipe()
    os.write(given, b"\xff" * 16)

    with pytest.raises(Ended):
        read_frame(taken, 5)
    os.close(taken)
    os.close(given)
