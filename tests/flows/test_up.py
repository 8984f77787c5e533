"""`pratique up` from the outside: starting, dying, being told to stop, refusing to start."""

import os
import re
import signal
import socket
import subprocess
import time

import pytest

from pratique.settings.folder import DataFolder
from tests.harness.server import PRATIQUE, Server, free_port


@pytest.fixture
def server(tmp_path):
    server = Server(tmp_path, workers=2)
    yield server
    if server.process is not None:
        server.stop()


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    """One server for the tests that leave it in order."""
    server = Server(tmp_path_factory.mktemp("running"), workers=2).start()
    wait_for(lambda: "Ctrl-C" in server.terminal(), server.terminal())
    yield server
    assert server.stop() == 0


def run_up(server, *arguments, **environment):
    """`pratique up` that is expected to end by itself."""
    port = () if "--port" in arguments else ("--port", server.port)
    command = [PRATIQUE, "up", "--data", server.data, *port, *arguments]
    return subprocess.run(
        list(map(str, command)),
        cwd=server.folder,
        env=server.environment | environment,
        capture_output=True,
        text=True,
        timeout=60,
    )


def wait_for(condition, what):
    until = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < until, what
        time.sleep(0.05)


def pids(server, label):
    return [int(pid) for pid in re.findall(rf"^{label} started \(pid (\d+)\)", server.terminal(), re.MULTILINE)]


