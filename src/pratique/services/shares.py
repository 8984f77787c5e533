"""Who counts as one asker wherever a bounded record is shared by all."""

from __future__ import annotations

from pratique.core.actors import Actor
from pratique.trust.networks import network_of


def share_of(actor: Actor, address: str) -> str:
    """The account, whatever tokens it uses; a token without one; for nobody in particular the network.

    Args:
        actor: who asks.
        address: from where; empty where nobody knows.
    """
    if actor.account is not None:
        return f"account {actor.account}"
    if actor.token is not None:
        return f"token {actor.token}"
    return f"address {network_of(address)}"[:64]
