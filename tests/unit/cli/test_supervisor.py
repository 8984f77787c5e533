"""The supervisor with real children that cannot work. Its life with those that can is in tests/flows/test_up.py."""

import asyncio
import os
import resource
import signal
from itertools import accumulate, groupby

from pratique.app import open_database, prepare
from pratique.cli.forks import start_anew
from pratique.cli.orders import Role
from pratique.cli.pulse import SignsOfLife
from pratique.cli.supervisor import TRIES, Station, Supervisor, next_pause
from pratique.settings import load_settings
from pratique.settings.folder import DataFolder
from pratique.store import processes


async def never():
    raise AssertionError("nothing ever got ready")


async def supervise(root):
    said = []
    supervisor = Supervisor([Station(Role.JOBS, "jobs")], root, {}, say=said.append, patience=5)
    return await supervisor.run(never), said


async def test_a_child_that_never_gets_ready_is_tried_three_times_and_ends_the_server(tmp_path):
    code, said = await supervise(tmp_path)  # without a folder for logs no child can even begin

    assert code == 1
    assert [line.split(" (")[0] for line in said if "started" in line] == ["jobs started"] * 3
    assert said[1].endswith("ended with code 1; starting it again in 0.5 s")
    assert "jobs ended with code 1 and never got ready; the reason is above" in said[-1]


def test_a_child_that_worked_is_missed_and_starts_again_soon_however_often_it_is_killed():
    assert pauses(worked=True) == [0.5, 1.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0]
    assert pauses(worked=False) == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0]
    assert next_pause(30.0, worked=True) == 2.0


def pauses(*, worked):
    return list(accumulate(range(7), lambda pause, _: next_pause(pause, worked=worked), initial=0.5))


async def test_a_child_that_refuses_its_settings_is_not_tried_again(tmp_path, capfd):
    (tmp_path / "logs").mkdir()
    (tmp_path / "pratique.toml").write_text("prot = 1\n")

    code, said = await supervise(tmp_path)

    assert code == 1
    assert len([line for line in said if "started" in line]) == 1
    assert "has no use for `prot`. Did you mean `port`?" in capfd.readouterr().err


class Hand:
    """A clock that a test turns."""

    seconds = 0.0

    def __call__(self):
        return self.seconds


async def test_a_child_that_lives_but_shows_no_sign_of_life_is_replaced(tmp_path, monkeypatch):
    monkeypatch.setattr("pratique.cli.supervisor.LOOK_EVERY", 0.1)
    folder = prepared(tmp_path)
    said, hand = [], Hand()

    def say(line):
        said.append(line)
        if line.startswith("jobs works again"):
            supervisor.stop()

    supervisor = Supervisor([Station(Role.JOBS, "jobs")], folder.root, {}, say=say, patience=5, monotonic=hand)

    async def freeze():
        (process,) = read(folder, processes.living, 0)
        os.kill(process.pid, signal.SIGSTOP)
        while not any("killing it" in line for line in said):
            hand.seconds += 1.0
            await asyncio.sleep(0.01)

    assert await supervisor.run(freeze) == 0

    told = [told for told, _again in groupby(line.split(" (")[0] + line.partition(")")[2] for line in said)]
    assert told[:4] == [
        "jobs started",
        "jobs shows no sign of life; killing it",
        "jobs was killed by SIGKILL; starting it again in 0.5 s",
        "jobs started",
    ]


async def test_children_that_find_the_disk_full_at_once_ask_for_room_once_and_again_if_that_was_not_enough(tmp_path):
    asked, both = [], [Station(Role.WEB, "web 1"), Station(Role.JOBS, "jobs")]
    supervisor = Supervisor(both, tmp_path, {}, say=lambda _line: None, patience=5)
    supervisor.on_no_room = lambda: asked.append(True)

    for station in both:
        supervisor._note_no_room(station, 1)
    assert len(asked) == 1
    supervisor._note_no_room(both[1], 2)
    assert len(asked) == 2


async def test_a_child_on_a_full_disk_is_tried_until_there_is_room_and_that_is_said_once(tmp_path, monkeypatch):
    monkeypatch.setattr("pratique.cli.supervisor.FIRST_PAUSE", 0.01)
    monkeypatch.setattr("pratique.cli.supervisor.LONGEST_PAUSE", 0.02)
    folder = prepared(tmp_path)
    tried, said, listening = 0, [], SignsOfLife.listen

    async def listen(self, descriptor):
        nonlocal tried
        tried += 1
        if tried == TRIES + 2:
            make_room()
        await listening(self, descriptor)

    def make_room():
        resource.prlimit(forks.pid, resource.RLIMIT_FSIZE, usual)

    async def ready():
        supervisor.stop()

    monkeypatch.setattr(SignsOfLife, "listen", listen)
    forks = start_anew()
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.prlimit(forks.pid, resource.RLIMIT_FSIZE, (0, usual[1]))  # children inherit it: they can write to no file
    jobs = [Station(Role.JOBS, "jobs")]
    supervisor = Supervisor(jobs, folder.root, {}, say=said.append, patience=5, forks=forks)
    asked = []
    supervisor.on_no_room = lambda: asked.append(supervisor.lacks_room)
    assert await supervisor.run(ready) == 0

    assert tried == TRIES + 2
    assert asked == [False] + [True] * TRIES
    assert not supervisor.lacks_room
    assert [line.split(" (")[0] for line in said if "started (" in line] == ["jobs started"]
    (full,) = [line for line in said if "full" in line]
    assert full.startswith("jobs (pid ")
    assert full.endswith("it is started again and again, at least every 0.02 s, until there is room")


