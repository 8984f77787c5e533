"""What happened: events, decisions, downloads, names that nobody had, processes."""

import msgspec
import pytest
import sqlalchemy as sa

from pratique.core.actors import OPERATOR, ActorKind
from pratique.core.clock import DAY, MINUTE, Instant
from pratique.core.decisions import Action, Decision, SetAside, Vote
from pratique.core.events import new_event
from pratique.core.names import EcosystemId, ProjectKey, Subject
from pratique.store import decisions, downloads, events, missing, processes
from pratique.store.downloads import Download
from pratique.store.processes import Process
from pratique.store.schema import decision as stored_decision
from pratique.store.schema import missing_name
from tests.stores.implementations import NOW

LATER = Instant(NOW + MINUTE)


def test_events_come_back_byte_for_byte_newest_first(c):
    first = new_event("published", NOW, OPERATOR, "pkg:npm/left@1.0.0", {"files": ["ä"]})
    second = new_event("revoked", LATER, OPERATOR, "pkg:npm/left@1.0.0", {"reason": "malware"})
    other = new_event("revoked", LATER, OPERATOR, "pkg:npm/right", {})
    for event in (first, second, other):
        events.append(c, event)

    assert events.of_subject(c, "pkg:npm/left@1.0.0", 10) == (second, first)
    assert events.of_subject(c, "pkg:npm/left@1.0.0", 1) == (second,)
    assert set(events.recent(c, 2)) == {second, other}
    assert events.recent(c, 10, kinds={"published"}) == (first,)
    assert events.recent(c, 10, kinds=set()) == ()


def test_an_event_cannot_be_recorded_twice(c):
    event = new_event("published", NOW, OPERATOR, "pkg:npm/left", {})
    events.append(c, event)

    with pytest.raises(sa.exc.IntegrityError):
        events.append(c, event)


def decision(left, identity="d" * 26):
    vote = Vote("cooldown", Action.HOLD, "is 1 hour old; 48 hours are needed", LATER)
    waived = SetAside(Vote("known_malware", Action.DENY, "is malware"), "waiver 3")
    return Decision(
        identity,
        Subject(left, "1.0.0", "left-1.0.0.tgz"),
        Action.HOLD,
        (vote,),
        (waived,),
        ("digest_mismatch",),
        LATER,
        {"published": NOW, "malware": ["MAL-1"], "popularity": None},
    )


def test_a_decision_comes_back_whole(c, main, left):
    decisions.remember(c, main.id, left, decision(left), NOW)

    found = decisions.find(c, "d" * 26)
    assert (found.repository_id, found.decision, found.first, found.last) == (main.id, decision(left), NOW, NOW)
    assert decisions.find(c, "e" * 26) is None


def test_the_same_decision_again_moves_its_last_time_and_only_forward(c, main, left):
    decisions.remember(c, main.id, left, decision(left), NOW)
    decisions.remember(c, main.id, left, decision(left), LATER)
    decisions.remember(c, main.id, left, decision(left), NOW)

    found = decisions.find(c, "d" * 26)
    assert (found.first, found.last) == (NOW, LATER)


def test_a_decision_that_time_has_changed_is_kept_as_it_was_last_made(c, main, left):
    hidden = msgspec.structs.replace(
        decision(left), action=Action.HIDE, votes=(Vote("denylist", Action.HIDE, "is on the denylist"),)
    )
    decisions.remember(c, main.id, left, decision(left), NOW)
    decisions.remember(c, main.id, left, hidden, LATER)
    decisions.remember(c, main.id, left, decision(left), NOW)

    assert decisions.find(c, "d" * 26).decision == hidden
    assert c.execute(sa.select(stored_decision.c.action)).scalar_one() == "hide"


def test_decisions_that_were_not_made_for_long_are_forgotten(c, main, left):
    decisions.remember(c, main.id, left, decision(left, "old".ljust(26)), NOW)
    decisions.remember(c, main.id, left, decision(left, "young".ljust(26)), Instant(NOW + DAY))

    assert decisions.forget_older_than(c, Instant(NOW + 1)) == 1
    assert decisions.find(c, "old".ljust(26)) is None
    assert decisions.find(c, "young".ljust(26)) is not None


def test_exposure_tells_who_fetched_what_newest_first(c, main, left):
    early = Download(main.id, left, "1.0.0", "left-1.0.0.tgz", ActorKind.CI, "ci:build", 7, NOW)
    late = Download(main.id, left, "1.0.0", "left-1.0.0.tgz", ActorKind.NOBODY, "nobody:nobody", None, LATER)
    newer = Download(main.id, left, "1.0.1", "left-1.0.1.tgz", ActorKind.USER, "user:eve", 8, LATER)
    downloads.record_many(c, [early, late, newer])
    downloads.record_many(c, [])

    assert downloads.exposure(c, main.id, left, ["1.0.0"], 10) == (late, early)
    assert downloads.exposure(c, main.id, left, None, 10) == (newer, late, early)
    assert downloads.exposure(c, main.id, left, None, 1) == (newer,)
    assert downloads.exposure(c, main.id + 1, left, None, 10) == ()


NPM = EcosystemId("npm")


def question(main, name="left", kind=ActorKind.USER, asker="account 1", twin=None):
    return missing.Question(main.id, ProjectKey(NPM, name), twin or name, kind, asker)


