"""The schema's history leads to the schema, and back, on every database."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy.schema import CreateIndex, CreateTable

from pratique.core.errors import Conflict, Unavailable
from pratique.core.names import EcosystemId, ProjectKey
from pratique.store import releases, revocations
from pratique.store.dialects import database_url, dialect_of, read_url
from pratique.store.migrations import downgrade, upgrade
from pratique.store.schema import metadata
from pratique.store.schema_revision import VERSION_TABLE, current, head
from tests.harness.postgresql import cluster
from tests.stores.implementations import DATABASES

ROOT = Path(__file__).parents[3]


@pytest.fixture(params=DATABASES)
def url(request, tmp_path):
    """A database with nothing in it."""
    if request.param == "postgresql":
        return cluster().url(cluster().new_database())
    return database_url(tmp_path / "a b%20c?.db")


@contextmanager
def connect(url):
    parsed = read_url(url)
    engine = dialect_of(parsed).migrating(parsed)
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def do(url, statement, **values):
    """Run one statement; its rows."""
    with connect(url) as connection:
        result = connection.execute(sa.text(statement), values)
        return [tuple(row) for row in result] if result.returns_rows else []


def tables(url):
    with connect(url) as connection:
        return set(sa.inspect(connection).get_table_names())


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


MAIN = "insert into repository (name, anonymous_read, created) values ('main', true, 0)"
REVOKED = (
    'insert into revocation (repository_id, ecosystem, name, version, filename, reason, "by", at) '
    "values (1, :ecosystem, :name, :version, :filename, 'malware', 'eve', 0)"
)
CRATE = (
    "insert into project (repository_id, ecosystem, name, display, twin, origin, visibility, created) "
    "values (1, 'cargo', :name, :name, :twin, :origin, 'members', 0)"
)
RELEASED = (
    "insert into release (project_id, version, clearance, yank_reason, created) "
    "values (:project, :version, :clearance, :reason, 0)"
)


def test_upgrading_twice_keeps_what_is_stored(url):
    upgrade(url)
    do(url, MAIN)

    upgrade(url)

    assert do(url, "select name from repository") == [("main",)]


def test_a_revocation_of_before_bytes_were_remembered_still_holds(url):
    upgrade(url)
    downgrade(url, "0002")
    do(url, MAIN)
    do(url, REVOKED, ecosystem="npm", name="left", version="1.0.0", filename="left-1.0.0.tgz")

    upgrade(url)

    with connect(url) as connection:
        (found,) = revocations.in_force(connection, 1, ProjectKey(EcosystemId("npm"), "left"), "left")
    assert (found.version, found.filename, found.digests) == ("1.0.0", "left-1.0.0.tgz", ())


def test_what_was_yanked_and_denied_before_twins_and_yanks_were_kept_apart_is_told_apart(url):
    upgrade(url)
    downgrade(url, "0007")
    do(url, MAIN)
    do(url, CRATE, name="a-b", twin="a_b", origin="own")
    states = [
        ("0.9.0", "live", None),
        ("1.0.0", "yanked", None),
        ("1.0.1", "yanked", "old"),
        ("2.0.0", "live", "x"),
    ]
    for version, clearance, reason in states:
        do(url, RELEASED, project=1, version=version, clearance=clearance, reason=reason)
    do(url, REVOKED, ecosystem="cargo", name="a-b", version="1.0.1", filename=None)

    upgrade(url)

    with connect(url) as connection:
        (found,) = revocations.in_force(connection, 1, ProjectKey(EcosystemId("cargo"), "a_b"), "a_b")
        stand = [(one.version, str(one.clearance), one.yank_reason) for one in releases.of_project(connection, 1)]
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
    do(url, MAIN)
    for name, origin in (("a_b", "own"), ("c_d", "own"), ("e-f", "own"), ("g_h", "upstream")):
        do(url, CRATE, name=name, twin=name.replace("-", "_"), origin=origin)
    for project, version in ((1, "1.0.0+x"), (1, "1.0.1"), (2, "1.0.0"), (3, "1.0.0"), (4, "1.0.0")):
        do(url, RELEASED, project=project, version=version, clearance="live", reason=None)
    for name, version in (("A-b", "1.0.0-RC1"), ("a-b", "1.0.0"), ("c-d", None), ("g-h", None)):
        do(url, REVOKED, ecosystem="cargo", name=name, version=version, filename=None)
    do(url, REVOKED, ecosystem="cargo", name="e-f", version="1.0.0", filename="other.crate")

    upgrade(url)

    assert do(url, "select project_id, version, clearance from release order by id") == [
        (1, "1.0.0+x", "revoked"),
        (1, "1.0.1", "live"),
        (2, "1.0.0", "revoked"),
        (3, "1.0.0", "live"),
        (4, "1.0.0", "live"),
    ]


def test_the_scripts_build_what_the_code_expects(url):
    upgrade(url)
    with connect(url) as connection:
        options = {"version_table": VERSION_TABLE, "compare_type": True, "compare_server_default": True}
        differences = compare_metadata(MigrationContext.configure(connection, opts=options), metadata)

    assert differences == []


@pytest.mark.parametrize("kind", DATABASES)
def test_the_scripts_name_indexes_and_keys_as_the_code_does(kind, tmp_path):
    built, direct = (
        [cluster().url(cluster().new_database()) for _ in range(2)]
        if kind == "postgresql"
        else [database_url(tmp_path / name) for name in ("built.db", "direct.db")]
    )
    upgrade(built)
    with connect(direct) as connection:
        for table in metadata.sorted_tables:
            connection.execute(CreateTable(table))
            for index in table.indexes:
                connection.execute(CreateIndex(index))

    assert {name for name in _names(built) if VERSION_TABLE not in name} == _names(direct)


def _names(url):
    with connect(url) as connection:
        if connection.dialect.name == "sqlite":
            found = connection.exec_driver_sql("select name from sqlite_master where name not like 'sqlite_%%'")
        else:
            found = connection.exec_driver_sql(
                "select relname from pg_class join pg_namespace on pg_namespace.oid = relnamespace "
                "where nspname = 'public' union select conname from pg_constraint where contype <> 'n'"
                "and connamespace = 'public'::regnamespace"
            )
        return set(found.scalars())


def test_tables_of_the_job_engine_are_left_alone(url):
    do(url, "create table workflow_status (workflow_uuid text primary key)")

    upgrade(url)
    downgrade(url, "base")

    assert "workflow_status" in tables(url)


@pytest.mark.parametrize("step", [upgrade, lambda url: downgrade(url, "base")], ids=["up", "down"])
def test_a_newer_schema_is_refused_with_what_to_do(url, step):
    upgrade(url)
    do(url, f"update {VERSION_TABLE} set version_num = '9999'")

    with pytest.raises(Conflict, match=r"written by a newer version .schema 9999.*install that version"):
        step(url)


def test_a_database_of_another_program_is_refused_with_a_sentence_and_stays_as_it_is(url):
    do(url, "create table waiver (id integer primary key)")

    with pytest.raises(Conflict, match=r"tables of another program .for example waiver.; nothing was changed"):
        upgrade(url)

    assert tables(url) == {"waiver"}
    assert current(url) is None


def test_a_database_that_another_program_uses_is_refused_although_none_of_its_tables_is_called_as_ours(url):
    do(url, "create table moz_places (id integer primary key)")

    with pytest.raises(Conflict, match=r"tables of another program .for example moz_places.; nothing was changed"):
        upgrade(url)

    assert tables(url) == {"moz_places"}


def test_a_migration_that_fails_changes_nothing(url):
    upgrade(url)
    downgrade(url, "0006")
    before = tables(url)
    do(url, "alter table project add column twin text")

    with pytest.raises(sa.exc.DBAPIError, match="twin"):
        upgrade(url)

    assert tables(url) == before
    assert current(url) == "0006"


def test_a_server_that_does_not_answer_is_told_with_its_address_and_without_the_password(tmp_path):
    with pytest.raises(Unavailable, match=r"cannot be reached right now.*\.s\.PGSQL\.5432") as refused:
        upgrade(f"postgresql://me:SECRET@/pratique?host={tmp_path}")

    assert "SECRET" not in str(refused.value)


def test_own_files_published_before_tell_what_decisions_ask_of_them(url):
    upgrade(url)
    downgrade(url, "0004")
    content = '{"name":"ours","version":"1.0.0","fields":{"x":"\u00e4"},"execution_points":["install"]}'
    do(url, MAIN)
    do(
        url,
        "insert into project (repository_id, ecosystem, name, display, origin, visibility, created) "
        "values (1, 'npm', 'ours', 'ours', 'own', 'members', 0)",
    )
    do(url, RELEASED, project=1, version="1.0.0", clearance="live", reason=None)
    for release, filename in ((1, "own.tgz"), (None, "theirs.tgz")):
        do(
            url,
            "insert into file (project_id, release_id, version, filename, first_seen, sight) "
            "values (1, :release, '1.0.0', :filename, 0, 'own')",
            release=release,
            filename=filename,
        )
    described = "insert into manifest (file_id, content, metadata) values (1, :content, :metadata)"
    do(url, described, content=content, metadata=b"")

    upgrade(url)

    found = do(url, "select execution_points, entry_size from file order by id")
    assert found == [('["install"]', len(content.encode())), (None, None)]