async def test_sighup_is_a_request_unless_the_terminal_it_was_started_in_is_gone(tmp_path, monkeypatch):
    folder = prepared(tmp_path)
    monkeypatch.setattr("os.isatty", lambda _descriptor: True)
    said, asked = [], []
    supervisor = Supervisor([Station(Role.JOBS, "jobs")], folder.root, {}, say=said.append, patience=5)

    def on_hangup():
        asked.append("SIGHUP")
        supervisor.send(Role.JOBS, signal.SIGHUP)  # no process is to end by it
        monkeypatch.setattr("os.isatty", lambda _descriptor: False)
        os.kill(os.getpid(), signal.SIGHUP)

    async def hang_up():
        os.kill(os.getpid(), signal.SIGHUP)

    supervisor.on_hangup = on_hangup
    try:
        assert await supervisor.run(hang_up) == 0
    finally:
        signal.signal(signal.SIGHUP, signal.SIG_DFL)

    assert asked == ["SIGHUP"]
    assert [line.partition(")")[2] for line in said if line.startswith("jobs")] == ["", " ended"]
    assert any(line.startswith("stopping; running requests") for line in said)


async def test_children_outlive_their_fork_server_and_one_that_dies_later_comes_back_from_another(tmp_path):
    folder, forks, said = prepared(tmp_path), start_anew(), []

    def say(line):
        said.append(line)
        if line.startswith("jobs works again"):
            supervisor.stop()

    jobs = [Station(Role.JOBS, "jobs")]
    supervisor = Supervisor(jobs, folder.root, {}, say=say, patience=5, forks=forks)

    async def end_both():
        (process,) = read(folder, processes.living, 0)
        os.kill(forks.pid, signal.SIGKILL)
        while not forks.is_gone:
            await asyncio.sleep(0.01)
        os.kill(process.pid, 0)  # it lives
        os.kill(process.pid, signal.SIGKILL)

    assert await supervisor.run(end_both) == 0
    assert [line.split(" (")[0] for line in said] == [
        "jobs started",
        "jobs",
        "jobs started",
        "jobs works again",
        "jobs",
    ]
    assert said[1].endswith("ended; starting it again in 0.5 s")


async def test_a_fork_server_that_was_killed_before_the_first_order_is_replaced(tmp_path):
    folder, forks, said = prepared(tmp_path), start_anew(), []
    os.kill(forks.pid, signal.SIGKILL)
    os.waitid(os.P_PID, forks.pid, os.WEXITED | os.WNOWAIT)

    async def ready():
        supervisor.stop()

    jobs = [Station(Role.JOBS, "jobs")]
    supervisor = Supervisor(jobs, folder.root, {}, say=said.append, patience=5, forks=forks)

    assert await supervisor.run(ready) == 0
    assert said[0].startswith("jobs cannot be started: the process that starts others failed")
    assert [line.split(" (")[0] for line in said[1:]] == ["jobs started", "jobs"]


async def test_a_server_whose_processes_cannot_be_started_gives_up_and_says_why(tmp_path, monkeypatch):
    monkeypatch.setattr("pratique.cli.supervisor.FIRST_PAUSE", 0.01)
    monkeypatch.setattr("sys.executable", "/bin/false")

    code, said = await supervise(tmp_path)

    assert code == 1
    assert len(said) == TRIES
    assert all(line.startswith("jobs cannot be started: ") for line in said)


async def test_a_frozen_fork_server_is_replaced_when_it_is_needed(tmp_path, monkeypatch):
    monkeypatch.setattr("pratique.cli.supervisor.TOLD_WITHIN", 0.1)
    folder, forks, said = prepared(tmp_path), start_anew(), []

    def say(line):
        said.append(line)
        if line.startswith("jobs works again"):
            supervisor.stop()

    async def freeze_one_and_kill_the_other():
        (process,) = read(folder, processes.living, 0)
        os.kill(forks.pid, signal.SIGSTOP)
        os.kill(process.pid, signal.SIGKILL)

    jobs = [Station(Role.JOBS, "jobs")]
    supervisor = Supervisor(jobs, folder.root, {}, say=say, patience=5, forks=forks)

    assert await supervisor.run(freeze_one_and_kill_the_other) == 0
    assert forks.is_gone
    assert said[-2].startswith("jobs works again")


def prepared(tmp_path):
    folder = DataFolder(tmp_path / "data")
    folder.create()
    prepare(folder, load_settings(folder.settings_file, {}))
    return folder


def read(folder, query, *arguments):
    database = open_database(folder, load_settings(folder.settings_file, {}))
    try:
        return database.read_now(query, *arguments)
    finally:
        database.close()
