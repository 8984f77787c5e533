"""The fork server with real children. What they do is in tests/flows/test_up.py."""

import os
import signal
from contextlib import contextmanager
from pathlib import Path

import pytest

from pratique.cli.forks import ForkFailed, start_anew
from pratique.cli.orders import Order, Role


@contextmanager
def hopeless_order():
    """For a folder that is not there, and the descriptors that go with it."""
    life, pulse = os.pipe()
    yield Order(Role.JOBS, "one", "/nowhere", {}, pulse, life), (pulse, life)
    os.close(life)
    os.close(pulse)


async def test_a_child_works_on_its_order_and_its_end_is_told(capfd):
    forks = start_anew()
    with hopeless_order() as (order, descriptors):
        child = await forks.split_off(order, descriptors)

        assert await child.ended() == 1
    assert "jobs: FileNotFoundError" in capfd.readouterr().err
    assert len(list(Path(f"/proc/{forks.pid}/task").iterdir())) == 1  # or forking it would not be safe
    await forks.close()


async def test_a_fork_server_that_is_gone_is_noticed():
    forks = start_anew()
    os.kill(forks.pid, signal.SIGKILL)

    with hopeless_order() as (order, descriptors), pytest.raises(ForkFailed):
        await forks.split_off(order, descriptors)
    assert forks.is_gone
    await forks.close()
