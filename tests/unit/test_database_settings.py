"""Which database is meant, and where its password comes from and never goes."""

from __future__ import annotations

import pytest

from pratique.core.errors import Invalid
from pratique.core.limits import DatabaseLimits
from pratique.settings import load_settings
from pratique.settings.folder import DataFolder
from pratique.settings.limits import database_limits
from pratique.settings.values import PostgresqlSettings


def read(tmp_path, text, **environment):
    (tmp_path / "pratique.toml").write_text(text)
    return load_settings(tmp_path / "pratique.toml", environment)


def url(tmp_path, text, **environment):
    return DataFolder(tmp_path).database_url(read(tmp_path, text, **environment))


def test_without_a_word_it_is_a_file_in_the_data_folder(tmp_path):
    assert url(tmp_path, "") == f"sqlite:///{tmp_path}/pratique.db"


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_a_postgresql_is_named_by_its_url_however_its_scheme_is_written(tmp_path, scheme):
    found = url(tmp_path, f'database = "{scheme}://me:s%40crt@db.example.test/pratique?sslmode=verify-full"')

    assert found == "postgresql+psycopg://me:s%40crt@db.example.test/pratique?sslmode=verify-full"


def test_the_environment_names_it_as_well(tmp_path):
    found = url(tmp_path, "", PRATIQUE_DATABASE="postgresql://me@/pratique?host=/run/postgresql")

    assert found == "postgresql+psycopg://me@/pratique?host=%2Frun%2Fpostgresql"


def test_the_password_can_stand_in_a_file_of_its_own(tmp_path):
    (tmp_path / "password").write_text("a/b@c:d\n")
    text = f'database = "postgresql://me@db.example.test/pratique"\n[postgresql]\npassword_file = "{tmp_path}/password"'

    assert url(tmp_path, text) == "postgresql+psycopg://me:a%2Fb%40c%3Ad@db.example.test/pratique"


@pytest.mark.parametrize("content", [None, "", "\n", b"\xff"])
def test_a_password_file_without_a_password_is_refused_by_name(tmp_path, content):
    if content is not None:
        (tmp_path / "password").write_bytes(content if isinstance(content, bytes) else content.encode())
    text = f'database = "postgresql://me@db.example.test/x"\n[postgresql]\npassword_file = "{tmp_path}/password"'

    with pytest.raises(Invalid, match=r"`postgresql.password_file`: .*password"):
        url(tmp_path, text)


@pytest.mark.parametrize(
    ("database", "sentence"),
    [
        ("mysql://me:SECRET@127.0.0.1/x", "no supported database; write"),
        ("postgresql://me:SECRET@127.0.0.1", "names no database; write"),
        ("postgresql://me:SECRET@127.0.0.1:port/x", "cannot be read; write"),
        ("//me:SECRET@127.0.0.1/x", "cannot be read; write"),
        ("sqlite:///:memory:", "in memory cannot be shared"),
    ],
)
def test_a_url_that_cannot_be_used_is_refused_without_repeating_its_password(tmp_path, database, sentence):
    with pytest.raises(Invalid, match=f"`database`: .*{sentence}") as refused:
        read(tmp_path, f'database = "{database}"')

    assert "SECRET" not in str(refused.value)


def test_two_passwords_are_one_too_many(tmp_path):
    text = 'database = "postgresql://me:SECRET@db.example.test/x"\n[postgresql]\npassword_file = "/run/password"'

    with pytest.raises(Invalid, match="give one of the two"):
        read(tmp_path, text)


def test_the_store_gets_its_own_defaults_where_nothing_is_said():
    assert database_limits(PostgresqlSettings()) == DatabaseLimits()


@pytest.mark.parametrize("name", ["readers", "writers"])
def test_a_server_without_connections_is_refused(tmp_path, name):
    with pytest.raises(Invalid, match=rf"`postgresql.{name}` must be at least 1"):
        read(tmp_path, f"[postgresql]\n{name} = 0")
