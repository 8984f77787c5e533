"""The matrix: who may do what, cell by cell, written down apart from the code that decides it."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pratique.core.actors import NOBODY, OPERATOR, Actor, ActorKind, Operation, TokenScope
from pratique.core.clock import MINUTE, Instant
from pratique.core.errors import Forbidden, NotFound, PratiqueError, StepUpNeeded, Unauthorised
from pratique.core.names import EcosystemId, ProjectKey
from pratique.trust.permissions import authorise, authorise_founding

NOW = Instant(1_800_000_000_000)
FRESH, STALE = Instant(NOW - 5 * MINUTE), Instant(NOW - 5 * MINUTE - 1)
PROJECT = ProjectKey(EcosystemId("npm"), "@acme/tools")
EVERYTHING = TokenScope(frozenset(Operation))

# Columns: who is in a browser. `step` and `stale` say whether the password was given within five minutes.
# yes: allowed; no: 403; up: 403 until the password is given; none: 404; who: 401.
WHO = (
    "operator",
    "admin-step",
    "admin-stale",
    "owner-step",
    "owner-stale",
    "maintainer",
    "reader",
    "account",
    "nobody",
)

ON_A_MEMBERS_ONLY_PROJECT = """
read       yes yes yes yes yes yes yes none who
explain    yes yes yes yes yes yes yes none who
publish    yes yes yes yes yes yes no  no   who
yank       yes yes yes yes yes yes no  no   who
tag        yes yes yes yes yes yes no  no   who
deprecate  yes yes yes yes yes yes no  no   who
unpublish  yes yes up  yes up  no  no  no   who
exposure   yes yes yes yes yes yes no  no   who
revoke     yes yes up  yes up  no  no  no   who
unrevoke   yes yes up  yes up  no  no  no   who
members    yes yes up  yes up  no  no  no   who
tokens     yes yes up  yes up  up  up  up   who
approve    yes yes up  no  no  no  no  no   who
policy     yes yes up  no  no  no  no  no   who
accounts   yes yes up  no  no  no  no  no   who
"""

ON_A_PUBLIC_PROJECT = """
read       yes yes yes yes yes yes yes yes  who
explain    yes yes yes yes yes yes yes yes  who
publish    yes yes yes yes yes yes no  no   who
yank       yes yes yes yes yes yes no  no   who
tag        yes yes yes yes yes yes no  no   who
deprecate  yes yes yes yes yes yes no  no   who
unpublish  yes yes up  yes up  no  no  no   who
exposure   yes yes yes yes yes yes no  no   who
revoke     yes yes up  yes up  no  no  no   who
unrevoke   yes yes up  yes up  no  no  no   who
members    yes yes up  yes up  no  no  no   who
tokens     yes yes up  yes up  up  up  up   who
approve    yes yes up  no  no  no  no  no   who
policy     yes yes up  no  no  no  no  no   who
accounts   yes yes up  no  no  no  no  no   who
"""

ON_A_NAME_THAT_IS_NOT_OURS = """
read       yes yes yes -   -   -   -   yes  who
explain    yes yes yes -   -   -   -   yes  who
publish    yes yes yes -   -   -   -   yes  who
yank       yes yes yes -   -   -   -   no   who
tag        yes yes yes -   -   -   -   no   who
deprecate  yes yes yes -   -   -   -   no   who
unpublish  yes yes up  -   -   -   -   no   who
exposure   yes yes yes -   -   -   -   no   who
revoke     yes yes up  -   -   -   -   no   who
unrevoke   yes yes up  -   -   -   -   no   who
members    yes yes up  -   -   -   -   no   who
tokens     yes yes up  -   -   -   -   up   who
approve    yes yes up  -   -   -   -   no   who
policy     yes yes up  -   -   -   -   no   who
accounts   yes yes up  -   -   -   -   no   who
"""

PLACES = {"members": ON_A_MEMBERS_ONLY_PROJECT, "public": ON_A_PUBLIC_PROJECT, None: ON_A_NAME_THAT_IS_NOT_OURS}

# What a credential of each kind may do at most, whatever its scope says and whoever made it.
AT_MOST = {
    ActorKind.USER: "read explain publish yank tag deprecate unpublish exposure revoke unrevoke members tokens approve "
    "policy accounts",
    ActorKind.CI: "read explain publish yank tag deprecate exposure revoke",
    ActorKind.AGENT: "read explain publish",
    ActorKind.SERVICE: "read explain",
}


def rows(text: str) -> list[tuple[Operation, list[str]]]:
    lines = [line.split() for line in text.strip().splitlines()]
    return [(Operation(line[0]), line[1:]) for line in lines]


CELLS = [
    pytest.param(operation, who, visibility, expected, id=f"{operation}-{who}-{visibility or 'not-ours'}")
    for visibility, text in PLACES.items()
    for operation, row in rows(text)
    for who, expected in zip(WHO, row, strict=True)
    if expected != "-"
]


def person(who: str) -> tuple[Actor, str | None]:
    """The actor of a column and its role."""
    if who == "operator":
        return OPERATOR, None
    if who == "nobody":
        return NOBODY, None
    name, _, password = who.partition("-")
    given_at = {"step": FRESH, "stale": STALE, "": None}[password]
    actor = Actor(ActorKind.USER, 7, "someone", admin=name == "admin", stepped_up_at=given_at)
    return actor, name if name in ("owner", "maintainer", "reader") else None


def outcome(
    actor: Actor,
    operation: Operation,
    role: str | None,
    visibility: str | None,
    *,
    anonymous_read: bool = False,
    project: ProjectKey | None = PROJECT,
) -> str:
    try:
        authorise(actor, operation, project, role=role, visibility=visibility, anonymous_read=anonymous_read, now=NOW)
    except StepUpNeeded:
        return "up"
    except Forbidden:
        return "no"
    except NotFound:
        return "none"
    except Unauthorised:
        return "who"
    return "yes"


def test_the_matrix_has_a_row_for_every_operation() -> None:
    for text in PLACES.values():
        assert {operation for operation, _ in rows(text)} == set(Operation)


@pytest.mark.parametrize(("operation", "who", "visibility", "expected"), CELLS)
def test_each_cell_where_reading_needs_a_credential(
    operation: Operation, who: str, visibility: str | None, expected: str
) -> None:
    actor, role = person(who)
    assert outcome(actor, operation, role, visibility) == expected


@pytest.mark.parametrize(("operation", "who", "visibility", "expected"), CELLS)
def test_each_cell_where_anyone_may_read(operation: Operation, who: str, visibility: str | None, expected: str) -> None:
    actor, role = person(who)
    if operation in (Operation.READ, Operation.EXPLAIN) and who == "nobody":
        expected = "none" if visibility == "members" else "yes"
    assert outcome(actor, operation, role, visibility, anonymous_read=True) == expected


@pytest.mark.parametrize(("kind", "admin", "operation"), list(product(AT_MOST, (True, False), Operation)))
def test_a_token_of_each_kind_does_no_more_than_its_kind_may(
    kind: ActorKind, admin: bool, operation: Operation
) -> None:
    token = Actor(kind, 7, "someone", admin=admin, token=1, scope=EVERYTHING)
    allowed = operation in AT_MOST[kind].split()
    by_right = admin or operation not in ("approve", "policy", "accounts")

    assert outcome(token, operation, "owner", "members") == ("yes" if allowed and by_right else "no")


def test_agents_never_approve_even_if_their_scope_and_account_say_so() -> None:
    agent = Actor(ActorKind.AGENT, 7, "boss/agent", admin=True, token=1, scope=EVERYTHING)
    with pytest.raises(Forbidden, match="never allowed to a credential of kind agent; ask a person"):
        authorise(agent, Operation.APPROVE, PROJECT, role="owner", visibility=None, anonymous_read=True, now=NOW)


ACTORS = st.sampled_from([kind for kind in ActorKind if kind not in (ActorKind.NOBODY, ActorKind.OPERATOR)])
SCOPES = st.builds(
    TokenScope,
    operations=st.frozensets(st.sampled_from(Operation)),
    ecosystems=st.sampled_from([frozenset(), frozenset({"npm"}), frozenset({"pypi"})]),
    names=st.sampled_from([("*",), ("@acme/*",), ("@other/*",), ()]),
    expires=st.sampled_from([None, Instant(NOW - 1), NOW, Instant(NOW + 1)]),
)


@given(
    ACTORS,
    st.booleans(),
    SCOPES,
    st.sampled_from(Operation),
    st.sampled_from([None, "reader", "maintainer", "owner"]),
    st.sampled_from([None, "members", "public"]),
    st.booleans(),
)
@settings(max_examples=300, deadline=None)
def test_a_token_never_does_what_its_account_could_not_do_with_the_password_just_given(
    kind: ActorKind,
    admin: bool,
    scope: TokenScope,
    operation: Operation,
    role: str | None,
    visibility: str | None,
    anonymous_read: bool,
) -> None:
    token = Actor(kind, 7, "someone", admin=admin, token=1, scope=scope)
    person_behind = Actor(ActorKind.USER, 7, "someone", admin=admin, stepped_up_at=NOW)

    with_token = outcome(token, operation, role, visibility, anonymous_read=anonymous_read)
    in_person = outcome(person_behind, operation, role, visibility, anonymous_read=anonymous_read)
    anyone = outcome(NOBODY, operation, None, visibility, anonymous_read=anonymous_read)

    if with_token == "yes":
        assert in_person == "yes"
    if with_token == "yes" and anyone != "yes":
        good_for = {"exposure": "revoke", "tag": "publish", "deprecate": "publish"}
        assert operation in scope.operations or good_for.get(operation) in scope.operations
        assert not scope.ecosystems or "npm" in scope.ecosystems
        assert scope.names in (("*",), ("@acme/*",))
        assert scope.expires is None or scope.expires > NOW


def test_an_expired_token_is_no_credential_even_for_what_anyone_may_read() -> None:
    scope = TokenScope(frozenset(Operation), expires=NOW)
    token = Actor(ActorKind.USER, 7, "someone", token=1, scope=scope)
    assert outcome(token, Operation.READ, None, None, anonymous_read=True) == "who"


def test_an_upload_whose_name_is_not_known_yet_needs_only_a_token_that_may_publish() -> None:
    publisher = Actor(ActorKind.CI, 7, "ci", token=1, scope=TokenScope(frozenset({Operation.PUBLISH})))
    reader = Actor(ActorKind.CI, 7, "ci", token=1, scope=TokenScope(frozenset({Operation.READ})))

    assert outcome(publisher, Operation.PUBLISH, None, None, project=None) == "yes"
    assert outcome(reader, Operation.PUBLISH, None, None, project=None) == "no"
    assert outcome(NOBODY, Operation.PUBLISH, None, None, project=None, anonymous_read=True) == "who"


def test_outsiders_read_the_same_words_of_a_private_name_whoever_they_are() -> None:
    sentences = set()
    for actor in (
        NOBODY,
        Actor(ActorKind.USER, 9, "eve"),
        Actor(ActorKind.AGENT, 9, "eve/a", token=3, scope=EVERYTHING),
    ):
        with pytest.raises(NotFound) as raised:
            authorise(actor, Operation.READ, PROJECT, role=None, visibility="members", anonymous_read=True, now=NOW)
        sentences.add(str(raised.value))
    assert len(sentences) == 1
    assert "acme" not in sentences.pop()


@pytest.mark.parametrize(
    ("actor", "operation", "needed"),
    [
        (NOBODY, Operation.PUBLISH, "pratique token create"),
        (Actor(ActorKind.USER, 7, "ann", stepped_up_at=NOW), Operation.POLICY, "needs an administrator"),
        (Actor(ActorKind.USER, 7, "ann", stepped_up_at=NOW), Operation.REVOKE, "needs the role owner"),
        (Actor(ActorKind.USER, 7, "ann", admin=True), Operation.POLICY, "give it once more"),
        (
            Actor(ActorKind.USER, 7, "ann", token=1, scope=TokenScope(frozenset({Operation.READ}))),
            Operation.TOKENS,
            "scope lacks `tokens`; it is good for: read",
        ),
        (
            Actor(ActorKind.CI, 7, "ci", True, 1, TokenScope(frozenset({Operation.PUBLISH}), names=("@x/*",))),
            Operation.PUBLISH,
            "does not reach this project: every ecosystem, names @x/",
        ),
    ],
)
def test_a_refusal_names_what_would_be_needed(actor: Actor, operation: Operation, needed: str) -> None:
    with pytest.raises(PratiqueError) as raised:
        authorise(actor, operation, PROJECT, role="reader", visibility="members", anonymous_read=False, now=NOW)
    assert needed in str(raised.value)


def test_whoever_may_revoke_may_see_who_is_affected_and_seeing_needs_no_more() -> None:
    def token(operation: Operation) -> Actor:
        return Actor(ActorKind.USER, 7, "ann", token=1, scope=TokenScope(frozenset({operation})))

    assert outcome(token(Operation.REVOKE), Operation.EXPOSURE, "owner", "members") == "yes"
    assert outcome(token(Operation.EXPOSURE), Operation.EXPOSURE, "owner", "members") == "yes"
    assert outcome(token(Operation.EXPOSURE), Operation.REVOKE, "owner", "members") == "no"
    assert outcome(token(Operation.READ), Operation.EXPOSURE, "owner", "members") == "no"


def test_a_refusal_for_want_of_a_role_names_the_one_there_is() -> None:
    reader = Actor(ActorKind.USER, 7, "ann", stepped_up_at=NOW)
    with pytest.raises(Forbidden, match="maintainer or owner on this project; ann has reader"):
        authorise(
            reader, Operation.PUBLISH, PROJECT, role="reader", visibility="members", anonymous_read=False, now=NOW
        )
    with pytest.raises(Forbidden, match="maintainer or owner on an own project of this name; ann has neither"):
        authorise(reader, Operation.PUBLISH, PROJECT, role=None, visibility="members", anonymous_read=False, now=NOW)


@pytest.mark.parametrize("visibility", [None, "public"])
def test_a_credential_never_gives_less_than_none(visibility: str | None) -> None:
    narrow = Actor(ActorKind.CI, 7, "ci", token=1, scope=TokenScope(frozenset({Operation.PUBLISH}), names=("x",)))
    assert outcome(narrow, Operation.READ, None, visibility, anonymous_read=True) == "yes"
    assert outcome(narrow, Operation.READ, None, visibility, anonymous_read=False) == "no"


def test_a_token_works_until_the_instant_it_expires() -> None:
    for expires, expected in ((Instant(NOW + 1), "yes"), (NOW, "who")):
        scope = TokenScope(frozenset({Operation.READ}), expires=expires)
        token = Actor(ActorKind.SERVICE, 7, "mirror", token=1, scope=scope)
        assert outcome(token, Operation.READ, None, None) == expected


@pytest.mark.parametrize(
    ("kind", "operation", "able"),
    [
        (ActorKind.AGENT, Operation.APPROVE, r"\(user\)"),
        (ActorKind.SERVICE, Operation.PUBLISH, r"\(user, ci, agent\)"),
        (ActorKind.AGENT, Operation.REVOKE, r"\(user, ci\)"),
    ],
)
def test_what_a_kind_never_may_names_the_kinds_that_may(kind: ActorKind, operation: Operation, able: str) -> None:
    token = Actor(kind, 7, "someone", token=1, scope=EVERYTHING)
    with pytest.raises(Forbidden, match=able):
        authorise(token, operation, PROJECT, role="owner", visibility="members", anonymous_read=False, now=NOW)


@pytest.mark.parametrize("reserved", [True, False])
@pytest.mark.parametrize("kind", list(ActorKind))
def test_inside_a_reservation_a_new_name_is_founded_by_everybody_but_an_agent(kind, reserved):
    actor = Actor(kind, account=1, name="ann")
    if kind is ActorKind.AGENT and reserved:
        with pytest.raises(Forbidden, match="ask a person, or a CI job"):
            authorise_founding(actor, reserved=reserved)
    else:
        authorise_founding(actor, reserved=reserved)
