"""Answers: bounded, the most recently asked stay."""

from pratique.core.actors import ActorKind
from pratique.core.clock import Instant
from pratique.core.names import EcosystemId, ProjectKey
from pratique.web.answers import LONGEST, Answers, Asker, Question, StandingListing

LEFT = ProjectKey(EcosystemId("npm"), "left")
NOBODY = Asker(ActorKind.NOBODY, False, None)


def question(accept: str = "") -> Question:
    return Question("http://here", accept, "gzip", NOBODY, None)


def standing() -> StandingListing:
    return StandingListing("view", 1, LEFT, 7, Instant(200))


def test_the_address_that_was_asked_least_recently_goes():
    answers = Answers(paths=2)
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
