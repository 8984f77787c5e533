"""Answers: bounded, the most recently asked stay."""

from pratique.core.actors import ActorKind
from pratique.core.clock import Instant
from pratique.core.names import EcosystemId, ProjectKey
from pratique.services.installing.file_answers import Cleared
from pratique.web.answers import LONGEST, Answers, Asker, Question, StandingFile, StandingListing
from pratique.web.wire import WireHeads

LEFT = ProjectKey(EcosystemId("npm"), "left")
NOBODY = Asker(ActorKind.NOBODY, False, None)


def question(accept: str = "") -> Question:
    return Question("http://here", accept, "gzip", NOBODY, None)


def standing() -> StandingListing:
    return StandingListing("view", '"etag"', WireHeads(b"", b""), 1, LEFT, 7, Instant(100), Instant(200))


def test_the_address_that_was_asked_least_recently_goes():
    answers = Answers(max_bytes=2_100)
    for path in ("/a", "/b"):
        answers.keep(path, question(), standing())
    answers.of("/a")
    answers.keep("/c", question(), standing())

    assert answers.of("/b") is None
    assert answers.of("/a")
    assert answers.of("/c")


def test_of_one_address_the_oldest_question_goes():
    answers = Answers(questions=2)
    for accept in ("one", "two", "three"):
        answers.keep("/a", question(accept), standing())

    assert set(answers.of("/a") or ()) == {question("two"), question("three")}


def test_a_question_of_unusual_length_is_not_remembered():
    answers = Answers()
    answers.keep("/a", question("x" * LONGEST), standing())

    assert answers.of("/a") is None


def test_no_more_bytes_are_held_than_were_allowed_however_often_a_question_is_asked_again():
    answers = Answers(max_bytes=10_000)
    for number in range(200):
        for path in (f"/{number % 20}", "/a"):
            answers.keep(path, question("x" * (number % 7)), standing())

    kept = [path for path in [*(f"/{number}" for number in range(20)), "/a"] if answers.of(path)]
    assert "/a" in kept
    assert sum(len(answers.of(path) or ()) for path in kept) < 10


def test_what_is_said_beside_bytes_counts():
    answers, cleared = Answers(max_bytes=10_000), Cleared(1, LEFT, "1", "left", "ab", 1, False, 1, Instant(0), None)
    for number in range(9):
        answers.keep(f"/{number}", question(), StandingFile(cleared, {"npm-notice": "x" * 5_000}, b""))

    assert [number for number in range(9) if answers.of(f"/{number}")] == [8]


def test_what_no_client_asks_is_not_remembered():
    answers = Answers()
    answers.keep("/a?x=1", question(), standing())
    answers.keep("/a", question("\N{GRINNING FACE}"), standing())

    assert answers.of("/a?x=1") is None
    assert answers.of("/a") is None


def test_it_lasts_from_when_it_was_given_until_its_end():
    assert [standing().is_in_time(Instant(now)) for now in (99, 100, 199, 200)] == [False, True, True, False]
