"""Policy's no, as the error that carries its decision to whoever asked."""

from __future__ import annotations

from pratique.core.decisions import Decision
from pratique.core.errors import PratiqueError


class Refused(PratiqueError):
    """Policy refuses. Always 403, never a status that clients retry by themselves or read as absence.

    Attributes:
        decision: the refusal with its votes.
        allowed: allowed versions of the project, newest first, as far as known; None where none is an answer, as for an
            upload.
        url: page that explains the decision.
    """

    status = 403

    def __init__(self, decision: Decision, allowed: tuple[str, ...] | None = (), url: str = "") -> None:
        vote = decision.vote
        super().__init__(f"{decision.subject} {vote.why if vote else 'is refused'}")
        self.decision, self.allowed, self.url = decision, allowed, url


class NowhereRefused(Refused):
    """Policy refuses a name that nobody has: who is told 404 guesses on."""
