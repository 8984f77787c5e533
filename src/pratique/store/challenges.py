"""What clients ask people to confirm in the browser. Secrets are kept as hashes only."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from pratique.core.account_verbs import Purpose
from pratique.core.clock import Instant
from pratique.store.rows import one
from pratique.store.schema import challenge


class Challenge(msgspec.Struct, frozen=True):
    """One question to a person.

    Attributes:
        done_sha256: hash of the secret with which the client comes back.
        page_sha256: hash of the secret in the page's address.
        subject: purl of the project it is about, empty for none.
        account_id: who has to confirm; for a login, who did.
        client: what it calls itself.
        address: where it asked from.
        compare: shown by the terminal and by the page.
        expires: from then on it is as if it had never been asked.
        answered: when a person answered.
        allowed: what the person said, None before.
        session_sha256: the session in which that was.
        code_sha256: of the code that the page showed, None for a login.
        collected: when the client got what was confirmed.
    """

    done_sha256: str
    page_sha256: str
    purpose: Purpose
    subject: str
    ecosystem: str
    account_id: int | None
    client: str
    address: str
    compare: str
    created: Instant
    expires: Instant
    answered: Instant | None = None
    allowed: bool | None = None
    session_sha256: str | None = None
    code_sha256: str | None = None
    collected: Instant | None = None


def add(c: sa.Connection, new: Challenge) -> None:
    """Keep a question."""
    c.execute(challenge.insert().values({**msgspec.structs.asdict(new), "purpose": new.purpose.value}))


def forget(c: sa.Connection, now: Instant, again: Challenge | None) -> None:
    """Forget the questions that are over and, unanswered, what the same program asked the same account before."""
    c.execute(challenge.delete().where(challenge.c.expires <= now))
    if again is None:
        return
    before = challenge.delete().where(
        challenge.c.answered.is_(None),
        challenge.c.account_id == again.account_id,
        challenge.c.purpose == again.purpose.value,
        challenge.c.subject == again.subject,
        challenge.c.address == again.address,
    )
    c.execute(before)


def unanswered_logins(c: sa.Connection) -> tuple[str, ...]:
    """The address of each login that nobody has answered; ask after `forget`."""
    wanted = sa.select(challenge.c.address).where(challenge.c.account_id.is_(None), challenge.c.answered.is_(None))
    return tuple(c.execute(wanted).scalars())


def count_unanswered(c: sa.Connection, account_id: int) -> int:
    """How many questions wait for an account's answer; ask after `forget`."""
    wanted = sa.select(sa.func.count()).where(challenge.c.account_id == account_id, challenge.c.answered.is_(None))
    return int(c.execute(wanted).scalar_one())


def find_for_page(c: sa.Connection, page_sha256: str, now: Instant) -> Challenge | None:
    """The question of a page's secret, None if there is none or it is over."""
    wanted = sa.select(challenge).where(challenge.c.page_sha256 == page_sha256, challenge.c.expires > now)
    return one(c.execute(wanted), Challenge)


def find_for_client(c: sa.Connection, done_sha256: str, now: Instant) -> Challenge | None:
    """The question of a client's secret, None if there is none or it is over."""
    wanted = sa.select(challenge).where(challenge.c.done_sha256 == done_sha256, challenge.c.expires > now)
    return one(c.execute(wanted), Challenge)


def answer(
    c: sa.Connection,
    asked: Challenge,
    *,
    allowed: bool,
    account_id: int,
    session_sha256: str,
    code_sha256: str | None,
    now: Instant,
    expires: Instant,
) -> bool:
    """Keep a person's answer. False if there is one already, whoever gave it."""
    values = {
        "answered": now,
        "allowed": allowed,
        "account_id": account_id,
        "session_sha256": session_sha256,
        "code_sha256": code_sha256,
        "expires": expires,
    }
    kept = challenge.update().where(challenge.c.done_sha256 == asked.done_sha256, challenge.c.answered.is_(None))
    return c.execute(kept.values(values)).rowcount == 1


def collect(c: sa.Connection, done_sha256: str, now: Instant) -> bool:
    """Hand out what was confirmed: True for exactly one caller."""
    taken = challenge.update().where(
        challenge.c.done_sha256 == done_sha256, challenge.c.allowed.is_(True), challenge.c.collected.is_(None)
    )
    return c.execute(taken.values(collected=now)).rowcount == 1
