"""Which processes benches take for those of a server."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest
from bench.processes import NoWebProcess, Peak, cpu_seconds, family, look, pss_mb, role, web_pids
from bench.soak import figures_of, is_flat

LINE = """
import os, signal, sys
from pathlib import Path
for name in sys.argv[1:]:
    child = os.fork()
    if child:
        break
    if name != "-":
        Path("/proc/self/comm").write_text(name)
else:
    print("made", flush=True)
signal.pause()
"""
"""Each name is a process below the one before; `-` keeps the name of its parent."""


@contextmanager
def line(names: Sequence[str]) -> Iterator[int]:
    """The process above all of them."""
    first = subprocess.Popen([sys.executable, "-c", LINE, *names], stdout=subprocess.PIPE, start_new_session=True)
    assert first.stdout is not None
    try:
        assert first.stdout.readline() == b"made\n"
        yield first.pid
    finally:
        os.killpg(first.pid, 9)
        first.wait()
        first.stdout.close()


def test_all_that_is_below_the_supervisor_belongs_to_the_server_and_says_itself_what_it_is_for() -> None:
    with line(["pratique forks", "pratique web", "pratique rend"]) as supervisor:
        seen = look(supervisor)
        (web,) = web_pids(supervisor)

        assert [one.kind for one in seen] == ["supervisor", "forks", "web", "rend"]
        assert [one.pid for one in seen] == family(supervisor)
        assert web == seen[2].pid
        assert role(web) == "web"
        assert all(one.rss > 1 << 20 and one.descriptors and one.threads == 1 for one in seen)
        assert pss_mb([web]) > 0.1
        assert cpu_seconds(family(supervisor)) >= 0


def test_a_process_that_has_only_the_name_of_its_parent_is_not_counted_as_another_of_its_kind() -> None:
    with line(["pratique forks", "pratique web", "-"]) as supervisor:
        assert [one.kind for one in look(supervisor)] == ["supervisor", "forks", "web", "other"]


@pytest.mark.parametrize("ask", [look, web_pids, Peak])
def test_a_server_without_web_processes_has_no_figures_and_it_is_said_why(ask: type[Peak]) -> None:
    with (
        line(["pratique forks", "pratique jobs"]) as supervisor,
        pytest.raises(NoWebProcess, match=r"is called `pratique web`, so there is nothing to measure; found: .*jobs"),
    ):
        ask(supervisor)


def test_processes_that_are_gone_have_no_memory_to_tell_of() -> None:
    with line([]) as gone:
        pass
    with pytest.raises(RuntimeError, match=r"the PSS of none of the 1 processes"):
        pss_mb([gone])
    assert role(gone) == ""


def test_the_memory_of_web_processes_is_told_by_their_kind_and_a_leak_is_not_flat() -> None:
    with line(["pratique forks", "pratique web"]) as supervisor:
        seen = [(float(at), look(supervisor)) for at in range(0, 60, 10)]
    figures = figures_of(seen)
    assert figures["memory_mb_web"] > 0
    assert figures["memory_mb_per_hour_web"] == 0
    assert is_flat(figures, 40)
    assert not is_flat(figures | {"memory_mb_per_hour_web": 1_000.0}, 40)
