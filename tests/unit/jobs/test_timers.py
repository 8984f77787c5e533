from hypothesis import given
from hypothesis import strategies as st

from pratique.core.clock import DAY, HOUR, MINUTE, Instant, from_iso
from pratique.jobs.timers import Timer, Timers


def promised_by(timers):
    promised = []
    return promised, Timers(timers, lambda name, payload, job_id: promised.append((name, payload, job_id)))


def test_a_daily_job_is_promised_once_a_day_under_the_days_own_id():
    promised, timers = promised_by([Timer("import_advisories")])

    for hour in range(30):
        timers.tick(Instant(from_iso("2026-11-22T20:00:00Z") + hour * HOUR))

    assert promised == [
        ("import_advisories", {"turn": "2026-11-22"}, "import_advisories:2026-11-22"),
        ("import_advisories", {"turn": "2026-11-23"}, "import_advisories:2026-11-23"),
        ("import_advisories", {"turn": "2026-11-24"}, "import_advisories:2026-11-24"),
    ]


def test_a_time_of_day_shifts_when_the_turn_begins():
    timer = Timer("import_advisories", starts=3 * HOUR)

    assert timer.turn(from_iso("2026-11-23T02:59:59Z")) == "2026-11-22"
    assert timer.turn(from_iso("2026-11-23T03:00:00Z")) == "2026-11-23"
    assert timer.began("2026-11-23") == from_iso("2026-11-23T03:00:00Z")
    assert Timer("x", every=HOUR).began("2026-11-23T05:00:00Z") == from_iso("2026-11-23T05:00:00Z")


def test_two_processes_promise_the_same_id():
    first, one = promised_by([Timer("clean_up", every=10 * MINUTE)])
    second, other = promised_by([Timer("clean_up", every=10 * MINUTE)])

    one.tick(from_iso("2026-11-23T02:51:00Z"))
    other.tick(from_iso("2026-11-23T02:59:59Z"))

    assert first == second == [("clean_up", {"turn": "2026-11-23T02:50:00Z"}, "clean_up:2026-11-23T02:50:00Z")]


def test_what_could_not_be_promised_is_due_at_the_next_look():
    attempts = []

    def fail_once(name, _payload, _job_id):
        attempts.append(name)
        if len(attempts) == 1:
            raise RuntimeError("the database is locked")

    timers = Timers([Timer("clean_up")], fail_once)
    try:
        timers.tick(from_iso("2026-11-23T02:51:00Z"))
    except RuntimeError:
        timers.tick(from_iso("2026-11-23T02:51:01Z"))
    timers.tick(from_iso("2026-11-23T02:51:02Z"))

    assert attempts == ["clean_up", "clean_up"]


@given(st.integers(0, 4_000_000_000_000), st.integers(1, DAY), st.integers(0, DAY))
def test_every_instant_falls_into_a_turn_that_began_before_it_and_is_not_over(now, seconds, starts):
    timer = Timer("clean_up", every=seconds * 1_000, starts=starts)
    begun = from_iso(timer.turn(Instant(now)))

    # Turns are named by whole seconds, those of whole days by the day.
    named_by = DAY if timer.every % DAY == 0 else 1_000
    assert begun - named_by < now < begun + timer.every + named_by
