"""Nodes on one database agree, or the odd one is turned away with what to do."""

from __future__ import annotations

import pytest

from pratique.core.clock import SECOND
from pratique.core.errors import Conflict
from pratique.services.upkeep.nodes import Node, join, refuse_odd_one, refuse_wrong_clock
from pratique.store import processes
from pratique.store.clocks import SystemClock
from pratique.store.dialects import server_time
from pratique.store.processes import Process
from tests.unit.store.conftest import NOW, c, empty_sqlite

__all__ = ["c", "empty_sqlite"]

COMMON = {
    "public_urls": '["https://a.example.test"]',
    "repositories": "{}",
    "secret": "s",
    "signing_key": "k",
    "blobs": "b",
}


def process(name, common, at=NOW, process_id="x"):
    return Node(name, common).process(Process(process_id, "web", "host", 1, at, at))


@pytest.fixture
def first(c):
    """A node that runs."""
    join(c, process("first:/data", COMMON, process_id="1"))


@pytest.mark.usefixtures("first")
def test_a_node_that_agrees_is_let_in(c):
    join(c, process("second:/data", COMMON, process_id="2"))

    assert {one.node for one in processes.living(c, NOW)} == {"first:/data", "second:/data"}


@pytest.mark.usefixtures("first")
@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        (
            "public_urls",
            '["https://b.example.test"]',
            r"other `public_urls` .*a\.example.*here .*b\.example.*give both",
        ),
        ("repositories", '{"x":' + "1" * 300 + "}", r"other `repositories` .*\.\.\.\): give both the same"),
        ("secret", "t", "another secret: give both the same file `secret`"),
        ("signing_key", "l", "another signing key: give both the same file `signing-key.pem`"),
        ("blobs", "c", "another place for files: give both one folder for files by `blobs`"),
    ],
    ids=["public_urls", "repositories", "secret", "signing_key", "blobs"],
)
def test_a_node_that_differs_is_turned_away_with_what_to_do(c, name, value, sentence):
    odd = process("second:/data", COMMON | {name: value}, process_id="2")

    with pytest.raises(Conflict, match=rf"another node .first:/data. runs on this database with {sentence}"):
        join(c, odd)

    assert [one.node for one in processes.living(c, NOW)] == ["first:/data"]


@pytest.mark.usefixtures("first")
def test_the_same_node_may_start_again_with_other_settings(c):
    refuse_odd_one(c, process("first:/data", COMMON | {"secret": "t"}), NOW)


@pytest.mark.usefixtures("first")
def test_a_node_that_runs_no_more_is_in_nobodys_way(c):
    later = NOW + 11 * SECOND

    refuse_odd_one(c, process("second:/data", COMMON | {"secret": "t"}, at=later), later)


@pytest.mark.usefixtures("first")
def test_what_only_one_version_knows_of_is_no_difference(c):
    refuse_odd_one(c, process("second:/data", COMMON | {"new": "1"}), NOW)


def test_a_clock_that_is_not_the_databases_is_refused(c):
    now = SystemClock().now()
    refuse_wrong_clock(c, now)

    if server_time(c) is None:
        return
    with pytest.raises(Conflict, match="clock of this machine is 60 seconds ahead of that of the database's machine"):
        refuse_wrong_clock(c, now + 60_000)
    with pytest.raises(Conflict, match="60 seconds behind"):
        refuse_wrong_clock(c, now - 60_000)
