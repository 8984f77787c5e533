"""A full disk is recognised, whoever found out; other failures are not taken for one."""

import errno
import sqlite3

import pytest
from sqlalchemy.exc import OperationalError

from pratique.cli.no_room import why_no_room
from pratique.core.errors import DiskFull, Unavailable
from pratique.services.disk import refused_by_disk


def from_sqlite(code):
    error = sqlite3.OperationalError("said by SQLite")
    error.sqlite_errorcode = code
    return OperationalError("INSERT", {}, error)


def because_of(cause):
    error = RuntimeError("the job engine did not start")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    "error",
    [
        DiskFull("the disk of the data folder is full"),
        OSError(errno.ENOSPC, "No space left on device"),
        OSError(errno.EDQUOT, "Disk quota exceeded"),
        from_sqlite(sqlite3.SQLITE_FULL),
        from_sqlite(sqlite3.SQLITE_IOERR_SHMSIZE),
        from_sqlite(sqlite3.SQLITE_IOERR_WRITE),
        refused_by_disk(OSError(errno.ENOSPC, "No space left on device")),
        because_of(from_sqlite(sqlite3.SQLITE_FULL)),
    ],
    ids=["ours", "ENOSPC", "quota", "SQLITE_FULL", "SHMSIZE", "WRITE", "blob", "cause"],
)
def test_no_room_is_a_sentence(error):
    assert "full" in why_no_room(error)


@pytest.mark.parametrize(
    "error",
    [
        Unavailable("the database was busy for too long; try again"),
        OSError(errno.EACCES, "Permission denied"),
        from_sqlite(sqlite3.SQLITE_BUSY),
        from_sqlite(sqlite3.SQLITE_IOERR_READ),
        RuntimeError("full"),
    ],
    ids=["busy", "EACCES", "SQLITE_BUSY", "READ", "another"],
)
def test_anything_else_is_not(error):
    assert why_no_room(error) is None


def test_an_error_that_was_raised_from_itself_comes_to_an_end():
    error = RuntimeError("odd")
    error.__cause__ = error

    assert why_no_room(error) is None
