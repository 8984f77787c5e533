"""The sentence of a decision: one line that every channel of every client can carry.

What each client prints of it was measured, and is told in the `refusal` of its ecosystem.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pratique.core.decisions import Action, Decision

MAX_LINE = 200
"""Printable ASCII characters; longer reason phrases were not tried with every client."""


def clean(text: str) -> str:
    """Printable ASCII only: anything else becomes `?`, runs of white space one blank.

    Names are attackers' text, and CR or LF in a reason phrase would split the response.
    """
    spaced = " ".join(text.split())
    return "".join(char if " " <= char <= "~" else "?" for char in spaced)


_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")


def one_line(text: str) -> str:
    """Somebody's text without what terminals and browsers obey: control characters, line ends, turns of direction.

    Runs of them become one blank; letters of every script stay. For text that is passed on as it was meant; a sentence
    of ours takes `clean`. Source: Unicode 15, categories Cc, Zl and Zp, and UAX 9, section 2, for the directions.
    """
    return _UNSEEN.sub(" ", text).strip()


def decision_line(decision: Decision, allowed: Sequence[str] | None, url: str) -> str:
    """The sentence for any decision with at least one vote; arguments as for `refusal_line`.

    What passes carries no address: only what is refused, hidden or warned of is kept to be looked up.
    """
    if decision.action.leaves_listing:
        return refusal_line(decision, allowed, url)
    if decision.action is Action.WARN:
        return warning_line(decision, url)
    return _told(decision, "Allowed", "")


def warning_line(decision: Decision, url: str) -> str:
    """The sentence for a decision that warns: at most 200 characters, and nobody is sent away by it."""
    return _told(decision, "Warning", f"; see {clean(url)}")


def refusal_line(decision: Decision, allowed: Sequence[str] | None, url: str) -> str:
    """The sentence for a decision that refuses or hides.

    What is hidden is not blocked: a pin of it is served, and the sentence must not send anybody away from that.
    What could not be judged at this moment is worth asking for again.

    Args:
        decision: with at least one vote.
        allowed: allowed versions, newest first; only the first is named. None where they are not known, or are
            no answer, as for an upload.
        url: page that explains the decision.

    Returns:
        At most 200 characters; when too long the why is cut first, then the middle of the
        subject, never rule, allowed version or URL.
    """
    named = "" if allowed is None else f"; allowed: {clean(allowed[0]) if allowed else 'none'}"
    if decision.action is Action.HIDE:
        return _told(decision, "Not offered", f"{named}; pins of it are served; see {clean(url)}")
    again = "try again later" if decision.passing else "do not retry or substitute"
    return _told(decision, "Blocked", f"{named}; {again}; see {clean(url)}")


def _told(decision: Decision, outcome: str, tail: str) -> str:
    """Outcome, deciding rule, subject, why and the tail; what is too long is cut between rule and tail."""
    vote = decision.vote
    rule, why = (vote.rule, clean(vote.why)) if vote else ("unknown", "is refused")
    head, subject = f"{outcome} by policy {clean(rule)}: ", clean(str(decision.subject))
    room = MAX_LINE - len(head) - len(tail)
    if len(subject) + 1 + len(why) > room:
        subject = _cut_middle(subject, max(16, room - len(why) - 1)) if len(why) <= 24 else subject
        why = _cut_end(why, max(0, room - len(subject) - 1))
    if len(subject) + (1 + len(why) if why else 0) > room:
        subject = _cut_middle(subject, max(0, room - (1 + len(why) if why else 0)))
    return head + subject + (f" {why}" if why else "") + tail


def _cut_end(text: str, length: int) -> str:
    if len(text) <= length:
        return text
    return text[: length - 3].rstrip() + "..." if length >= 12 else ""


def _cut_middle(text: str, length: int) -> str:
    if len(text) <= length:
        return text
    keep = max(0, length - 3)
    return text[: (keep + 1) // 2] + "..." + text[len(text) - keep // 2 :] if keep else ""
