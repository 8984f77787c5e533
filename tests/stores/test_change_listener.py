"""PostgreSQL tells of changes at once; whoever does not hear it finds out all the same."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from pratique.core.names import EcosystemId, ProjectKey
from pratique.store.database import Database
from pratique.store.dialects import CHANGES
from pratique.store.revisions import REREAD_AFTER, RevisionReader, bump
from tests.harness.postgresql import cluster
from tests.stores.implementations import empty_postgresql

LEFT = ProjectKey(EcosystemId("npm"), "left")


@pytest.fixture
def url():
    name = cluster().new_database(empty_postgresql())
    yield cluster().url(name)
    cluster().drop(name)


@pytest.fixture
def here(url):
    """A process that listens."""
    opened = Database.open(url)
    opened.listen()
    wait_until(lambda: listeners(url) == 1 and opened.mark.seen())
    yield opened
    opened.close()


@pytest.fixture
def there(url):
    """A process of another machine."""
    opened = Database.open(url)
    yield opened
    opened.close()


def wait_until(is_so: Callable[[], object]) -> None:
    deadline = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def listeners(url: str) -> int:
    name = sa.make_url(url).database
    asked = f"SELECT pid FROM pg_stat_activity WHERE datname = '{name}' AND query = 'LISTEN {CHANGES}'"
    return len(cluster().do(asked))


def cut(url: str) -> None:
    """End the connection that listens."""
    name = sa.make_url(url).database
    cluster().do(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        f"WHERE datname = '{name}' AND query = 'LISTEN {CHANGES}'"
    )


async def test_a_change_on_another_machine_is_heard_before_the_counter_would_be_read_again(here, there):
    reader = RevisionReader(here, monotonic=lambda: 1_000.0)  # it never grows old enough to be read again by itself
    assert await reader.current() == 0

    there.write_now(bump, 1, LEFT)

    wait_until(lambda: reader.known() is None)
    assert await reader.current() == 1


async def test_what_was_taken_back_is_not_told(here, there):
    seen = here.mark.seen()

    def fail(c):
        bump(c, 1, LEFT)
        raise LookupError

    with pytest.raises(LookupError):
        there.write_now(fail)
    there.read_now(lambda c: c.exec_driver_sql("SELECT 1"))

    assert here.mark.seen() == seen


async def test_with_nobody_listening_a_change_is_seen_when_the_counter_is_read_again(there, url):
    deaf, seconds = Database.open(url), [1_000.0]
    reader = RevisionReader(deaf, monotonic=lambda: seconds[0])
    assert await reader.current() == 0
    there.write_now(bump, 1, LEFT)

    seconds[0] += REREAD_AFTER

    assert await reader.current() == 1
    deaf.close()


async def test_a_connection_that_was_lost_is_sought_again_and_what_was_missed_is_looked_for(here, there, url):
    seen = here.mark.seen()
    cut(url)
    wait_until(lambda: listeners(url) == 1)
    wait_until(lambda: here.mark.seen() != seen)  # nobody knows what happened meanwhile

    before = here.mark.seen()
    there.write_now(bump, 1, LEFT)

    wait_until(lambda: here.mark.seen() != before)


async def test_listening_ends_with_the_database(url):
    opened = Database.open(url)
    opened.listen()
    wait_until(lambda: listeners(url) == 1)
    opened.close()
    opened.close()

    wait_until(lambda: listeners(url) == 0)
