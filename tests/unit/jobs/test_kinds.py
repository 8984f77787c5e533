import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.core.errors import Invalid
from pratique.jobs.kinds import JobKind, JobRun, encode_payload, job_table
from pratique.jobs.names import attempt_id, is_job_id, job_of


async def nothing(_run):
    pass


class Payload(msgspec.Struct):
    releases: list[str]


def test_a_handler_reads_its_payload_as_the_value_that_was_promised():
    run = JobRun("event-1", encode_payload(Payload(["left@1.0.0"])).encode(), 1)

    assert run.read(Payload) == Payload(["left@1.0.0"])


@pytest.mark.parametrize("payload", [b"{}", b'{"releases": 1}', b"not json"])
def test_a_payload_of_another_form_is_refused_with_the_jobs_id(payload):
    with pytest.raises(Invalid, match="job event-1 carries a payload that is no Payload"):
        JobRun("event-1", payload, 1).read(Payload)


def test_pauses_grow_with_every_attempt():
    kind = JobKind("recheck", nothing, first_pause=5, back_off=3)

    assert [kind.pause_before(attempt) for attempt in (2, 3, 4)] == [5, 15, 45]


@pytest.mark.parametrize("name", ["", "Recheck", "two words", "9lives", "x" * 65])
def test_an_odd_name_of_a_job_is_a_fault_of_the_program(name):
    with pytest.raises(ValueError, match="no name for a job"):
        job_table([JobKind(name, nothing)])


def test_two_jobs_of_one_name_are_a_fault_of_the_program():
    with pytest.raises(ValueError, match="two jobs are called recheck"):
        job_table([JobKind("recheck", nothing), JobKind("recheck", nothing)])


@given(st.text(min_size=1, max_size=220).filter(is_job_id), st.integers(1, 99))
def test_job_and_attempt_are_found_again_in_the_engines_id(job_id, attempt):
    assert job_of(attempt_id(job_id, attempt)) == (job_id, attempt)
