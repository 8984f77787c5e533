"""A client with short patience, and an upstream that lies."""

import socket

import pytest
from aiohttp.abc import AbstractResolver

from pratique.core.limits import UpstreamLimits
from pratique.upstream.client import UpstreamClient
from tests.harness.lying_upstream import LyingUpstream
from tests.stores.implementations import database, empty_sqlite, url

__all__ = ["database", "empty_sqlite", "url"]

IMPATIENT = UpstreamLimits(connect=2_000, silence=400, document=1_500, max_document=100_000, max_file=1_000_000)


class Phonebook(AbstractResolver):
    """Knows the names it is given. A name with several answers gives the next one at each question."""

    def __init__(self, **names: list[str]) -> None:
        self.names = {name.replace("_", "."): list(answers) for name, answers in names.items()}
        self.asked: list[str] = []

    async def resolve(self, host, port=0, family=socket.AF_UNSPEC):
        self.asked.append(host)
        answers = self.names.get(host)
        if not answers:
            raise OSError(None, "no such name")
        address = answers.pop(0) if len(answers) > 1 else answers[0]
        kind = socket.AF_INET6 if ":" in address else socket.AF_INET
        return [{"hostname": host, "host": address, "port": port, "family": kind, "proto": 0, "flags": 0}]

    async def close(self):
        pass


@pytest.fixture
async def upstream():
    async with LyingUpstream() as lying:
        yield lying


@pytest.fixture
async def make_client():
    """Clients that are closed at the end, without this machine's proxies unless told."""
    made = []

    def make(access=None, **settings):
        settings = {"limits": IMPATIENT, "environment": {}, **settings}
        made.append(UpstreamClient(access, **settings))
        return made[-1]

    yield make
    for client in made:
        await client.close()


@pytest.fixture
def client(make_client):
    return make_client()
