"""What docs/how-to/run-many-nodes.md promises: two nodes on one PostgreSQL and one bucket behind its nginx."""

from __future__ import annotations

import json
import ssl
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.arch.house import ROOT
from tests.clients.test_publish import built, package
from tests.harness import packages
from tests.harness.certificates import Authority
from tests.harness.clients import Npm, Pip, Twine
from tests.harness.nginx import Nginx
from tests.harness.postgresql import cluster
from tests.harness.process import run
from tests.harness.seaweedfs import KEY, SECRET, ObjectStore
from tests.harness.server import PRATIQUE, Server, ask
from tests.harness.shared_database import give_secrets, without_starter

HOW_TO = ROOT / "docs" / "how-to" / "run-many-nodes.md"

pytestmark = [
    pytest.mark.long,  # the protocol suite shows a bucket each time, the flows several nodes
    pytest.mark.skipif(not Nginx.is_here(), reason="nginx is not on this machine"),
]


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def store() -> Iterator[ObjectStore]:
    """One of its own, as it is stopped."""
    running = ObjectStore()
    yield running
    running.remove()


class Nodes:
    """Two servers, nginx in front, and what they share."""

    def __init__(self, root: Path, store: ObjectStore, authority: Authority) -> None:
        self.root, self.store, self.authority = root, store, authority
        self.database = without_starter(cluster())
        self.first, self.second = (Server(root / name, test_clock=False) for name in ("first", "second"))
        (root / "nginx").mkdir()
        certificate, key = authority.certify("127.0.0.1")
        instead = {
            "server 10.0.0.11:7417": f"server 127.0.0.1:{self.first.port}",
            "server 10.0.0.12:7417": f"server 127.0.0.1:{self.second.port}",
            "/etc/ssl/packages.pem": str(certificate),
            "/etc/ssl/packages.key": str(key),
        }
        self.nginx = Nginx(root / "nginx", HOW_TO, instead)
        self.url = f"https://127.0.0.1:{self.nginx.port}"
        self.credentials = root / "credentials"
        self.credentials.write_text(f'access_key_id = "{KEY}"\nsecret_access_key = "{SECRET}"\n')
        self.credentials.chmod(0o600)
        self.token = ""

    def set_up(self, node: Server, prefix: str = "main") -> None:
        """Write its settings, as the document says."""
        lines = [
            f"port = {node.port}",
            'host = "127.0.0.1"',
            "behind_proxy = true",
            'trusted_proxies = ["127.0.0.1"]',
            f"public_urls = [{json.dumps(self.url)}]",
            f"database = {json.dumps(self.database)}",
            f'blobs = "s3://files/{prefix}"',
            "[object_store]",
            f"endpoint = {json.dumps(self.store.endpoint)}",
            f"credentials_file = {json.dumps(str(self.credentials))}",
            'retry_for = "2 s"',
            "[repositories.main]",
            "anonymous_read = true",
            "[repositories.main.upstreams]",
        ]
        settings = node.data / "pratique.toml"
        settings.write_text("\n".join([*lines, ""]))
        settings.chmod(0o600)


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory, store: ObjectStore, authority: Authority) -> Iterator[Nodes]:
    made = Nodes(tmp_path_factory.mktemp("nodes"), store, authority)
    try:
        made.set_up(made.first)
        made.token = made.first.token("ann", operations=("read", "publish"))  # with an administrator's account
        made.first.start()
        made.set_up(made.second)
        give_secrets(made.first.data, made.second.data)
        made.second.start()
        with made.nginx:
            yield made
    finally:
        made.first.kill()
        made.second.kill()


def test_clients_publish_and_install_through_nginx_until_a_release_is_revoked_on_another_node(
    nodes: Nodes, npm: Npm, twine: Twine, pip: Pip, tmp_path: Path
) -> None:
    token, trust = nodes.token, str(nodes.authority.path)
    again = Npm(tmp_path / "again")
    for client in (npm, again):
        client.environment["NODE_EXTRA_CA_CERTS"] = trust
    for client in (twine, pip):
        client.environment |= {"REQUESTS_CA_BUNDLE": trust, "PIP_CERT": trust}
    npm_url, pypi_url = f"{nodes.url}/main/npm", f"{nodes.url}/main/pypi"

    package(npm, "many-nodes", "1.0.0").use(npm_url, token).run("publish").must()
    again.use(npm_url, token).run("install", "many-nodes").must()
    twine.upload(pypi_url, token, *built(tmp_path, packages.wheel("many-nodes", "1.0"))).must()
    pip.use(pypi_url, token).install("many-nodes==1.0").must()
    path = "/main/npm/many-nodes/-/many-nodes-1.0.0.tgz"
    forwarded = {"Host": f"127.0.0.1:{nodes.nginx.port}", "X-Forwarded-Proto": "https"}
    for node in (nodes.first, nodes.second):
        assert node.asked_for("/main/"), "nginx asks both"
        assert node.get(path, token, **forwarded).status == 200

    nodes.second.cli("revoke", "pkg:npm/many-nodes@1.0.0", "--reason", "steals tokens").must()
    time.sleep(1)  # as long as other nodes may take, by promise: polling would forgive them more
    for node in (nodes.first, nodes.second):
        refused = node.get(path, token, **forwarded)
        assert (refused.status, "many-nodes@1.0.0 was revoked" in refused.reason) == (403, True)
    assert "Blocked by policy revoked: many-nodes@1.0.0" in again.forget().run("ci").shown
    for node in (nodes.first, nodes.second):
        node.no_5xx()

    nodes.first.kill()  # nginx goes on with the other
    for _ in range(4):
        pip.install("many-nodes==1.0", "--upgrade").must()
    nodes.store.stop()
    pip.install("many-nodes==1.0", "--upgrade").must()  # of the copy
    trusted = ssl.create_default_context(cafile=trust)
    assert ask("GET", f"{npm_url}/many-nodes", token, trust=trusted).status == 200
    refused = twine.upload(pypi_url, token, *built(tmp_path, packages.wheel("many-nodes", "1.1")))
    assert refused.failed
    nodes.store.start()
    twine.upload(pypi_url, token, *built(tmp_path, packages.wheel("many-nodes", "1.1"))).must()
    for node in (nodes.first, nodes.second):
        written = node.terminal() + "".join(one.read_text() for one in (node.data / "logs").iterdir())
        assert SECRET not in written


def test_a_node_that_could_not_work_is_turned_away_with_a_sentence_and_changes_nothing(nodes: Nodes) -> None:
    def told(odd: Server) -> str:
        give_secrets(nodes.first.data, odd.data)
        ended = run([PRATIQUE, "up", "--port", str(odd.port), "--data", odd.data], odd.folder, odd.environment)
        assert ended.failed
        assert "Traceback" not in ended.shown
        assert SECRET not in ended.shown
        return ended.shown

    elsewhere = Server(nodes.root / "elsewhere", test_clock=False)
    nodes.set_up(elsewhere, prefix="elsewhere")
    assert "another place for files" in told(elsewhere)

    unknown = Server(nodes.root / "unknown", test_clock=False)
    nodes.set_up(unknown)
    nodes.credentials.write_text('access_key_id = "nobody"\nsecret_access_key = "wrong"\n')
    assert "refuses the server's credentials" in told(unknown)

    nodes.store.stop()
    assert "gives no whole answer" in told(unknown)
    nodes.store.start()
