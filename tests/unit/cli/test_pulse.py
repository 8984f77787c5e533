"""A child shows that it lives through a pipe, whatever its disk and its supervisor do."""

import asyncio
import os

import pytest

from pratique.cli.pulse import Pulse, SignsOfLife


class Hand:
    """A clock that a test turns."""

    seconds = 0.0

    def __call__(self):
        return self.seconds


@pytest.fixture
def hand():
    return Hand()


@pytest.fixture
async def listening(hand):
    """The supervisor's end, and the descriptor of the child's."""
    end, child = os.pipe()
    signs = SignsOfLife(hand)
    await signs.listen(end)
    yield signs, child
    signs.close()


async def heard(condition):
    while not condition():
        await asyncio.sleep(0)


async def test_a_child_that_beats_is_not_silent_and_one_that_stopped_is(listening, hand):
    signs, child = listening
    hand.seconds = 100.0
    assert signs.silent_for == 0.0  # it loads; nothing was heard of it yet

    beating = asyncio.create_task(Pulse(child).beat())
    await heard(lambda: signs._heard == 100.0)
    hand.seconds = 107.0

    assert signs.silent_for == 7.0
    beating.cancel()
    os.close(child)


async def test_a_beat_is_not_yet_readiness(listening):
    signs, child = listening
    pulse, waiting = Pulse(child), asyncio.create_task(signs.ready())
    beating = asyncio.create_task(pulse.beat())
    await heard(lambda: signs._heard is not None)
    assert not waiting.done()

    pulse.say_ready()

    assert await waiting
    beating.cancel()
    os.close(child)


async def test_a_child_that_ends_without_a_word_never_got_ready(listening):
    signs, child = listening
    os.close(child)
    assert not await signs.ready()


async def test_a_supervisor_that_does_not_read_or_is_gone_stops_nobody():
    end, child = os.pipe()
    pulse = Pulse(child)
    os.write(child, bytes(os.fpathconf(child, "PC_PIPE_BUF") * 16))
    pulse.say_ready()
    os.close(end)
    pulse.say_ready()
    os.close(child)
