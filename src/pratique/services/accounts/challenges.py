"""Clients ask, people confirm in the browser, clients come back for what that gave: a token or a one-time code.

The client gets two secrets: one stands in the page's address, the other in the address where it asks again. Whoever
knows the first can confirm, with a session and a password of their own, and never gets what is confirmed.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from pratique.core.account_verbs import LoginOffer, Purpose
from pratique.core.actors import Actor, Operation
from pratique.core.clock import MINUTE, Instant, in_words
from pratique.core.errors import Forbidden, NotFound
from pratique.services.accounts.logins import record_login
from pratique.services.accounts.sign_in import check_still_good, session_actor, write_as
from pratique.services.changes import note_change, permit
from pratique.services.ports import Caller, Ports
from pratique.store import accounts, challenges, one_time_codes
from pratique.store.challenges import Challenge
from pratique.trust.networks import network_of
from pratique.trust.one_time_codes import CODE_LIFE, code_digest, new_code, new_comparison
from pratique.trust.sessions import new_secret, secret_digest
from pratique.trust.tokens import new_token, token_digest

ANSWER_WITHIN = 10 * MINUTE
COLLECT_WITHIN = 2 * MINUTE
"""After the answer; clients ask every few seconds."""

LOGINS_PER_ADDRESS = 20
"""Unanswered at the same time; addresses of one IPv6 network count as one."""

LOGINS_IN_ALL = 2_000
"""Unanswered at the same time: asking for a login costs nothing, so that it must not fill the database."""

PER_ACCOUNT = 20
"""Confirmations asked of one account and unanswered."""

_OVER = "this login or confirmation is unknown, over, or was collected already: start again in the terminal"
_LONGEST_CLIENT = 120


async def ask_login(ports: Ports, ecosystem: str, done_url: str, public_url: str, caller: Caller) -> LoginOffer:
    """Start a client's login: anybody may, and nothing comes of it until a person confirms.

    Args:
        ecosystem: whose token it will be.
        done_url: where the client asks again; the secret is put behind it.
        public_url: by which the client knows this server.
        caller: shown to the person who is asked.

    Raises:
        Forbidden: too many are open, from this address or in all.
    """
    return await _ask(ports, ecosystem, done_url, public_url, caller, Purpose.LOGIN, "", None)


async def ask_proof(
    ports: Ports,
    ecosystem: str,
    done_url: str,
    public_url: str,
    caller: Caller,
    purpose: Purpose,
    subject: str,
    account_id: int,
) -> LoginOffer:
    """Ask an account's person to confirm one thing.

    A program that asks the same again from the same address gets new secrets, and those it had are over. They are not
    handed out twice: whoever else asks must not get what the person confirms for the first.

    Raises:
        Forbidden: too many wait for the account's answer.
    """
    return await _ask(ports, ecosystem, done_url, public_url, caller, purpose, subject, account_id)


async def _ask(
    ports: Ports,
    ecosystem: str,
    done_url: str,
    public_url: str,
    caller: Caller,
    purpose: Purpose,
    subject: str,
    account_id: int | None,
) -> LoginOffer:
    done, page, now = new_secret(), new_secret(), ports.clock.now()
    asked = Challenge(
        done_sha256=secret_digest(done),
        page_sha256=secret_digest(page),
        purpose=purpose,
        subject=subject,
        ecosystem=ecosystem,
        account_id=account_id,
        client=caller.client[:_LONGEST_CLIENT],
        address=caller.address,
        compare=new_comparison(),
        created=now,
        expires=Instant(now + ANSWER_WITHIN),
    )
    await ports.db.write(_keep, asked, public_url, durable=False)
    return LoginOffer(f"{public_url}/login/client/{page}", f"{done_url}{done}", asked.compare)


def _keep(connection: Connection, asked: Challenge, public_url: str) -> None:
    """Keep a question in its budget: logins, which anybody may start, take nothing from what accounts are asked."""
    challenges.forget(connection, asked.created, again=asked if asked.account_id is not None else None)
    if asked.account_id is None:
        _check_logins(challenges.unanswered_logins(connection), asked.address)
    elif challenges.count_unanswered(connection, asked.account_id) >= PER_ACCOUNT:
        raise Forbidden(
            f"{asked.purpose.doing} needs a one-time code, and {PER_ACCOUNT} confirmations of this account wait in the "
            f"browser already: make a code at {public_url}/account and pass it as --otp, or wait "
            f"{in_words(ANSWER_WITHIN)}"
        )
    challenges.add(connection, asked)


def _check_logins(waiting: Sequence[str], address: str) -> None:
    """Raises Forbidden if too many logins wait, given the address of each that does."""
    mine = network_of(address)
    if len(waiting) >= LOGINS_IN_ALL or sum(network_of(one) == mine for one in waiting) >= LOGINS_PER_ADDRESS:
        raise Forbidden(
            f"too many logins wait to be confirmed in the browser: confirm one of them, or wait "
            f"{in_words(ANSWER_WITHIN)}; with name and password: `npm login --auth-type=legacy`"
        )


async def look_at(ports: Ports, page_secret: str) -> Challenge:
    """What a page asks, for whoever has its address. Looking changes nothing. Raises NotFound."""
    found = await ports.db.read(challenges.find_for_page, secret_digest(page_secret), ports.clock.now())
    if found is None or found.answered is not None:
        raise NotFound(_OVER)
    return found


async def confirm(ports: Ports, page_secret: str, actor: Actor) -> str:
    """Say yes, as the person who is signed in.

    Returns:
        A one-time code to copy, where one was asked for; empty for a login.

    Raises:
        NotFound: it is over or answered.
        Forbidden: another account is asked.
        StepUpNeeded: the password was not given within the last five minutes.
    """
    now, code = ports.clock.now(), new_code()
    permit(actor, Operation.TOKENS, now)
    asked = await look_at(ports, page_secret)
    await write_as(ports.db, actor, now, _answer, asked, actor, code, now)
    return "" if asked.purpose is Purpose.LOGIN else code


async def refuse(ports: Ports, page_secret: str, actor: Actor) -> None:
    """Say no. Raises as `confirm`, but asks for no password."""
    now = ports.clock.now()
    asked = await look_at(ports, page_secret)
    await write_as(ports.db, actor, now, _answer, asked, actor, None, now)


def _answer(connection: Connection, asked: Challenge, actor: Actor, code: str | None, now: Instant) -> None:
    """Keep the answer; `code` is None for a no."""
    assert actor.account is not None
    assert actor.session is not None
    if asked.account_id is not None and asked.account_id != actor.account:
        raise Forbidden(f"this asks somebody else: sign out, and in again as that person; you are {actor.name}")
    expires = Instant(now + (CODE_LIFE if asked.purpose is not Purpose.LOGIN else COLLECT_WITHIN))
    proves = code is not None and asked.purpose is not Purpose.LOGIN
    digest = code_digest(code) if code is not None and proves else None
    kept = challenges.answer(
        connection,
        asked,
        allowed=code is not None,
        account_id=actor.account,
        session_sha256=actor.session,
        code_sha256=digest,
        now=now,
        expires=expires,
    )
    if not kept:
        raise NotFound(_OVER)
    if digest is not None:
        record_code(connection, digest, asked.purpose, asked.subject, actor, now, expires)


def record_code(
    connection: Connection,
    digest: str,
    purpose: Purpose,
    subject: str,
    actor: Actor,
    now: Instant,
    expires: Instant,
) -> None:
    """Keep a new code of the actor's account, with its event."""
    assert actor.account is not None
    one_time_codes.add(
        connection,
        digest,
        account_id=actor.account,
        purpose=purpose,
        subject=subject,
        now=now,
        expires=expires,
    )
    body = {"purpose": str(purpose), "subject": subject}
    note_change(connection, "code_made", f"account:{actor.name}", body, actor=actor, now=now)


