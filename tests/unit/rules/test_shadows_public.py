import pytest

from pratique.core.actors import OPERATOR, Actor, ActorKind
from pratique.core.artifacts import Origin
from pratique.core.clock import MINUTE
from pratique.core.decisions import Moment, Reservation
from pratique.core.facts import POPULARITY, PUBLIC_EXISTS, RESERVATION, SERVED_BEFORE, Absent, Stage
from pratique.rules.decide import decide
from tests.unit.rules.cases import NOW, USER, ago, facts, judged, policy, said, without

WAY_OUT = "must be reserved or published by an admin first"


def published(changed=None, *, origin=Origin.UNKNOWN, **more):
    return judged(changed, origin=origin, moment=Moment.PUBLISH, **more)


def admin(stepped_up_at):
    return Actor(ActorKind.USER, account=2, name="root", admin=True, stepped_up_at=stepped_up_at)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({POPULARITY: 234}, "it is the name of a popular public project"),
        ({SERVED_BEFORE: True}, "it was served here from a public registry"),
        ({PUBLIC_EXISTS: True}, "it is the name of a public project"),
    ],
)
def test_a_public_name_does_not_become_own_by_a_publish(changed, why):
    assert said(published(changed)) == ("shadows_public", "deny", f"{WAY_OUT}: {why}")


def test_a_popular_name_is_refused_without_asking_the_upstream():
    known = without(facts({POPULARITY: 234}, origin=Origin.UNKNOWN, stage=Stage.NAME), PUBLIC_EXISTS)

    assert said(decide(policy(), known, Stage.NAME, Moment.PUBLISH))[1] == "deny"


def test_a_project_that_came_from_upstream_stays_there():
    assert said(published(origin=Origin.UPSTREAM))[2] == f"{WAY_OUT}: it was served here from a public registry"


def test_a_name_nobody_has_is_free():
    assert said(published()) is None


def test_further_releases_of_an_own_project_are_free():
    assert said(published({PUBLIC_EXISTS: True, POPULARITY: 1, SERVED_BEFORE: True}, origin=Origin.OWN)) is None


@pytest.mark.parametrize("origin", [Origin.UNKNOWN, Origin.UPSTREAM])
def test_a_reserved_name_is_free_and_the_upstream_is_not_asked(origin):
    known = facts({RESERVATION: Reservation(1, "npm", "left"), POPULARITY: 1, SERVED_BEFORE: True}, origin=origin)

    assert said(decide(policy(), without(known, PUBLIC_EXISTS), Stage.FILE, Moment.PUBLISH)) is None


def test_it_is_denied_when_the_upstream_cannot_be_asked():
    decision = published({PUBLIC_EXISTS: Absent("the upstream does not answer")})

    assert said(decision) == (
        "shadows_public",
        "deny",
        "cannot be judged: public_exists is missing (the upstream does not answer)",
    )


def test_while_the_upstream_is_away_it_is_denied_for_the_moment_only():
    decision = published({PUBLIC_EXISTS: Absent("no upstream could be asked", passing=True)})

    assert said(decision) == ("shadows_public", "deny", "cannot be judged now: no upstream could be asked")
    assert decision.passing


def test_it_is_denied_where_nobody_asked_the_upstream():
    known = without(facts(origin=Origin.UNKNOWN, stage=Stage.NAME), PUBLIC_EXISTS)

    assert said(decide(policy(), known, Stage.NAME, Moment.PUBLISH)) == (
        "shadows_public",
        "deny",
        "cannot be judged: public_exists (whether an upstream has a project of this name) was not fetched",
    )


def test_an_admin_who_just_gave_the_password_again_may():
    decision = published({POPULARITY: 1}, actor=admin(ago(MINUTE)))

    assert said(decision) == ("shadows_public", "allow", "is published by an admin who gave the password again")
    assert decision.valid_until == NOW + 4 * MINUTE


def test_the_password_counts_for_five_minutes():
    assert said(published({POPULARITY: 1}, actor=admin(ago(5 * MINUTE - 1))))[1] == "allow"
    assert said(published({POPULARITY: 1}, actor=admin(ago(5 * MINUTE))))[1] == "deny"


def test_an_admin_without_it_may_not():
    assert said(published({POPULARITY: 1}, actor=admin(None)))[1] == "deny"


def test_the_password_of_somebody_who_is_no_admin_opens_nothing():
    someone = Actor(ActorKind.USER, account=3, name="eve", stepped_up_at=NOW)

    assert said(published({POPULARITY: 1}, actor=someone))[1] == "deny"


def test_the_operator_on_the_data_folder_may():
    assert said(published({POPULARITY: 1}, actor=OPERATOR)) is None


def test_an_install_is_not_its_business():
    assert said(judged({PUBLIC_EXISTS: True, POPULARITY: 1}, actor=USER)) is None
