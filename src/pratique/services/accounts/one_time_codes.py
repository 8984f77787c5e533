"""Demand that a person has just given the password: by a one-time code that comes along, or by asking for one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Concatenate, NoReturn, TypeVar

from sqlalchemy import Connection

from pratique.core.account_verbs import LogsInByPage, Purpose
from pratique.core.actors import Actor, ActorKind, Operation
from pratique.core.clock import Instant, in_words
from pratique.core.errors import CodeNeeded, Forbidden, Unauthorised
from pratique.services.accounts.challenges import ask_proof, record_code
from pratique.services.accounts.sign_in import write_as
from pratique.services.changes import permit
from pratique.services.ports import Ports, Visit
from pratique.store import one_time_codes
from pratique.trust.one_time_codes import CODE_LIFE, code_digest, new_code
from pratique.trust.permissions import NEEDS_CREDENTIAL
from pratique.trust.sessions import stepped_up

T = TypeVar("T")


class CodeMissing(Exception):
    """A transaction needed a good code, and none came along."""


async def write_with_code(
    ports: Ports,
    visit: Visit,
    purpose: Purpose,
    subject: str,
    needed: Callable[[Connection], bool],
    fn: Callable[Concatenate[Connection, ...], T],
    *args: Any,
) -> T:
    """Write what an actor asked for, in one transaction with using up the code that it needs: both or neither.

    Args:
        ports: the parts.
        visit: whose actor has to prove it, unless `has_just_proved`.
        purpose: what is being done.
        subject: purl of the project it is done to; empty for none.
        needed: whether it needs a code at all, as the transaction sees it.
        fn: what is written, with `args` behind the connection.

    Raises:
        CodeNeeded: none came, or one that is wrong, used or too old; the error says where to get one.
        Forbidden: the client cannot send any, or no person stands behind the credential.
        Whatever `fn` and `sign_in.check_still_good` raise; then the code stays good.
    """
    now = ports.clock.now()
    try:
        writing = (_use_and_write, visit, purpose, subject, needed, now, fn, args)
        return await write_as(ports.db, visit.actor, now, *writing)
    except CodeMissing:
        return await _ask_for_one(ports, visit, purpose, subject)


async def check_code(
    ports: Ports, visit: Visit, purpose: Purpose, subject: str, needed: Callable[[Connection], bool]
) -> None:
    """Return if none is needed or a good code came along, which stays as it is. Raises as `write_with_code`."""
    if not await ports.db.read(_is_proved, visit, purpose, subject, needed, ports.clock.now()):
        await _ask_for_one(ports, visit, purpose, subject)


def always(_connection: Connection) -> bool:
    """Needed whatever the database says."""
    return True


def has_just_proved(actor: Actor, now: Instant) -> bool:
    """Whether no code is needed: the operator holds the data folder, and a browser's person gave the password now."""
    return actor.kind is ActorKind.OPERATOR or (actor.session is not None and stepped_up(actor.stepped_up_at, now))


def _is_proved(
    connection: Connection,
    visit: Visit,
    purpose: Purpose,
    subject: str,
    needed: Callable[[Connection], bool],
    now: Instant,
) -> bool:
    if has_just_proved(visit.actor, now) or not needed(connection):
        return True
    account, code = visit.actor.account, visit.caller.code
    return account is not None and one_time_codes.is_good(
        connection, code_digest(code), account_id=account, purpose=purpose, subject=subject, now=now
    )


def _use_and_write(
    connection: Connection,
    visit: Visit,
    purpose: Purpose,
    subject: str,
    needed: Callable[[Connection], bool],
    now: Instant,
    fn: Callable[Concatenate[Connection, ...], T],
    args: tuple[Any, ...],
) -> T:
    if not has_just_proved(visit.actor, now) and needed(connection):
        account, digest = visit.actor.account, code_digest(visit.caller.code)
        if account is None or not one_time_codes.use(
            connection, digest, account_id=account, purpose=purpose, subject=subject, now=now
        ):
            raise CodeMissing
    return fn(connection, *args)


async def _ask_for_one(ports: Ports, visit: Visit, purpose: Purpose, subject: str) -> NoReturn:
    actor, speech = visit.actor, visit.ecosystem
    if actor.kind is ActorKind.NOBODY:
        raise Unauthorised(NEEDS_CREDENTIAL)
    if actor.account is None:
        raise Forbidden(f"{purpose.doing} needs a one-time code, which only a person's account has")
    if not visit.caller.takes_codes or not isinstance(speech, LogsInByPage):
        raise Forbidden(_cannot_be_sent(speech.id, purpose, subject))
    done_url = visit.base_url + speech.done_path("")
    offer = await ask_proof(ports, speech.id, done_url, visit.public_url, visit.caller, purpose, subject, actor.account)
    wrong = "this one-time code is wrong, used, or older than five minutes"
    raise CodeNeeded(
        f"{wrong if visit.caller.code else f'{purpose.doing} needs a one-time code'}: confirm on the page that shows "
        f"{offer.compare}, or make a code at {visit.public_url}/account and pass it as --otp",
        offer.page_url,
        offer.done_url,
    )


def _cannot_be_sent(ecosystem: str, purpose: Purpose, subject: str) -> str:
    if purpose is Purpose.PUBLISH:
        return (
            f"{purpose.doing} needs a one-time code here, which {ecosystem} clients cannot send: an owner can lift "
            f"that with `pratique project proof {subject} nobody` on the data folder"
        )
    return (
        f"{purpose.doing} needs a one-time code, which cannot be sent this way: use an npm client with --otp where the "
        "project is npm's, a session that gave its password within five minutes (/api/v1/session/step-up), or "
        "`pratique` on the data folder"
    )


async def make_code(ports: Ports, actor: Actor, purpose: Purpose) -> str:
    """A code for the person who is signed in, to be typed where a client cannot open a page.

    Raises:
        StepUpNeeded: the password was not given within the last five minutes.
        Forbidden: the actor is no person in a browser, or asks for a login, which takes no code.
    """
    now, code = ports.clock.now(), new_code()
    permit(actor, Operation.TOKENS, now)
    if actor.session is None or purpose is Purpose.LOGIN:
        raise Forbidden(f"codes are made in the browser, for what needs them, and last {in_words(CODE_LIFE)}")
    await write_as(
        ports.db, actor, now, record_code, code_digest(code), purpose, "", actor, now, Instant(now + CODE_LIFE)
    )
    return code