async def collect(ports: Ports, done_secret: str) -> str | None:
    """What was confirmed, for exactly one caller: a token for a login, else a one-time code. None: not yet answered.

    Raises:
        NotFound: unknown, over, or collected.
        Forbidden: the person said no.
        Unauthorised: the session in which it was confirmed has ended, or the account was disabled.
    """
    now, digest = ports.clock.now(), secret_digest(done_secret)
    asked = await ports.db.read(challenges.find_for_client, digest, now)
    if asked is None or asked.collected is not None:
        raise NotFound(_OVER)
    if asked.answered is None:
        return None
    if not asked.allowed:
        raise Forbidden("the person who was asked in the browser said no")
    secret = new_token() if asked.purpose is Purpose.LOGIN else new_secret()
    await ports.db.write(_collect, ports, asked, secret, now)
    return secret


def _collect(connection: Connection, ports: Ports, asked: Challenge, secret: str, now: Instant) -> None:
    actor = _confirmed_by(connection, asked, now)
    if not challenges.collect(connection, asked.done_sha256, now):
        raise NotFound(_OVER)
    if asked.purpose is Purpose.LOGIN:
        record_login(connection, ports, asked.ecosystem, actor, token_digest(secret), asked.address, now)
        return
    # The code on the page and this one are the same leave: it is given once, and ends when the page's would.
    if not one_time_codes.end_unused(connection, asked.code_sha256 or ""):
        raise NotFound(_OVER)
    record_code(connection, code_digest(secret), asked.purpose, asked.subject, actor, now, asked.expires)


def _confirmed_by(connection: Connection, asked: Challenge, now: Instant) -> Actor:
    """Who said yes, if that session still stands. Raises Unauthorised, NotFound."""
    account = None if asked.account_id is None else accounts.find(connection, asked.account_id)
    if account is None or asked.session_sha256 is None:
        raise NotFound(_OVER)
    actor = session_actor(account, asked.answered, asked.session_sha256)
    check_still_good(connection, actor, now)
    return actor
