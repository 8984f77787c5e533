"""How many new names somebody may take in a day."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from pratique.core.actors import OPERATOR, Actor, ActorKind
from pratique.core.clock import Instant
from pratique.core.errors import Forbidden
from pratique.services.publishing.names_a_day import check_names_a_day


def test_who_has_no_account_cannot_be_counted_and_takes_none() -> None:
    with sa.create_engine("sqlite://").connect() as connection:
        with pytest.raises(Forbidden, match="publish the first release with a token of one"):
            check_names_a_day(connection, Actor(ActorKind.CI, name="a job"), 100, Instant(0))

        check_names_a_day(connection, Actor(ActorKind.CI, name="a job"), 0, Instant(0))
        check_names_a_day(connection, OPERATOR, 100, Instant(0))