def test_the_first_who_asked_for_a_missing_name_is_remembered(c, main):
    assert missing.first_asked(c, main.id, NPM, "left") is None
    missing.asked(c, question(main), LATER)
    missing.asked(c, question(main, kind=ActorKind.AGENT), NOW)
    missing.asked(c, question(main), Instant(LATER + 1))

    assert missing.first_asked(c, main.id, NPM, "left") == NOW
    rows = {row.actor_kind: (row.first, row.last, row.count) for row in c.execute(sa.select(missing_name))}
    assert rows == {"user": (LATER, LATER + 1, 2), "agent": (NOW, NOW, 1)}


def test_who_asked_for_a_name_asked_for_its_twins(c, main):
    missing.asked(c, question(main, "a-b", twin="a_b"), NOW)

    assert missing.first_asked(c, main.id, NPM, "a_b") == NOW
    missing.forget_since(c, main.id, NPM, "a_b", LATER)
    assert missing.first_asked(c, main.id, NPM, "a_b") == NOW
    missing.forget_since(c, main.id, NPM, "a_b", NOW)
    assert missing.first_asked(c, main.id, NPM, "a_b") is None


def test_missing_names_are_told_by_those_that_most_askers_want(c, main):
    missing.asked(c, question(main, "often"), NOW)
    missing.asked(c, question(main, "often"), LATER)
    for asker in ("account 1", "account 2"):
        missing.asked(c, question(main, "wanted", asker=asker), NOW)
    missing.asked(c, question(main, "wanted", ActorKind.AGENT), NOW)

    def told(**wanted):
        some = {"ecosystem": None, "actor_kind": None, "since": Instant(0), "limit": 10, **wanted}
        return [(one.name, one.actor_kind, one.count, one.askers) for one in missing.most_asked(c, main.id, **some)]

    assert told() == [("wanted", "user", 2, 2), ("often", "user", 2, 1), ("wanted", "agent", 1, 1)]
    assert told(actor_kind="agent") == [("wanted", "agent", 1, 1)]
    assert told(since=LATER) == [("often", "user", 1 + 1, 1)]
    assert told(limit=1) == [("wanted", "user", 2, 2)]
    assert told(ecosystem="pypi") == []
    assert missing.most_asked(c, main.id + 1, ecosystem=None, actor_kind=None, since=Instant(0), limit=1) == ()


def fill(c, main, asker, rows):
    c.execute(
        sa.text(
            "with recursive n(i) as (select 0 union all select i + 1 from n where i < :last) insert into missing_name "
            "(repository_id, ecosystem, name, actor_kind, asker, twin, first, last, count) "
            "select :repository, 'npm', :asker || i, 'agent', :asker, :asker || i, :now + i, :now + i, 1 from n"
        ),
        {"last": rows - 1, "repository": main.id, "now": NOW, "asker": asker},
    )


def test_a_flood_of_missing_names_pushes_out_only_what_the_flooding_asker_asked_for(c, main):
    for asker, rows in (("quiet", 2_000), ("flood", missing.MAX_ROWS - 2_000)):
        fill(c, main, asker, rows)

    for number in range(5):
        missing.asked(c, question(main, f"more{number}", asker="flood"), Instant(NOW + missing.MAX_ROWS))
    missing.make_room(c)

    held = dict(c.execute(sa.select(missing_name.c.asker, sa.func.count()).group_by(missing_name.c.asker)).all())
    assert held["quiet"] == 2_000
    assert sum(held.values()) <= missing.MAX_ROWS
    assert missing.first_asked(c, main.id, NPM, "flood0") is None
    assert missing.first_asked(c, main.id, NPM, "more4") is not None


def test_whoever_asks_anew_when_there_is_no_room_left_is_remembered_all_the_same(c, main):
    fill(c, main, "flood", missing.MAX_ROWS)

    missing.asked(c, question(main, asker="quiet"), NOW)
    missing.make_room(c)

    assert missing.first_asked(c, main.id, NPM, "left") == NOW
    assert c.execute(sa.select(sa.func.count()).select_from(missing_name)).scalar_one() <= missing.MAX_ROWS


def test_a_flood_comes_to_be_seen_though_not_every_row_has_all_of_them_counted(c, main):
    fill(c, main, "flood", missing.MAX_ROWS)

    for number in range(2_000):
        missing.asked(c, question(main, f"more{number}", asker=f"asker {number}"), Instant(NOW + missing.MAX_ROWS))

    assert c.execute(sa.select(sa.func.count()).select_from(missing_name)).scalar_one() < missing.MAX_ROWS + 2_000


def test_a_process_lives_as_long_as_its_heart_beats(c):
    web = Process("w" * 36, "web", "here", 1, NOW, NOW)
    job = Process("j" * 36, "job", "here", 2, LATER, LATER)
    processes.register(c, web)
    processes.register(c, job)
    assert processes.living(c, NOW) == (web, job)
    assert processes.living(c, LATER) == (job,)

    assert processes.heartbeat(c, web.id, LATER)
    assert len(processes.living(c, LATER)) == 2


def test_a_removed_process_learns_that_it_is_taken_for_dead(c):
    processes.register(c, Process("w" * 36, "web", "here", 1, NOW, NOW))
    processes.remove(c, "w" * 36)
    processes.remove(c, "w" * 36)

    assert not processes.heartbeat(c, "w" * 36, LATER)
    assert processes.living(c, NOW) == ()
