"""PostgreSQL 15 and later, by psycopg: transactions that behave as if they ran one after the other.

Writers are SERIALIZABLE: what one read cannot have changed when it commits, or the database refuses it, and
`store.database` does it again. Durable writers nearly all raise the global revision and would refuse each other all the
time, so that they take turns before they look at anything. ADR 18 has the measurements.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.compiler import compiles

from pratique.core.errors import DiskFull, Invalid, Unavailable
from pratique.core.limits import DatabaseLimits

OLDEST = 150_000
"""As the server numbers its versions; older ones are not tested."""

TURN = "LOCK TABLE repository IN SHARE UPDATE EXCLUSIVE MODE"
"""Excludes itself and nobody who reads or writes rows. A LOCK takes no snapshot, so that whoever waited sees what was
committed meanwhile. The table is small and nearly never changes: its vacuum has nothing to do."""

_MIGRATION_LOCK = 0x7072_6174_6971_7565  # "pratique"
_FROZEN_AFTER_MS = 60_000
"""A transaction that stands still (its machine sleeps) is not kept open for ever."""

_SHORTEST_STAND_MS = 500
"""A busy machine is not a frozen one."""

_SILENT_AFTER_S = 2
_ASKED_AGAIN_S = 1
_DEAD_AFTER_MS = 5_000
"""A connection over which nothing comes back is given up, by whichever side finds out. Where the network was cut, the
system would try again after ever longer pauses, and lose as long again once it is whole."""

_NO_ROOM = "53100"
_ANSWERS_AGAIN = "; nothing was changed; try again"
_SENTENCES = {
    "25006": "the database is read-only at the moment" + _ANSWERS_AGAIN,
    "40001": "the database was busy for too long; try again",
    "40P01": "the database was busy for too long; try again",
    _NO_ROOM: "the disk of the database is full; nothing was changed; make room and try again",
    "53200": "the database has no memory left" + _ANSWERS_AGAIN,
    "53300": "the database takes no more connections; raise its max_connections, or lower [postgresql] readers and "
    "writers",
    "55P03": "the database was busy for too long; try again",
    "57014": "the database took too long; try again",
    "XX001": "the database is damaged; stop the server and restore it from a backup",
    "XX002": "an index of the database is damaged; REINDEX it, or restore the database from a backup",
}
_UNREACHABLE = "the database cannot be reached right now; try again"
_GONE = ("08", "57P")
"""Classes of errors that say that the server went away: connections broken, shutting down, starting up."""

_TOO_MUCH = {
    "22003": "a number is larger than any that this server ever gives out",
    "22021": "a text holds a character that no name or sentence has",
    "22P05": "a text holds a character that no name or sentence has",
    "54000": "a name is longer than this server can look up",
}
_CONFLICTS = frozenset({"40001", "40P01"})


@compiles(sa.String, "postgresql")
def _without_length(_type: sa.String, _compiler: Any, **_options: Any) -> str:
    """No text is refused by its length here that SQLite, which knows none, would keep."""
    return "TEXT"


class Postgresql:
    """How a `store.dialects.Dialect` is spoken to PostgreSQL."""

    one_writer = False

    def check(self, url: sa.URL) -> None:
        """Refuse a URL that leaves open which database is meant. Raises Invalid."""
        if not url.database:
            raise Invalid("the database URL names no database; write postgresql://user@host/pratique")

    def reading(self, url: sa.URL, limits: DatabaseLimits) -> sa.Engine:
        """Engine whose transactions see one snapshot and cannot write."""
        return _engine(url, limits, limits.readers + 2, isolation="REPEATABLE READ", read_only=True)

    def writing(self, url: sa.URL, limits: DatabaseLimits, *, durable: bool) -> sa.Engine:
        """Engine whose transactions are as if they ran one after the other."""
        session = {
            "synchronous_commit": "on" if durable else "off",
            # Who stands still in mid-turn, frozen or cut off, loses it before those who wait lose patience.
            "idle_in_transaction_session_timeout": str(max(limits.patience * 3 // 4, _SHORTEST_STAND_MS)),
        }
        return _engine(url, limits, 1 if durable else limits.writers + 1, isolation="SERIALIZABLE", session=session)

    def migrating(self, url: sa.URL) -> sa.Engine:
        """Engine for schema changes, which may take long."""
        return _engine(url, DatabaseLimits(statement=0, patience=60_000), 1, isolation="READ COMMITTED")

    def listening(self, url: sa.URL, limits: DatabaseLimits) -> sa.Engine:
        """Engine for the one connection that waits to be told of changes."""
        return _engine(url, limits, 1, isolation="AUTOCOMMIT")

    def take_turn(self, connection: sa.Connection) -> None:
        """Wait until no other process is in a turn; to be called before anything is read."""
        connection.exec_driver_sql(TURN)

    def begin_migration(self, connection: sa.Connection) -> None:
        """Wait for whoever migrates now, and make sure that the server can be used.

        Raises:
            Invalid: it is too old, or keeps texts in another encoding.
        """
        _check_server(connection)
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})")

    def broken_references(self, connection: sa.Connection) -> int:
        """None: they are checked at every change of a table."""
        del connection
        return 0

    def is_conflict(self, error: DBAPIError) -> bool:
        """Whether two got into each other's way and doing it again is all it takes."""
        return _state(error) in _CONFLICTS

    def sentence(self, error: DBAPIError) -> Unavailable | Invalid | None:
        """What a failure of the database itself means; None if the statement was at fault."""
        state = _state(error)
        if "in a read-only transaction" in str(error.orig):
            return None  # a reader tried to write
        if "recovery" in str(error.orig) or "hot standby" in str(error.orig):
            state = "25006"
        if state == _NO_ROOM:
            return DiskFull(_SENTENCES[state])
        if state in _SENTENCES:
            return Unavailable(_SENTENCES[state])
        if state in _TOO_MUCH:
            return Invalid(_TOO_MUCH[state])
        if state.startswith(_GONE) or error.connection_invalidated:
            return Unavailable(_UNREACHABLE)
        if not state and "NUL (0x00)" in str(error.orig):
            return Invalid(_TOO_MUCH["22021"])
        if not state and isinstance(error, sa.exc.OperationalError):
            return Unavailable(_why_no_connection(str(error.orig)))
        return None


