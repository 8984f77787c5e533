"""Who may do what: one function with one table.

A row says who may do the operation by right. The actor's kind and the token's scope then only take
away. Where a person in a browser does something that cannot be undone lightly, the password must
have been given within five minutes; a token whose scope names the operation was made by someone who
had just given it.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from pratique.core.actors import Actor, ActorKind, Operation, TokenScope
from pratique.core.clock import Instant
from pratique.core.errors import Forbidden, NotFound, StepUpNeeded, Unauthorised
from pratique.core.names import ProjectKey
from pratique.trust.sessions import stepped_up


class Role(StrEnum):
    """What an account is to an own project."""

    OWNER = "owner"
    MAINTAINER = "maintainer"
    READER = "reader"


class Visibility(StrEnum):
    """Who may know of an own project."""

    MEMBERS = "members"
    PUBLIC = "public"


class Right(msgspec.Struct, frozen=True):
    """One row of the table: who may do an operation.

    Attributes:
        roles: roles on the own project that suffice.
        open_names: everyone who may enter may do it on upstream projects and public own ones.
        new_names: every account may do it on a name that is nobody's yet.
        self_service: every account may do it for itself.
        step_up: sessions must have given the password within five minutes.
        doing: what is being done, for the sentence.
    """

    doing: str
    roles: frozenset[Role] = frozenset()
    open_names: bool = False
    new_names: bool = False
    self_service: bool = False
    step_up: bool = False


_EVERY_ROLE = frozenset(Role)
_WRITERS = frozenset({Role.OWNER, Role.MAINTAINER})
_OWNERS = frozenset({Role.OWNER})

RIGHTS: dict[Operation, Right] = {
    Operation.READ: Right("reading", roles=_EVERY_ROLE, open_names=True),
    Operation.EXPLAIN: Right("reading explanations", roles=_EVERY_ROLE, open_names=True),
    Operation.PUBLISH: Right("publishing", roles=_WRITERS, new_names=True),
    Operation.YANK: Right("yanking", roles=_WRITERS),
    Operation.TAG: Right("setting tags", roles=_WRITERS),
    Operation.DEPRECATE: Right("deprecating", roles=_WRITERS),
    Operation.UNPUBLISH: Right("unpublishing", roles=_OWNERS, step_up=True),
    Operation.REVOKE: Right("revoking", roles=_OWNERS, step_up=True),
    Operation.UNREVOKE: Right("giving back what was revoked", roles=_OWNERS, step_up=True),
    Operation.EXPOSURE: Right("seeing who fetched it", roles=_WRITERS),
    Operation.MEMBERS: Right("changing members or visibility", roles=_OWNERS, step_up=True),
    Operation.TOKENS: Right("making and ending tokens", self_service=True, step_up=True),
    Operation.APPROVE: Right("approving", step_up=True),
    Operation.POLICY: Right("changing policy", step_up=True),
    Operation.ACCOUNTS: Right("managing accounts", step_up=True),
}

_READING = frozenset({Operation.READ, Operation.EXPLAIN})

CEILING: dict[ActorKind, frozenset[Operation]] = {
    ActorKind.OPERATOR: frozenset(Operation),
    ActorKind.USER: frozenset(Operation),
    ActorKind.CI: _READING
    | {Operation.PUBLISH, Operation.TAG, Operation.DEPRECATE}
    | {Operation.YANK, Operation.REVOKE, Operation.EXPOSURE},
    ActorKind.AGENT: _READING | {Operation.PUBLISH},
    ActorKind.SERVICE: _READING,
    ActorKind.NOBODY: _READING,
}
"""What each kind may do at most, whatever its scope says."""

IMPLIED: dict[Operation, Operation] = {
    Operation.EXPOSURE: Operation.REVOKE,
    Operation.TAG: Operation.PUBLISH,
    Operation.DEPRECATE: Operation.PUBLISH,
}
"""A scope that names the second operation is good for the first: whoever revokes has to see who is affected, and
whoever publishes sets tags with each release and says in it what can be said of it later."""

OPEN_TO_FROZEN = frozenset({Operation.READ, Operation.EXPLAIN, Operation.EXPOSURE, Operation.REVOKE, Operation.TOKENS})
"""What an account still does while it is frozen: it looks, takes back what is its own, and ends its tokens."""

NO_SUCH_PROJECT = "there is no project of this name here"
"""Said of names that do not exist and, in the same words, of those that must not be known."""

NEEDS_CREDENTIAL = "this needs a credential: send a token, made with `pratique token create`"
"""Said to nobody in particular, of what needs a credential and of what does not exist at all."""


def authorise(
    actor: Actor,
    operation: Operation,
    project: ProjectKey | None,
    *,
    role: str | None,
    visibility: str | None,
    anonymous_read: bool,
    now: Instant,
) -> None:
    """Return if the actor may do this, raise otherwise.

    Args:
        actor: who, as the credential proves.
        operation: what.
        project: what it is done to; None for what concerns no single project, and for an upload
            whose name is not known yet.
        role: the account's role on the own project, None for none.
        visibility: of the own project; None for an upstream's project and for a name nobody has yet.
        anonymous_read: the repository lets nobody in particular read.
        now: the instant of asking.

    Raises:
        Unauthorised: nobody asks for what needs a credential, or the credential has expired.
        NotFound: a reader who must not know that the own project exists.
        Forbidden: the sentence names what would be needed.
        StepUpNeeded: right, but the password must be given again first.
    """
    right = RIGHTS[operation]
    _check_credential(actor, now, open_to_all=anonymous_read and right.open_names)
    if right.open_names and anonymous_read:
        if visibility in (None, Visibility.PUBLIC):
            return
        _check_right(actor, right, role, visibility)  # before the scope: an outsider hears what is said of no project
    _check_ceiling(actor, operation)
    _check_frozen(actor, operation)
    _check_scope(actor, operation, project)  # before the right: it tells of the token, nothing of the project
    _check_right(actor, right, role, visibility)
    if right.step_up and actor.kind is not ActorKind.OPERATOR and actor.token is None:
        _check_step_up(actor, right, now)


def authorise_somewhere(actor: Actor, operation: Operation, now: Instant) -> None:
    """Return if there can be a project on which the actor may do this; which one is not known yet.

    Raises:
        Unauthorised: nobody asks, or the credential has expired.
        Forbidden: neither the kind of credential nor the token's scope ever allows it.
    """
    _check_credential(actor, now, open_to_all=False)
    _check_ceiling(actor, operation)
    _check_frozen(actor, operation)
    _check_scope(actor, operation, None)


def authorise_founding(actor: Actor, *, reserved: bool) -> None:
    """Return if the actor may publish the first release of a project, and so become its owner.

    Args:
        actor: who may publish at all.
        reserved: the name lies inside a reservation.

    Raises:
        Forbidden: an agent, on a name that is kept for own projects: a person decides what they are.
    """
    if reserved and actor.kind is ActorKind.AGENT:
        raise Forbidden(
            "this name is reserved and its first release is never published with a credential of kind agent: ask a "
            "person, or a CI job, to publish it; an agent can publish the next ones"
        )


def _check_credential(actor: Actor, now: Instant, *, open_to_all: bool) -> None:
    if actor.kind is ActorKind.NOBODY and not open_to_all:
        raise Unauthorised(NEEDS_CREDENTIAL)
    if actor.scope is not None and actor.scope.expires is not None and now >= actor.scope.expires:
        raise Unauthorised("the token has expired: make a new one with `pratique token create`")


def _check_ceiling(actor: Actor, operation: Operation) -> None:
    if operation in CEILING[actor.kind]:
        return
    doing = RIGHTS[operation].doing
    able = ", ".join(kind for kind in ActorKind if kind is not ActorKind.OPERATOR and operation in CEILING[kind])
    raise Forbidden(f"{doing} is never allowed to a credential of kind {actor.kind}; ask a person ({able})")


def _check_frozen(actor: Actor, operation: Operation) -> None:
    if actor.frozen is None or operation in OPEN_TO_FROZEN:
        return
    raise Forbidden(
        f"the account {actor.name} is frozen: {actor.frozen}; it publishes and changes nothing until an administrator "
        "ends that, and can revoke what it published"
    )


def _check_right(actor: Actor, right: Right, role: str | None, visibility: str | None) -> None:
    if actor.admin or role in right.roles:
        return
    own = visibility is not None
    if right.open_names:
        if visibility == Visibility.MEMBERS:
            raise NotFound(NO_SUCH_PROJECT)
        return
    if right.self_service or (right.new_names and not own):
        return
    needed = " or ".join(sorted(right.roles))
    if needed and (role is not None or visibility == Visibility.PUBLIC):
        raise Forbidden(f"{right.doing} needs the role {needed} on this project; {actor.name} has {role or 'none'}")
    if needed:  # in the same words whether the project is hidden from the actor or not there
        raise _neither(right, actor)
    raise Forbidden(f"{right.doing} needs an administrator; {actor.name} is none")


def neither(operation: Operation, actor: Actor) -> Forbidden:
    """What is said of a project that is hidden from the actor and, in the same words, of one that is not there."""
    return _neither(RIGHTS[operation], actor)


def _neither(right: Right, actor: Actor) -> Forbidden:
    return Forbidden(
        f"{right.doing} needs an administrator, or the role {' or '.join(sorted(right.roles))} on an own project of "
        f"this name; {actor.name} has neither"
    )


def _check_scope(actor: Actor, operation: Operation, project: ProjectKey | None) -> None:
    scope = actor.scope
    if scope is None or scope.covers(operation, project) or scope.covers(IMPLIED.get(operation, operation), project):
        return
    if operation not in scope.operations:
        has = ", ".join(sorted(scope.operations)) or "nothing"
        raise Forbidden(f"the token's scope lacks `{operation}`; it is good for: {has}")
    ecosystems = ", ".join(sorted(scope.ecosystems)) or "every ecosystem"
    raise Forbidden(f"the token's scope does not reach this project: {ecosystems}, names {names_in_words(scope)}")


def names_in_words(scope: TokenScope) -> str:
    """The names that a token reaches, for a sentence: the first ten."""
    more = len(scope.names) - 10
    return ", ".join(scope.names[:10]) + (f" and {more} more" if more > 0 else "")


def _check_step_up(actor: Actor, right: Right, now: Instant) -> None:
    if not stepped_up(actor.stepped_up_at, now):
        raise StepUpNeeded(f"{right.doing} needs the password again: give it once more, it counts for five minutes")
