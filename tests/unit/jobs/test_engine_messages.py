"""What the engine says of itself ends in our log, but not the same five times a second."""

import logging

from structlog.testing import capture_logs

from pratique.jobs.engine_log import _ToOurLog


def record(message, at):
    made = logging.LogRecord("dbos", logging.WARNING, "", 0, message, None, None)
    made.created = at
    return made


def test_the_same_message_is_taken_once_a_minute_and_another_one_at_once():
    handler = _ToOurLog()
    with capture_logs() as logs:
        for tenth in range(0, 900, 2):
            handler.emit(record("the disk is full", tenth / 10))
        handler.emit(record("something else", 50.0))

    assert [line["engine"] for line in logs] == ["the disk is full", "the disk is full", "something else"]
