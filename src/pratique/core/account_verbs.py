"""What some ecosystems' clients can ask about a person's account and about this server's signatures.

As in `core.ecosystem_verbs`: each is a protocol of its own, and `REQUIRED` there names them by use case.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Protocol, runtime_checkable

import msgspec

from pratique.core.actors import Operation
from pratique.core.artifacts import Digests
from pratique.core.clock import Instant
from pratique.core.ecosystem import Rendered, UpstreamRequest


class Purpose(StrEnum):
    """What a person is asked to confirm in the browser."""

    LOGIN = "login"
    PUBLISH = "publish"
    TOKENS = "tokens"
    PASSWORD = "password"  # noqa: S105  # what it is about, and none
    PROOF = "proof"
    MEMBERS = "members"
    VISIBILITY = "visibility"
    STATUS = "status"
    TAGS = "tags"
    UNPUBLISH = "unpublish"
    MESSAGES = "messages"
    YANK = "yank"
    UNREVOKE = "unrevoke"
    ADMINISTER = "administer"

    @property
    def doing(self) -> str:
        """What is being done, for sentences."""
        return {
            Purpose.LOGIN: "signing in",
            Purpose.PUBLISH: "publishing",
            Purpose.TOKENS: "making a token",
            Purpose.PASSWORD: "changing the password",
            Purpose.PROOF: "publishing without a one-time code from now on",
            Purpose.MEMBERS: "changing who may publish",
            Purpose.VISIBILITY: "changing who may read",
            Purpose.STATUS: "changing the status",
            Purpose.TAGS: "changing tags",
            Purpose.UNPUBLISH: "unpublishing",
            Purpose.MESSAGES: "deprecating or taking that back",
            Purpose.YANK: "yanking or taking that back",
            Purpose.UNREVOKE: "giving back what was revoked",
            Purpose.ADMINISTER: "making an administrator or setting a password for somebody",
        }[self]


class PublishProof(StrEnum):
    """From whom a project's owners demand a one-time code with every publish."""

    NOBODY = "nobody"
    PEOPLE = "people"
    """Everybody but CI jobs, where no person is asked."""
    EVERYBODY = "everybody"


class LoginOffer(msgspec.Struct, frozen=True):
    """How a client gets its token through the browser.

    Attributes:
        page_url: for the person.
        done_url: for the client, which asks there until it gets a token; it holds a secret.
        compare: what the page shows, too, so that the person sees that it is about this terminal.
    """

    page_url: str
    done_url: str
    compare: str


class PasswordLogin(msgspec.Struct, frozen=True):
    """A name and a password, as typed into a client's prompt."""

    name: str
    password: str

    def __repr__(self) -> str:
        """Never the secret: this value may end in a traceback."""
        return f"PasswordLogin({self.name!r}, ...)"


class PasswordChange(msgspec.Struct, frozen=True):
    """The password now and the one to come."""

    old: str
    new: str

    def __repr__(self) -> str:
        """Never a secret."""
        return "PasswordChange(...)"


class Profile(msgspec.Struct, frozen=True):
    """What is kept of an account: nothing but this."""

    name: str
    created: Instant
    admin: bool


class TokenWish(msgspec.Struct, frozen=True):
    """A token that a client asks for.

    Attributes:
        password: the account's, as typed; empty where none was sent.
        expires_in: a duration (`30d`), None for as long as the token that asks, if only that stands behind it.
    """

    name: str
    operations: frozenset[Operation]
    names: tuple[str, ...]
    expires_in: str | None
    password: str = ""

    def __repr__(self) -> str:
        """Never the secret."""
        return f"TokenWish({self.name!r}, ...)"


class TokenLine(msgspec.Struct, frozen=True):
    """A token that is good for something, without its secret. Times are RFC 3339."""

    id: int
    name: str
    operations: tuple[str, ...]
    names: tuple[str, ...]
    created: str
    expires: str | None


class SigningKeyLine(msgspec.Struct, frozen=True):
    """A public key that files are verified with.

    Attributes:
        id: as signatures name it.
        public: base64 of its SubjectPublicKeyInfo (DER).
        expires: files published from then on are not its own; RFC 3339, None while it signs.
        kind: algorithm and curve, as the format names them.
        scheme: how it signs, as the format names it.
    """

    id: str
    public: str
    expires: str | None
    kind: str
    scheme: str


@runtime_checkable
class LogsInByPage(Protocol):
    """Clients can get a token through a page that their user confirms."""

    def done_path(self, secret: str) -> str:
        """Where, below the ecosystem's address, a client asks for what was confirmed."""
        ...

    def write_login_offer(self, offer: LoginOffer, note: str) -> Rendered:
        """Where to go; `note` is for the person at the terminal."""
        ...

    def write_waiting(self, seconds: int) -> Rendered:
        """Nobody has confirmed yet: ask again after so long."""
        ...

    def write_collected(self, secret: str) -> Rendered:
        """The token or one-time code, once."""
        ...


@runtime_checkable
class LogsInByPassword(Protocol):
    """Clients can send name and password for a token."""

    def read_password_login(self, name: str, body: bytes) -> PasswordLogin:
        """Name of the address and body belong together. Raises Invalid."""
        ...

    def write_logged_in(self, name: str, token: str) -> Rendered:
        """The token, once."""
        ...


@runtime_checkable
class TakesCodes(Protocol):
    """Clients can send a one-time code along with any request."""

    @property
    def code_header(self) -> str:
        """The header that holds it."""
        ...


@runtime_checkable
class HasProfiles(Protocol):
    """Clients can show the account that they sign in with, and change its password."""

    def write_profile(self, profile: Profile) -> Rendered:
        """The account."""
        ...

    def read_profile_change(self, body: bytes) -> PasswordChange:
        """The change. Raises Invalid; Forbidden for what is not kept of an account."""
        ...


@runtime_checkable
class HasTokens(Protocol):
    """Clients can list, make and end tokens."""

    def write_tokens(self, tokens: Sequence[TokenLine]) -> Rendered:
        """The account's own."""
        ...

    def read_token_wish(self, body: bytes) -> TokenWish:
        """What is asked for. Raises Invalid; Forbidden for limits that could not be kept."""
        ...

    def write_token_made(self, secret: str, token: TokenLine) -> Rendered:
        """The new one, its secret this once."""
        ...

    def read_token_key(self, key: str) -> int | None:
        """The id behind what names a token in the list; None if it is no such name."""
        ...

    def write_token_ended(self) -> Rendered:
        """It is worth nothing any more."""
        ...


@runtime_checkable
class Signs(Protocol):
    """Clients can verify that this server listed a file as it did."""

    def signed_text(self, name: str, version: str, digests: Digests) -> str:
        """What is signed of a file; empty where there is nothing to sign."""
        ...

    @property
    def keys_request(self) -> UpstreamRequest:
        """How to ask an upstream for its keys."""
        ...

    def read_keys(self, content: bytes) -> tuple[SigningKeyLine, ...]:
        """An upstream's keys; what cannot be one is left out."""
        ...

    def own_key(self, key_id: str, public: str, expires: str | None) -> SigningKeyLine:
        """A key of ours (ECDSA over P-256 with SHA-256) in the format's words."""
        ...

    def write_keys(self, keys: Sequence[SigningKeyLine]) -> Rendered:
        """All of them."""
        ...
