"""A server that others can reach: behind a proxy that ends TLS, or speaking TLS itself."""

import http.client
import os
import re
import signal
import socket
import subprocess
import time
from datetime import timedelta

import pytest

from tests.harness.certificates import Authority
from tests.harness.server import PRATIQUE, Server

SETTINGS = '[repositories.main.upstreams]\nnpm = ["https://npm.example.test"]\n'
NAME = "packages.example.test"
BEHIND_PROXY = {
    "PRATIQUE_BEHIND_PROXY": "true",
    "PRATIQUE_PUBLIC_URLS": f'["https://{NAME}"]',
    "PRATIQUE_TRUSTED_PROXIES": '["127.0.0.1"]',
}


def wait_until(true):
    until = time.monotonic() + 60
    while not true():
        assert time.monotonic() < until
        time.sleep(0.05)


@pytest.fixture(scope="module")
def team_server(tmp_path_factory):
    """Started once alone to get its administrator, then behind a proxy."""
    server = Server(tmp_path_factory.mktemp("team"), settings=SETTINGS, test_clock=False).start()
    assert not server.cli("user", "add", "ann", "--admin", "--password-stdin", answer="correct horse battery\n").failed
    assert server.stop() == 0
    server.environment |= BEHIND_PROXY
    server.start()
    wait_until(lambda: server.terminal().count("Ctrl-C") == 2)
    yield server
    assert server.stop() == 0


def test_nobody_reads_without_a_credential_although_it_listens_on_loopback(team_server):
    assert team_server.get("/main/npm/left", Host=NAME).status == 401


def test_another_host_name_is_not_answered(team_server):
    assert team_server.get("/main/npm/left", Host="evil.example.test").status == 421
    assert team_server.get("/main/npm/left").status == 421


def test_the_name_that_the_proxy_was_asked_by_counts(team_server):
    assert team_server.get("/main/npm/left", Host="10.0.0.5:7417", **{"X-Forwarded-Host": NAME}).status == 401
    assert team_server.get("/main/npm/left", Host=NAME, **{"X-Forwarded-Host": "inner"}).status == 401
    assert team_server.get("/main/npm/left", Host="inner", **{"X-Forwarded-Host": f"{NAME}, evil.test"}).status == 421


def test_what_reached_the_proxy_in_clear_text_is_refused_and_the_sentence_names_the_way(team_server):
    refused = team_server.get("/main/npm/left", Host=NAME, **{"X-Forwarded-Proto": "http"})

    assert refused.status == 403
    assert f"this came without TLS, so others could read what is sent: come by https://{NAME}" in refused.reason
    assert team_server.get("/login", Host=NAME, **{"X-Forwarded-Proto": "http"}).status == 403
    assert team_server.get("/main/npm/left", Host=NAME, **{"X-Forwarded-Proto": "http, https"}).status == 401


def test_who_goes_round_the_proxy_is_answered_about_health_only(team_server):
    def ask(path):
        client = http.client.HTTPConnection("127.0.0.1", team_server.port, 30, source_address=("127.0.0.2", 0))
        client.request("GET", path, headers={"Host": NAME, "X-Forwarded-Proto": "https", "X-Forwarded-For": "::1"})
        answer = client.getresponse()
        said = answer.reason + answer.read().decode()
        client.close()
        return answer.status, said

    assert [ask("/healthz")[0], ask("/readyz")[0]] == [200, 200]
    status, said = ask("/main/npm/left")
    assert status == 403
    assert f"127.0.0.2 is none of `trusted_proxies`: come by https://{NAME}" in said


def test_browsers_are_told_to_stay_with_https_and_their_cookies_are_too(team_server):
    page = team_server.get("/login", Host=NAME, **{"X-Forwarded-Proto": "https"})

    assert page.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert re.match("__Host-pratique-form=.*; Secure", page.headers["Set-Cookie"])
    assert "Strict-Transport-Security" not in team_server.get("/healthz").headers


def test_what_it_prints_holds_its_public_name(team_server):
    assert f"npm config set registry https://{NAME}/main/npm/" in team_server.terminal()
    assert "Readers need a token" in team_server.terminal()
    assert len(re.findall("/admin/claim/", team_server.terminal())) == 1  # only of the start without an administrator


def test_the_request_log_names_the_client_behind_the_proxy(team_server):
    team_server.get("/main/npm/behind", Host=NAME, **{"X-Forwarded-For": "198.51.100.7, 203.0.113.9"})

    def written():
        return [line["from"] for line in team_server.requests() if line["path"] == "/main/npm/behind"]

    wait_until(written)
    assert written() == ["203.0.113.9"]


def test_it_speaks_https_itself_and_a_new_certificate_cuts_nobody_off(tmp_path):
    authority = Authority(tmp_path / "tls")
    server = Server(tmp_path / "server", settings=SETTINGS, workers=2, authority=authority)
    server.arguments += ["--public-url", f"https://localhost:{server.port}"]
    server.start()
    wait_until(lambda: "Ctrl-C" in server.terminal())

    def connect():
        client = http.client.HTTPSConnection("localhost", server.port, context=server.trust, timeout=30)
        client.connect()
        return client, client.sock.getpeercert()["serialNumber"]

    def page(client):
        client.request("GET", "/login")
        answer = client.getresponse()
        answer.read()
        return answer

    standing, serial = connect()
    assert re.match("__Host-pratique-form=.*; Secure", page(standing).headers["Set-Cookie"])
    with socket.create_connection(("127.0.0.1", server.port), 30) as plain:
        plain.sendall(b"GET /login HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert b"200" not in plain.recv(100)

    authority.certify("localhost", ends=timedelta(days=90))
    server.process.send_signal(signal.SIGHUP)
    wait_until(lambda: all(other != serial for other in (serial_of_new(connect) for _ in range(8))))

    assert page(standing).status == 200
    standing.close()
    (tmp_path / "tls" / "server.key").write_text("spoilt")
    server.process.send_signal(signal.SIGHUP)
    wait_until(lambda: "stays the one from before" in server.terminal())
    fresh, last_good = connect()
    assert page(fresh).status == 200
    fresh.close()
    for pid in re.findall(r"web \d started \(pid (\d+)\)", server.terminal()):
        os.kill(int(pid), signal.SIGKILL)
    wait_until(lambda: server.terminal().count("works again") == 2)
    assert serial_of_new(connect) == last_good != serial
    assert server.stop() == 0
    shown = server.terminal()
    assert f"listens on https://localhost:{server.port}" in shown
    assert "TLS certificate for 127.0.0.1, localhost, valid until" in shown or "for localhost, 127.0.0.1" in shown
    assert shown.count("TLS certificate for localhost, valid until") == 1
    log = "".join(path.read_text() for path in (server.data / "logs").iterdir())
    assert "Traceback" not in log


def serial_of_new(connect):
    client, serial = connect()
    client.close()
    return serial


def test_a_certificate_that_cannot_be_used_starts_and_makes_nothing(tmp_path):
    authority = Authority(tmp_path / "tls")
    server = Server(tmp_path / "server", test_clock=False, authority=authority)
    authority.certify("localhost", ends=timedelta(hours=-3))
    command = [str(PRATIQUE), "up", "--data", str(server.data), "--port", str(server.port), *map(str, server.arguments)]

    done = subprocess.run(
        command, cwd=server.folder, env=server.environment, capture_output=True, text=True, timeout=60
    )

    assert done.returncode == 1
    assert "`tls_certificate` expired 3 hours ago" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert done.stdout == ""
    assert list(server.data.iterdir()) == []
