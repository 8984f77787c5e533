import pytest
import sqlalchemy as sa

from pratique.core.errors import Conflict, Invalid
from pratique.jobs import outbox


def stored(engine):
    with engine.begin() as connection:
        schema = "" if engine.dialect.name == "sqlite" else "dbos."
        return connection.execute(sa.text(f"select workflow_uuid, name from {schema}workflow_status")).all()


def test_a_promise_is_kept_with_the_transaction_that_made_it(engine):
    with engine.begin() as connection:
        outbox.enqueue(connection, "plain", {"release": 1}, "event-1")
        outbox.enqueue(connection, "plain", {"release": 1}, "event-2")

    assert sorted(stored(engine)) == [("event-1", "plain"), ("event-2", "plain")]


def test_a_rollback_takes_the_job_along(engine):
    with engine.connect() as connection:
        transaction = connection.begin()
        outbox.enqueue(connection, "plain", {}, "event-1")
        transaction.rollback()

    assert stored(engine) == []


def test_the_same_id_twice_is_one_job_in_one_transaction_and_in_two(engine):
    for _ in range(2):
        with engine.begin() as connection:
            outbox.enqueue(connection, "plain", {}, "event-1")
            outbox.enqueue(connection, "plain", {}, "event-1")

    assert stored(engine) == [("event-1", "plain")]


def test_an_id_that_belongs_to_another_kind_of_job_is_refused_by_name(engine):
    with engine.begin() as connection:
        outbox.enqueue(connection, "plain", {}, "event-1")

    with pytest.raises(Conflict, match="event-1 exists already and is no slow"), engine.begin() as connection:
        outbox.enqueue(connection, "slow", {}, "event-1")


@pytest.mark.parametrize("job_id", ["", "two words", "event#2", "line\nbreak", "x" * 201, "naïve"])
def test_an_odd_id_is_refused_before_anything_is_stored(engine, job_id):
    with pytest.raises(Invalid, match="cannot be a job's id"), engine.begin() as connection:
        outbox.enqueue(connection, "plain", {}, job_id)

    assert stored(engine) == []
