"""The schema's history leads to the schema, and back."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateIndex, CreateTable

from pratique.core.errors import Conflict
from pratique.core.names import EcosystemId, ProjectKey
from pratique.store import releases, revocations
from pratique.store.dialects import database_url, reading_engine
from pratique.store.migrations import VERSION_TABLE, current, downgrade, head, upgrade
from pratique.store.schema import metadata


@pytest.fixture
def url(tmp_path):
    return database_url(tmp_path / "a b%20c?.db")


def connect(url):
    return closing(sqlite3.connect(sa.make_url(url).database, isolation_level=None))


def tables(url):
    with connect(url) as connection:
        rows = connection.execute("select name from sqlite_master where type = 'table' and name not like 'sqlite_%'")
        return {row[0] for row in rows}


def test_a_new_database_has_no_revision_and_gets_the_newest(url):
    assert current(url) is None

    upgrade(url)

    assert current(url) == head()


def test_up_down_up_leaves_the_whole_schema(url):
    upgrade(url)
    downgrade(url, "base")
    assert tables(url) == {VERSION_TABLE}

    upgrade(url)

    assert tables(url) == {VERSION_TABLE, *metadata.tables}


def test_upgrading_twice_keeps_what_is_stored(url):
    upgrade(url)
    with connect(url) as connection:
        connection.execute("insert into repository (name, anonymous_read, created) values ('main', 1, 0)")

    upgrade(url)

    with connect(url) as connection:
        assert connection.execute("select name from repository").fetchall() == [("main",)]


def test_a_revocation_of_before_bytes_were_remembered_still_holds(url):
    upgrade(url)
    downgrade(url, "0002")
    with connect(url) as connection:
        connection.execute("insert into repository (name, anonymous_read, created) values ('main', 1, 0)")
        connection.execute(
            "insert into revocation (repository_id, ecosystem, name, version, filename, reason, by, at) "
            "values (1, 'npm', 'left', '1.0.0', 'left-1.0.0.tgz', 'malware', 'eve', 0)"
        )

    upgrade(url)

    engine = reading_engine(url, 1)
    with engine.connect() as connection:
        (found,) = revocations.in_force(connection, 1, ProjectKey(EcosystemId("npm"), "left"), "left")
    engine.dispose()
    assert (found.version, found.filename, found.digests) == ("1.0.0", "left-1.0.0.tgz", ())


def test_what_was_yanked_and_denied_before_twins_and_yanks_were_kept_apart_is_told_apart(url):
    upgrade(url)
    downgrade(url, "0007")
    with connect(url) as connection:
        connection.execute("insert into repository (name, anonymous_read, created) values ('main', 1, 0)")
        connection.execute(
            "insert into project (repository_id, ecosystem, name, display, twin, origin, visibility, created) "
            "values (1, 'cargo', 'a-b', 'a-b', 'a_b', 'own', 'members', 0)"
        )
        states = [
            ("0.9.0", "live", None),
            ("1.0.0", "yanked", None),
            ("1.0.1", "yanked", "old"),
            ("2.0.0", "live", "x"),
        ]
        for version, clearance, reason in states:
            row = (version, clearance, reason)
            connection.execute("insert into release values (null, 1, ?, ?, ?, 0)", row)
        connection.execute(
            "insert into revocation (repository_id, ecosystem, name, version, reason, by, at) "
            "values (1, 'cargo', 'a-b', '1.0.1', 'malware', 'eve', 0)"
        )

    upgrade(url)

    engine = reading_engine(url, 1)
    with engine.connect() as connection:
        (found,) = revocations.in_force(connection, 1, ProjectKey(EcosystemId("cargo"), "a_b"), "a_b")
        stand = [(one.version, str(one.clearance), one.yank_reason) for one in releases.of_project(connection, 1)]
    engine.dispose()
    assert (found.version, found.twin) == ("1.0.1", "a-b")
    assert stand == [
        ("0.9.0", "live", None),
        ("1.0.0", "yanked", ""),
        ("1.0.1", "revoked", "old"),
        ("2.0.0", "live", None),
    ]
    downgrade(url, "0007")


def test_what_was_revoked_under_another_spelling_before_twins_were_heard_of_is_revoked(url):
    upgrade(url)
    downgrade(url, "0007")
    with connect(url) as connection:
        connection.execute("insert into repository (name, anonymous_read, created) values ('main', 1, 0)")
        for name, origin in (("a_b", "own"), ("c_d", "own"), ("e-f", "own"), ("g_h", "upstream")):
            connection.execute(
                "insert into project (repository_id, ecosystem, name, display, twin, origin, visibility, created) "
                "values (1, 'cargo', ?, ?, ?, ?, 'members', 0)",
                (name, name, name.replace("-", "_"), origin),
            )
        for project, version in ((1, "1.0.0+x"), (1, "1.0.1"), (2, "1.0.0"), (3, "1.0.0"), (4, "1.0.0")):
            connection.execute("insert into release values (null, ?, ?, 'live', null, 0)", (project, version))
        revoked = [("A-b", "1.0.0-RC1"), ("a-b", "1.0.0"), ("c-d", None), ("g-h", None)]
        for name, version in revoked:
            connection.execute(
                "insert into revocation (repository_id, ecosystem, name, version, reason, by, at) "
                "values (1, 'cargo', ?, ?, 'malware', 'eve', 0)",
                (name, version),
            )
        connection.execute(
            "insert into revocation (repository_id, ecosystem, name, version, filename, reason, by, at) "
            "values (1, 'cargo', 'e-f', '1.0.0', 'other.crate', 'malware', 'eve', 0)"
        )

    upgrade(url)

    with connect(url) as connection:
        stand = connection.execute("select project_id, version, clearance from release order by id").fetchall()
    assert stand == [
        (1, "1.0.0+x", "revoked"),
        (1, "1.0.1", "live"),
        (2, "1.0.0", "revoked"),
        (3, "1.0.0", "live"),
        (4, "1.0.0", "live"),
    ]


def test_the_scripts_build_what_the_code_expects(url):
    upgrade(url)
    engine = reading_engine(url, 1)
    with engine.connect() as connection:
        options = {"version_table": VERSION_TABLE, "compare_type": True, "compare_server_default": True}
        differences = compare_metadata(MigrationContext.configure(connection, opts=options), metadata)
    engine.dispose()

    assert differences == []


def test_the_scripts_name_indexes_and_keys_as_the_code_does(url, tmp_path):
    upgrade(url)
    with closing(sqlite3.connect(tmp_path / "direct.db")) as direct:
        for statement in _ddl():
            direct.execute(statement)
        expected = _objects(direct)

    with connect(url) as built:
        assert {name: kind for name, kind in _objects(built).items() if VERSION_TABLE not in name} == expected


def _objects(connection):
    rows = connection.execute("select name, type from sqlite_master where name not like 'sqlite_%'")
    return dict(rows.fetchall())


def _ddl():
    for table in metadata.sorted_tables:
        yield str(CreateTable(table).compile(dialect=sqlite.dialect()))
        for index in table.indexes:
            yield str(CreateIndex(index).compile(dialect=sqlite.dialect()))


def test_tables_of_the_job_engine_are_left_alone(url):
    with connect(url) as connection:
        connection.execute("create table workflow_status (workflow_uuid text primary key)")

    upgrade(url)
    downgrade(url, "base")

    assert "workflow_status" in tables(url)


@pytest.mark.parametrize("step", [upgrade, lambda url: downgrade(url, "base")])
def test_a_newer_schema_is_refused_with_what_to_do(url, step):
    upgrade(url)
    with connect(url) as connection:
        connection.execute(f"update {VERSION_TABLE} set version_num = '9999'")

    with pytest.raises(Conflict, match=r"written by a newer version .schema 9999.*install that version"):
        step(url)


def test_a_migration_that_fails_changes_nothing(url):
    with connect(url) as connection:
        connection.execute("create table waiver (id integer primary key)")

    with pytest.raises(Exception, match="waiver"):
        upgrade(url)

    assert tables(url) == {"waiver"}
    assert current(url) is None


def test_own_files_published_before_tell_what_decisions_ask_of_them(url):
    upgrade(url)
    downgrade(url, "0004")
    content = '{"name":"ours","version":"1.0.0","fields":{"x":"\u00e4"},"execution_points":["install"]}'
    with connect(url) as connection:
        connection.execute("pragma foreign_keys = off")
        columns = "(id, project_id, release_id, version, filename, first_seen, sight)"
        for values in ((1, 1, 1, "1.0.0", "own.tgz", 0, "own"), (2, 1, None, "1.0.0", "theirs.tgz", 0, "first")):
            connection.execute(f"insert into file {columns} values (?, ?, ?, ?, ?, ?, ?)", values)
        connection.execute("insert into repository (id, name, anonymous_read, created) values (1, 'main', 1, 0)")
        connection.execute(
            "insert into project (id, repository_id, ecosystem, name, display, origin, visibility, created) "
            "values (1, 1, 'npm', 'ours', 'ours', 'own', 'members', 0)"
        )
        connection.execute("insert into release values (1, 1, '1.0.0', 'live', null, 0)")
        connection.execute("insert into manifest values (1, ?, ?)", (content, b""))

    upgrade(url)

    with connect(url) as connection:
        found = connection.execute("select execution_points, entry_size from file order by id").fetchall()
    assert found == [('["install"]', len(content.encode())), (None, None)]