def _state(error: DBAPIError) -> str:
    """The SQLSTATE, empty where the server was never reached."""
    return getattr(error.orig, "sqlstate", None) or ""


def _why_no_connection(said: str) -> str:
    for mark, sentence in (
        ("password authentication failed", "the database refuses the user or the password; check `database`"),
        ("no password supplied", "the database wants a password; see `password_file` in [postgresql]"),
        ("no pg_hba.conf entry", "the database lets nobody in from this machine; see its pg_hba.conf"),
        ("does not exist", "the database server has no such database or user; create it, or check `database`"),
        ("too many clients", _SENTENCES["53300"]),
        ("remaining connection slots", _SENTENCES["53300"]),
    ):
        if mark in said:
            return sentence
    return _UNREACHABLE


def _check_server(connection: sa.Connection) -> None:
    version, encoding = connection.exec_driver_sql(
        "SELECT current_setting('server_version_num')::int, current_setting('server_encoding')"
    ).one()
    if version < OLDEST:
        raise Invalid(f"the database is PostgreSQL {version // 10_000}; Pratique needs {OLDEST // 10_000} or later")
    if encoding != "UTF8":
        raise Invalid(f"the database keeps texts as {encoding}; create it with ENCODING 'UTF8'")


def _engine(
    url: sa.URL,
    limits: DatabaseLimits,
    connections: int,
    *,
    isolation: Any,
    read_only: bool = False,
    session: dict[str, str] | None = None,
) -> sa.Engine:
    engine = sa.create_engine(
        url,
        poolclass=sa.QueuePool,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=max(limits.patience, 1_000) / 1_000,
        isolation_level=isolation,
        hide_parameters=True,  # what a failed statement carried may be a secret, and its error ends in a log
        connect_args=_connecting(url, limits),
    )
    settings = {
        "statement_timeout": str(limits.statement),
        "lock_timeout": str(max(1, limits.patience)),  # 0 would be for ever
        "idle_in_transaction_session_timeout": str(_FROZEN_AFTER_MS),
        # A node that is cut off must not hold its locks until the system's two hours are over.
        "tcp_keepalives_idle": str(_SILENT_AFTER_S),
        "tcp_keepalives_interval": str(_ASKED_AGAIN_S),
        "tcp_keepalives_count": "3",
        "tcp_user_timeout": str(_DEAD_AFTER_MS),
        **(session or {}),
    }

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        asked = ", ".join(f"set_config('{name}', '{value}', false)" for name, value in settings.items())
        connection.execute(f"SELECT {asked}")
        connection.commit()
        connection.read_only = read_only

    return engine


def _connecting(url: sa.URL, limits: DatabaseLimits) -> dict[str, Any]:
    """What libpq is told beside the URL, which may say otherwise."""
    patience = max(2, limits.connect // 1_000)
    ours = {
        "application_name": "pratique",
        "connect_timeout": patience,
        "keepalives_idle": _SILENT_AFTER_S,
        "keepalives_interval": _ASKED_AGAIN_S,
        "keepalives_count": 3,
        "tcp_user_timeout": _DEAD_AFTER_MS,
    }
    return {name: value for name, value in ours.items() if name not in url.query}
