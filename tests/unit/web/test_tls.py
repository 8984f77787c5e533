"""TLS as new connections see it: what is spoken, which certificate is shown, and what replacing it leaves alone."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from pratique.core.errors import Invalid
from pratique.web.certificates import CertificateFiles
from pratique.web.tls import Tls
from tests.harness.certificates import Authority


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


def tls_of(authority: Authority, *names: str) -> Tls:
    return Tls(CertificateFiles(*map(str, authority.certify(*names))))


@asynccontextmanager
async def echoing(tls: Tls) -> AsyncIterator[int]:
    """A server that sends back every line; its port."""

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            writer.write(line)
        writer.close()

    server = await asyncio.start_server(echo, "127.0.0.1", 0, ssl=tls.context)
    async with server:
        yield server.sockets[0].getsockname()[1]


class Client:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    @property
    def names(self) -> set[str]:
        shown = self.writer.get_extra_info("peercert")["subjectAltName"]
        return {name for _kind, name in shown}

    @property
    def spoken(self) -> ssl.SSLObject:
        return self.writer.get_extra_info("ssl_object")

    async def hears_itself(self) -> bool:
        self.writer.write(b"hello\n")
        return await self.reader.readline() == b"hello\n"

    async def close(self) -> None:
        self.writer.close()
        await self.writer.wait_closed()


async def connect(port: int, authority: Authority, *, named: bool = True, newest: int | None = None) -> Client:
    context = ssl.create_default_context(cafile=str(authority.path))
    context.check_hostname = False
    context.set_alpn_protocols(["h2", "http/1.1"])
    if newest is not None:
        context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
        context.maximum_version = newest
    server_name = "any.test" if named else ""
    return Client(*await asyncio.open_connection("127.0.0.1", port, ssl=context, server_hostname=server_name))


async def test_a_new_certificate_is_for_new_connections_and_those_that_stand_go_on(authority: Authority) -> None:
    tls = tls_of(authority, "first.test")
    async with echoing(tls) as port:
        standing = await connect(port, authority)
        authority.certify("second.test")

        tls.read_again()

        fresh, nameless = await connect(port, authority), await connect(port, authority, named=False)
        assert (standing.names, fresh.names, nameless.names) == ({"first.test"}, {"second.test"}, {"second.test"})
        assert await standing.hears_itself()
        for client in (standing, fresh, nameless):
            await client.close()


async def test_a_new_certificate_that_cannot_be_used_changes_nothing(authority: Authority) -> None:
    tls = tls_of(authority, "first.test")
    async with echoing(tls) as port:
        chain, _key = authority.certify("other.test", into="other")
        (authority.folder / "server.pem").write_bytes(chain.read_bytes())

        with pytest.raises(Invalid, match="is not the key of the certificate"):
            tls.read_again()

        client = await connect(port, authority)
        assert client.names == {"first.test"}
        await client.close()


async def test_http_1_1_is_agreed_on_over_the_newest_tls_and_nothing_before_1_2(authority: Authority) -> None:
    async with echoing(tls_of(authority, "first.test")) as port:
        usual = await connect(port, authority)
        assert (usual.spoken.version(), usual.spoken.selected_alpn_protocol()) == ("TLSv1.3", "http/1.1")
        older = await connect(port, authority, newest=ssl.TLSVersion.TLSv1_2)
        assert older.spoken.version() == "TLSv1.2"
        name = older.spoken.cipher()[0]
        assert name.startswith("ECDHE-")
        assert "GCM" in name or "CHACHA20" in name
        await usual.close()
        await older.close()
        with pytest.warns(DeprecationWarning, match="TLSv1"), pytest.raises((ssl.SSLError, ConnectionError)):
            await connect(port, authority, newest=ssl.TLSVersion.TLSv1_1)


def test_a_key_with_a_password_never_asks_on_the_terminal(authority: Authority) -> None:
    chain, key = authority.certify("first.test", password="secret")
    with pytest.raises(Invalid, match="is encrypted"):
        Tls(CertificateFiles(str(chain), str(key)))
