"""A server that others can reach: behind a proxy that ends TLS, or speaking TLS itself."""

import http.client
import re
import signal
import ssl
import subprocess
import time

import pytest

from tests.harness.certificates import make_authority
from tests.harness.server import PRATIQUE, Server

SETTINGS = '[advisories]\nscheduled = false\n[repositories.main.upstreams]\nnpm = ["https://npm.example.test"]\n'
NAME = "packages.example.test"
BEHIND_PROXY = {"PRATIQUE_BEHIND_PROXY": "true", "PRATIQUE_PUBLIC_URLS": f'["https://{NAME}"]'}


@pytest.fixture(scope="module")
def team_server(tmp_path_factory):
    """Started once alone to get its administrator, then behind a proxy."""
    server = Server(tmp_path_factory.mktemp("team"), settings=SETTINGS, test_clock=False).start()
    assert not server.cli("user", "add", "ann", "--admin", "--password-stdin", answer="correct horse battery\n").failed
    assert server.stop() == 0
    server.environment |= BEHIND_PROXY
    server.start()
    until = time.monotonic() + 60
    while server.terminal().count("Ctrl-C") < 2:
        assert time.monotonic() < until, server.terminal()
        time.sleep(0.05)
    yield server
    assert server.stop() == 0


def test_nobody_reads_without_a_credential_although_it_listens_on_loopback(team_server):
    assert team_server.get("/main/npm/left", Host=NAME).status == 401


def test_another_host_name_is_not_answered(team_server):
    assert team_server.get("/main/npm/left", Host="evil.example.test").status == 421
    assert team_server.get("/main/npm/left").status == 421


def test_what_it_prints_holds_its_public_name(team_server):
    assert f"npm config set registry https://{NAME}/main/npm/" in team_server.terminal()
    assert "Readers need a token" in team_server.terminal()
    assert len(re.findall("/admin/claim/", team_server.terminal())) == 1  # only of the start without an administrator


def test_the_request_log_names_the_client_behind_the_proxy(team_server):
    team_server.get("/main/npm/behind", Host=NAME, **{"X-Forwarded-For": "198.51.100.7, 203.0.113.9"})

    def written():
        return [line["from"] for line in team_server.requests() if line["path"] == "/main/npm/behind"]

    until = time.monotonic() + 30
    while not written():
        assert time.monotonic() < until
        time.sleep(0.05)
    assert written() == ["203.0.113.9"]


def test_it_speaks_https_itself_with_a_certificate(tmp_path):
    authority, _context = make_authority(tmp_path / "tls", "localhost")
    server = Server(tmp_path / "server", settings=SETTINGS)
    environment = server.environment | {
        "PRATIQUE_TLS_CERTIFICATE": str(tmp_path / "tls" / "server.pem"),
        "PRATIQUE_TLS_KEY": str(tmp_path / "tls" / "server.key"),
    }
    command = [str(PRATIQUE), "up", "--data", str(server.data), "--port", str(server.port), "--workers", "1"]
    with subprocess.Popen(command, cwd=server.folder, env=environment, stdout=subprocess.PIPE, text=True) as up:
        shown = ""
        for line in up.stdout:
            shown += line
            if "Ctrl-C" in line:
                break
        context = ssl.create_default_context(cafile=str(authority))
        client = http.client.HTTPSConnection("localhost", server.port, context=context, timeout=30)
        client.request("GET", "/readyz")
        assert client.getresponse().status == 200
        client.close()
        up.send_signal(signal.SIGTERM)
        up.stdout.read()

    assert f"listens on https://127.0.0.1:{server.port}" in shown
    assert up.returncode == 0


def test_a_certificate_that_cannot_be_used_stops_the_start_with_a_sentence(tmp_path):
    server = Server(tmp_path / "server", settings=SETTINGS)
    (tmp_path / "x.pem").write_text("no certificate")
    environment = server.environment | {
        "PRATIQUE_TLS_CERTIFICATE": str(tmp_path / "x.pem"),
        "PRATIQUE_TLS_KEY": str(tmp_path / "x.pem"),
    }
    command = [str(PRATIQUE), "up", "--data", str(server.data), "--port", str(server.port), "--workers", "1"]
    done = subprocess.run(command, cwd=server.folder, env=environment, capture_output=True, text=True, timeout=120)

    assert done.returncode == 1
    assert "the TLS certificate cannot be used" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
