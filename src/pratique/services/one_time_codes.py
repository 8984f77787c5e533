"""Demand that a person has just given the password: by a one-time code that comes along, or by asking for one."""

from __future__ import annotations

from pratique.core.account_verbs import LogsInByPage, Purpose, TakesCodes
from pratique.core.actors import Actor, ActorKind, Operation
from pratique.core.clock import Instant, in_words
from pratique.core.errors import CodeNeeded, Forbidden, Unauthorised
from pratique.services.challenges import ask_proof, record_code
from pratique.services.changes import permit
from pratique.services.ports import Ports, Visit
from pratique.services.sign_in import write_as
from pratique.store import one_time_codes
from pratique.trust.one_time_codes import CODE_LIFE, code_digest, new_code
from pratique.trust.permissions import NEEDS_CREDENTIAL
from pratique.trust.sessions import stepped_up


async def demand_code(ports: Ports, visit: Visit, purpose: Purpose, subject: str = "") -> None:
    """Return if a good code came along, which is used up by that.

    Args:
        ports: the parts.
        visit: whose actor has to prove it, unless `has_just_proved`.
        purpose: what is being done.
        subject: purl of the project it is done to.

    Raises:
        Unauthorised: nobody in particular asks.
        CodeNeeded: none came, or one that is wrong, used or too old; the error says where to get one.
        Forbidden: the client cannot send any, or no person stands behind the credential.
    """
    actor = visit.actor
    if has_just_proved(actor, ports.clock.now()):
        return
    if actor.kind is ActorKind.NOBODY:
        raise Unauthorised(NEEDS_CREDENTIAL)
    if actor.account is None:
        raise Forbidden(f"{purpose.doing} needs a one-time code, which only a person's account has")
    code = visit.caller.code
    if code and await _is_used_up(ports, code, actor.account, purpose, subject):
        return
    await _ask_for_one(ports, visit, purpose, subject, actor.account, wrong=bool(code))


def has_just_proved(actor: Actor, now: Instant) -> bool:
    """Whether no code is needed: the operator holds the data folder, and a browser's person gave the password now."""
    return actor.kind is ActorKind.OPERATOR or (actor.session is not None and stepped_up(actor.stepped_up_at, now))


async def _is_used_up(ports: Ports, code: str, account_id: int, purpose: Purpose, subject: str) -> bool:
    digest, now = code_digest(code), ports.clock.now()
    return await ports.db.write(
        one_time_codes.use, digest, account_id=account_id, purpose=purpose, subject=subject, now=now
    )


async def _ask_for_one(
    ports: Ports, visit: Visit, purpose: Purpose, subject: str, account_id: int, *, wrong: bool
) -> None:
    speech = visit.ecosystem
    if not isinstance(speech, LogsInByPage) or not isinstance(speech, TakesCodes):
        raise Forbidden(
            f"{purpose.doing} needs a one-time code here, which {speech.id} clients cannot send: an owner can lift that"
        )
    done_url = visit.base_url + speech.done_path("")
    offer = await ask_proof(ports, speech.id, done_url, visit.public_url, visit.caller, purpose, subject, account_id)
    why = "this one-time code is wrong, used, or older than five minutes" if wrong else ""
    raise CodeNeeded(
        f"{why or f'{purpose.doing} needs a one-time code'}: confirm on the page that shows {offer.compare}, or make a "
        f"code at {visit.public_url}/account and pass it as --otp",
        offer.page_url,
        offer.done_url,
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
    await write_as(ports.db, actor, now, record_code, code_digest(code), purpose, "", actor, now)
    return code
