"""What can go wrong, each with a sentence for the person in front of the client."""

from __future__ import annotations

from typing import Any


class PratiqueError(Exception):
    """Base of all expected failures; `str(error)` is the sentence shown to people.

    Attributes:
        status: the HTTP status it becomes.
    """

    status = 500


class Invalid(PratiqueError):
    """The request or value cannot be right."""

    status = 400


class InvalidName(Invalid):
    """Not a name this ecosystem accepts."""


class Unauthorised(PratiqueError):
    """A credential is missing, wrong, expired or revoked."""

    status = 401


class Forbidden(PratiqueError):
    """The credential is right and does not allow this."""

    status = 403


class StepUpNeeded(Forbidden):
    """The password has to be given again first."""


class CodeNeeded(PratiqueError):
    """A person has to confirm this in the browser first, or send along the one-time code that the page shows.

    Attributes:
        page_url: where the person confirms.
        done_url: where the client then fetches a code, without a credential: it holds a secret.
    """

    status = 401

    def __init__(self, sentence: str, page_url: str, done_url: str) -> None:
        super().__init__(sentence)
        self.page_url, self.done_url = page_url, done_url


class NotFound(PratiqueError):
    """Nothing of that name, or nothing that this actor may know of."""

    status = 404


class NotAcceptable(PratiqueError):
    """Asked for in a form that there is not."""

    status = 406


class Conflict(PratiqueError):
    """It exists already, with other content."""

    status = 409


class NotOffered(PratiqueError):
    """This server does not do it (yet); the sentence says what to do instead.

    Not 501: clients try again after every 5xx.
    """

    status = 400


class TooLarge(PratiqueError):
    """Over a limit; the sentence names limit and setting."""

    status = 413


class TooSlow(PratiqueError):
    """The client sent nothing for too long."""

    status = 408


class BadUpstream(PratiqueError):
    """The upstream failed or answered something that cannot be right."""

    status = 502


class Unavailable(PratiqueError):
    """Not able to answer safely right now; the client may try again.

    Attributes:
        retry_after: seconds.
    """

    status = 503

    def __init__(self, sentence: str, retry_after: int = 5) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after


class DiskFull(Unavailable):
    """No room is left where something has to be written; nothing was changed. It works again once there is room."""


class TooOften(PratiqueError):
    """More in a minute than any honest client asks for; never said of what policy refuses.

    Attributes:
        retry_after: seconds.
    """

    status = 429

    def __init__(self, sentence: str, retry_after: int) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after


class TooManyAtOnce(PratiqueError):
    """The asker, or everybody, asks for more at once than is answered beside installs.

    Not 429 or 503: clients that ask again by themselves would make it worse.
    """

    status = 403


class NothingKnown(PratiqueError):
    """To say that nothing was found would sound like an answer, and nothing is known that it could be looked up in.

    403, because clients pass over a 404 as a service that there is not, and ask again after a 5xx.
    """

    status = 403


class UpstreamRefused(PratiqueError):
    """An upstream that decides as we do refuses; the strictest along the chain counts, in its own words.

    Attributes:
        fields: machine fields of its refusal (`decision_id`, `rule`, ...).
    """

    status = 403

    def __init__(self, sentence: str, fields: dict[str, Any]) -> None:
        super().__init__(sentence)
        self.fields = fields