def runs(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_start_shows_every_process_where_it_listens_the_admin_link_and_what_to_paste(running):
    shown = running.terminal()

    assert all(re.search(rf"{label} started \(pid \d+\)", shown) for label in ("web 1", "web 2", "jobs"))
    assert f"listens on {running.url}" in shown
    assert re.search(rf"within 15 minutes; it works once:\n  {running.url}/admin/claim/\S+", shown)
    assert f"npm config set registry {running.npm}/" in shown
    assert f"{running.pypi}/simple/" in shown
    assert running.get("/healthz").status == 200


def test_a_web_process_that_is_killed_is_started_again_and_said(running):
    victim = pids(running, "web 1")[0]

    os.kill(victim, signal.SIGKILL)

    wait_for(lambda: len(pids(running, "web 1")) == 2, running.terminal())
    assert f"web 1 (pid {victim}) was killed by SIGKILL; starting it again" in running.terminal()
    wait_for(lambda: "web 1 works again" in running.terminal(), running.terminal())
    assert running.get("/readyz").status == 200


def test_a_job_process_that_is_killed_is_started_again(running):
    os.kill(pids(running, "jobs")[0], signal.SIGKILL)

    wait_for(lambda: len(pids(running, "jobs")) == 2, running.terminal())


def test_nothing_is_left_behind_when_the_supervisor_itself_is_killed_and_the_folder_is_free(server):
    server.start()
    wait_for(lambda: "Ctrl-C" in server.terminal(), server.terminal())
    children = [pid for label in ("web 1", "web 2", "jobs") for pid in pids(server, label)]

    server.process.kill()
    server.process.wait()
    server.process = None

    wait_for(lambda: not any(map(runs, children)), f"still there: {children}")
    server.start()
    assert server.stop() == 0


def test_a_request_that_is_under_way_is_answered_before_the_server_ends(server):
    server.start()
    with socket.create_connection(("127.0.0.1", server.port)) as client, client.makefile("rb") as answers:
        head = f"POST /login HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nContent-Length: 20\r\n"
        form = "Content-Type: application/x-www-form-urlencoded\r\nExpect: 100-continue\r\n"
        client.sendall(f"{head}{form}\r\n".encode())
        assert answers.readline() == b"HTTP/1.1 100 Continue\r\n"
        assert answers.readline() == b"\r\n"
        client.sendall(b"name=somebo")
        server.process.send_signal(signal.SIGTERM)
        wait_for(lambda: "stopping; running requests" in server.terminal(), server.terminal())
        client.sendall(b"dy&x=1234")
        answer = answers.readline()

    assert answer.startswith(b"HTTP/1.1 ")
    assert server.stop() == 0


def test_a_second_signal_ends_the_server_at_once_although_a_request_hangs(tmp_path):
    server = Server(tmp_path, settings='[web]\nstop_patience = "10 min"\n', workers=1).start()
    with socket.create_connection(("127.0.0.1", server.port)) as client:
        client.sendall(f"POST /login HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nContent-Length: 20\r\n\r\n".encode())
        wait_for(lambda: "Ctrl-C" in server.terminal(), server.terminal())
        server.process.send_signal(signal.SIGTERM)
        wait_for(lambda: "again to stop at once" in server.terminal(), server.terminal())

        # `stop` sends the second signal, and fails if the end takes longer than half a minute.
        assert server.stop() == 0


def test_two_servers_on_one_folder_are_refused_by_name(running):

    refused = run_up(running, "--port", str(free_port()))

    assert refused.returncode == 1
    assert f"another Pratique (process {running.process.pid}) runs on the data folder" in refused.stderr


def test_a_port_that_is_taken_is_refused_before_anything_starts(server):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", server.port))
        taken.listen()

        refused = run_up(server)

    assert refused.returncode == 1
    assert f"nobody can listen on 127.0.0.1 port {server.port}" in refused.stderr
    assert "--port" in refused.stderr


@pytest.mark.parametrize(
    ("arguments", "environment", "sentence"),
    [
        ((), {"PRATIQUE_PROT": "1"}, "PRATIQUE_PROT is no setting. Did you mean `port`?"),
        (("--host", "0.0.0.0"), {}, "passwords would travel in clear text"),
        (
            ("--host", "0.0.0.0"),
            {
                "PRATIQUE_BEHIND_PROXY": "true",
                "PRATIQUE_PUBLIC_URLS": '["https://packages.example.test"]',
                "PRATIQUE_UNSAFE_TEST_CLOCK": "",
            },
            "nobody administers it yet",
        ),
        (("--host", "192.0.2.1"), {"PRATIQUE_BEHIND_PROXY": "true"}, "it has to know its own name"),
    ],
)
def test_what_cannot_start_safely_is_refused_in_one_sentence(tmp_path, arguments, environment, sentence):
    server = Server(tmp_path, test_clock=False)

    refused = run_up(server, *arguments, **environment)

    assert refused.returncode == 1
    assert sentence in refused.stderr
    assert len(refused.stderr.strip().splitlines()) == 1


def test_a_folder_of_a_test_clock_opens_only_with_it(server):
    server.start()
    assert server.stop() == 0

    refused = run_up(server, PRATIQUE_UNSAFE_TEST_CLOCK="")

    assert refused.returncode == 1
    assert "its times are made up" in refused.stderr


def test_enforce_lets_every_rule_count_from_the_start(server):
    server.environment["PRATIQUE_WORKERS"] = "1"
    refused = subprocess.Popen(
        [str(PRATIQUE), "up", "--enforce", "--data", str(server.data), "--port", str(server.port)],
        cwd=server.folder,
        env=server.environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    with refused:
        shown = []
        for line in refused.stdout:
            shown.append(line)
            if "Ctrl-C" in line:
                refused.send_signal(signal.SIGTERM)
    assert any("rules that count from now on: " in line or "every rule counts already" in line for line in shown)
    assert refused.returncode == 0


def test_the_request_log_tells_who_asked_for_what_and_holds_no_secret(running):
    running.get("/main/npm/nothing?token=in-the-query", token="prq_in-the-header")
    running.get("/admin/claim/in-the-path")

    def written():
        return [line for line in running.requests() if line["path"].startswith(("/main/", "/admin/"))]

    wait_for(lambda: len(written()) == 2, "two lines")  # written just after the answer
    lines = sorted(written(), key=lambda line: line["path"], reverse=True)  # two processes write as they come
    assert [(line["method"], line["path"], line["status"]) for line in lines] == [
        ("GET", "/main/npm/nothing", 401),
        ("GET", "/admin/claim/...", lines[1]["status"]),
    ]
    assert all(isinstance(line["ms"], int) and line["bytes"] > 0 for line in lines)
    everything = "".join(path.read_text() for path in (running.data / "logs").iterdir())
    assert not re.search(r"in-the-(query|header|path)", everything)


def test_nothing_in_a_data_folder_is_for_others(running):
    found = [path for path in running.data.rglob("*") if path.stat().st_mode & 0o077]
    assert found == []


@pytest.mark.parametrize(("name", "mode"), [("secret", 0o644), ("pratique.toml", 0o666)])
def test_files_that_others_could_read_or_write_are_refused_with_the_command_to_run(server, name, mode):
    (server.data / name).touch()
    (server.data / name).chmod(mode)
    refused = run_up(server)
    assert refused.returncode != 0
    assert f'chmod 600 "{server.data / name}"' in refused.stdout + refused.stderr


def test_a_first_start_finds_the_public_registries_and_writes_a_settings_file_for_people(tmp_path):
    server = Server(tmp_path, test_clock=False)
    server.environment["PRATIQUE_ADVISORIES__SCHEDULED"] = "false"
    server.start()
    written = (server.data / "pratique.toml").read_text()

    assert "settings written to" in server.terminal()
    assert re.search(r'^npm = \["https://\S+"\]$', written, re.MULTILINE)
    assert re.search(r'^pypi = \["https://\S+/simple\S*"\]$', written, re.MULTILINE)
    assert server.stop() == 0


def test_a_start_that_fails_at_once_leaves_nothing_behind(tmp_path):
    server = Server(tmp_path, test_clock=False)
    server.data.rmdir()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", server.port))
        taken.listen()

        refused = run_up(server)

    assert refused.returncode == 1
    assert f"nobody can listen on 127.0.0.1 port {server.port}" in refused.stderr
    assert refused.stdout == ""
    assert not server.data.exists()


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path):
    server = Server(tmp_path, test_clock=False)
    (server.data / "thesis.txt").touch()
    server.data.chmod(0o755)

    refused = run_up(server)

    assert refused.returncode == 1
    assert f'"{server.data}" is no data folder and holds other things' in refused.stderr
    assert [path.name for path in server.data.iterdir()] == ["thesis.txt"]


def test_the_root_of_a_disk_of_its_own_is_as_good_as_empty(tmp_path):
    folder = DataFolder(tmp_path / "disk")
    (folder.root / "lost+found").mkdir(parents=True)
    folder.root.chmod(0o700)

    assert folder.create()
