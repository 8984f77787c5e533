"""One line for each outcome, which says what happens and no more."""

import pytest

from pratique.core.decisions import Action, Decision, Vote
from pratique.core.names import EcosystemId, ProjectKey, Subject
from pratique.core.sentences import MAX_LINE, decision_line, one_line

URL = "http://here/r/id"


def line(action, why="is this", allowed=("1.0.0",)):
    """The sentence about `left@1.0.1` for one vote of a rule."""
    subject = Subject(ProjectKey(EcosystemId("npm"), "left"), "1.0.1")
    return decision_line(Decision("id", subject, action, (Vote("rule", action, why),)), allowed, URL)


@pytest.mark.parametrize("action", [Action.HOLD, Action.DENY])
def test_what_is_refused_is_blocked(action):
    expected = f"Blocked by policy rule: left@1.0.1 is this; allowed: 1.0.0; do not retry or substitute; see {URL}"
    assert line(action) == expected


def test_what_is_hidden_is_not_called_blocked():
    expected = f"Not offered by policy rule: left@1.0.1 is this; allowed: 1.0.0; pins of it are served; see {URL}"
    assert line(Action.HIDE) == expected


def test_a_warning_sends_nobody_away():
    assert line(Action.WARN) == f"Warning by policy rule: left@1.0.1 is this; see {URL}"


def test_what_passes_carries_no_address_because_none_is_kept():
    assert line(Action.ALLOW) == "Allowed by policy rule: left@1.0.1 is this"


@pytest.mark.parametrize("action", list(Action))
def test_no_line_is_too_long(action):
    assert len(line(action, why="long " * 100)) <= MAX_LINE


def told(why="is this", *, rule="rule", name="left", allowed=("1.0.0",), passing=False, url=URL):
    subject = Subject(ProjectKey(EcosystemId("npm"), name), "1.0.1")
    decision = Decision("id", subject, Action.DENY, (Vote(rule, Action.DENY, why, passing=passing),))
    return decision_line(decision, allowed, url)


def test_what_could_not_be_judged_at_this_moment_is_worth_asking_for_again():
    line = told("cannot be judged now", allowed=None, passing=True)

    assert line == f"Blocked by policy rule: left@1.0.1 cannot be judged now; try again later; see {URL}"


@pytest.mark.parametrize("passing", [True, False])
@pytest.mark.parametrize("length", [1, 60, 300])
def test_rule_allowed_version_and_address_are_never_cut(length, passing):
    version, url = f"1.0.0-{'a' * length}", f"https://{'h' * length}.test/r/{'d' * 26}"

    line = told("long " * 60, rule="agent_new_name", name="n" * length, allowed=(version,), passing=passing, url=url)

    assert line.startswith("Blocked by policy agent_new_name: ")
    assert f"; allowed: {version}; " in line
    assert line.endswith(f"; see {url}")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("breaks on Tuesdays", "breaks on Tuesdays"),
        ("\x1b]0;title\x07 gone \x9b31m", "]0;title  gone  31m"),
        ("one\r\ntwo\u2028three", "one two three"),
        ("a\u202eb\u2066c\u200fd\x7f", "a b c d"),
        ("\u092c\u0902\u0926 \u2013 caf\u00e9 \U0001f600", "\u092c\u0902\u0926 \u2013 caf\u00e9 \U0001f600"),
        ("\x00\n", ""),
    ],
)
def test_text_that_is_passed_on_obeys_nobody_and_keeps_its_letters(text, line):
    assert one_line(text) == line
