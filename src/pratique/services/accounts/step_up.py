"""Sessions of people: sign in with a password, give it again before something grave, sign out."""

from __future__ import annotations

from sqlalchemy import Connection

from pratique.core.actors import Actor
from pratique.core.clock import Instant
from pratique.core.errors import Unauthorised, Unavailable
from pratique.core.events import new_event
from pratique.services.accounts.hashing import check_password
from pratique.services.accounts.sign_in import SignedIn, session_actor
from pratique.services.ports import Ports
from pratique.store import accounts, events
from pratique.store.accounts import Account, Session
from pratique.trust.networks import network_of
from pratique.trust.sessions import SESSION_LIFE, new_secret, secret_digest
from pratique.trust.throttle import Throttle

FAILURES_PER_ACCOUNT = 100
"""High, because whoever reaches it locks the account's owner out, too. Source: NIST SP 800-63B, section 3.2.2."""

FAILURES_PER_NETWORK = 10
"""Of one address, or of the /64 of IPv6 that one customer is given."""

_WRONG = "name and password do not fit together"
"""Said of every reason why somebody does not get in."""

_LONGEST_NAME = 100
"""Longer than any account's name; what is typed beyond it is not kept in memory."""


class PasswordGate:
    """Checks passwords, slowing down whoever guesses. One for each process."""

    def __init__(self) -> None:
        self._accounts = Throttle(FAILURES_PER_ACCOUNT)
        self._networks = Throttle(FAILURES_PER_NETWORK)

    async def check(self, ports: Ports, name: str, password: str, address: str) -> Account:
        """The account, if the password is its own.

        Args:
            ports: the parts.
            name: of the account, as typed.
            password: as typed.
            address: where the request comes from.

        Raises:
            Unauthorised: no such account, wrong password, or disabled: one sentence for all three.
            Unavailable: too many failures, or too many passwords at once.
        """
        typed, network = name[:_LONGEST_NAME], network_of(address)
        self._reserve(typed, network, ports.clock.now())
        account = await ports.db.read(accounts.find_by_name, typed)
        try:
            matches = await check_password(account.password if account else None, password)
        except Unavailable:
            self._networks.give_back(network)
            self._accounts.give_back(typed)
            raise
        if not matches or account is None or account.disabled is not None:
            raise Unauthorised(_WRONG)
        self._networks.give_back(network)
        self._accounts.forget(typed)
        return account

    def _reserve(self, typed: str, network: str, now: Instant) -> None:
        """Count the attempt before the password is looked at. Raises Unavailable and counts nothing."""
        self._networks.attempt(network, now)
        try:
            self._accounts.attempt(typed, now)
        except Unavailable:
            self._networks.give_back(network)
            raise


async def sign_in(ports: Ports, gate: PasswordGate, name: str, password: str, address: str) -> tuple[str, SignedIn]:
    """Start a session: the secret for the cookie, and who is signed in. Raises as `PasswordGate.check`."""
    account = await gate.check(ports, name, password, address)
    return await start_session(ports, account)


async def start_session(ports: Ports, account: Account) -> tuple[str, SignedIn]:
    """Start a session for an account that has just proved who it is: that counts as a step-up.

    Raises:
        Unauthorised: its password was changed, or it was disabled, since it was read.
    """
    secret, now = new_secret(), ports.clock.now()
    session = Session(secret_digest(secret), account.id, new_secret(), now, Instant(now + SESSION_LIFE), now)
    actor = session_actor(account, now, session.secret_sha256)
    await ports.db.write(_start, session, account, actor)
    return secret, SignedIn(actor, session.csrf, session.secret_sha256)


def _start(connection: Connection, session: Session, proved: Account, actor: Actor) -> None:
    check_unchanged(connection, proved)
    accounts.create_session(connection, session)
    events.append(connection, new_event("signed_in", session.created, actor, f"account:{actor.name}", {}))


async def step_up(ports: Ports, gate: PasswordGate, session: SignedIn, password: str, address: str) -> Actor:
    """Give the password again; it counts for five minutes. Raises as `PasswordGate.check`."""
    account = await gate.check(ports, session.actor.name, password, address)
    now = ports.clock.now()
    await ports.db.write(_step_up, session.secret_sha256, account, now)
    return session_actor(account, now, session.secret_sha256)


def _step_up(connection: Connection, secret_sha256: str, proved: Account, now: Instant) -> None:
    check_unchanged(connection, proved)
    if not accounts.step_up(connection, secret_sha256, now):
        raise Unauthorised("the session is over: sign in again at /login")


def check_unchanged(connection: Connection, proved: Account) -> None:
    """A password takes a tenth of a second to check; what it proved counts only if it is still the password then."""
    account = accounts.find(connection, proved.id)
    if account is None or account.disabled is not None or account.password != proved.password:
        raise Unauthorised(_WRONG)


async def sign_out(ports: Ports, session: SignedIn) -> None:
    """End the session."""
    await ports.db.write(accounts.end_session, session.secret_sha256)
