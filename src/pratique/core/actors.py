"""Who asks. The kind comes from the credential, never from a header the client may choose."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from pratique.core.clock import Instant
from pratique.core.globs import glob_matches
from pratique.core.names import ProjectKey


class ActorKind(StrEnum):
    """The six kinds of actor of the design."""

    USER = "user"
    CI = "ci"
    AGENT = "agent"
    SERVICE = "service"
    NOBODY = "nobody"
    OPERATOR = "operator"


class Operation(StrEnum):
    """What a token may be good for, and what `trust.permissions` is asked about."""

    READ = "read"
    PUBLISH = "publish"
    REVOKE = "revoke"
    UNREVOKE = "unrevoke"
    APPROVE = "approve"
    POLICY = "policy"
    ACCOUNTS = "accounts"
    EXPLAIN = "explain"
    MEMBERS = "members"
    TOKENS = "tokens"
    EXPOSURE = "exposure"
    YANK = "yank"
    TAG = "tag"
    DEPRECATE = "deprecate"
    UNPUBLISH = "unpublish"


class TokenScope(msgspec.Struct, frozen=True, cache_hash=True):
    """The limits written on one token. Empty ecosystems mean all of them.

    Attributes:
        operations: what it may do.
        ecosystems: ids, or empty for all.
        names: globs over canonical project names (`@acme/*`); `*` for all.
        expires: after this instant the token is worth nothing.
    """

    operations: frozenset[Operation]
    ecosystems: frozenset[str] = frozenset()
    names: tuple[str, ...] = ("*",)
    expires: Instant | None = None

    @property
    def is_everywhere(self) -> bool:
        """Whether it is limited neither to names nor to ecosystems."""
        return not self.ecosystems and "*" in self.names

    def covers(self, operation: Operation, project: ProjectKey | None) -> bool:
        """Whether this scope allows the operation on the project (None: on no project in particular)."""
        if operation not in self.operations:
            return False
        if project is None:
            return True
        if self.ecosystems and project.ecosystem not in self.ecosystems:
            return False
        return any(glob_matches(glob, project.name) for glob in self.names)


class Actor(msgspec.Struct, frozen=True, cache_hash=True):
    """One asker, as the credential proves it.

    Attributes:
        kind: what it is.
        account: id of the account behind it, None for nobody and the operator.
        name: shown to people and written into events.
        admin: the account administers the server.
        token: id of the token used, None for a session or the data folder.
        scope: limits of the token, None where none apply (a session, the operator).
        stepped_up_at: when the password was last given in this session.
        session: hash of the session's secret, None for a token or the data folder.
        frozen: why the account publishes nothing for now; None if it may.
    """

    kind: ActorKind
    account: int | None = None
    name: str = "nobody"
    admin: bool = False
    token: int | None = None
    scope: TokenScope | None = None
    stepped_up_at: Instant | None = None
    session: str | None = None
    frozen: str | None = None


NOBODY = Actor(kind=ActorKind.NOBODY)
OPERATOR = Actor(kind=ActorKind.OPERATOR, name="operator", admin=True)
