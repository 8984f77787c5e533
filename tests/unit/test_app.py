import os
import time

import msgspec
import pytest

from pratique.app import advisory_sources, job_kinds, job_timers, open_database, open_ports, prepare
from pratique.core.actors import OPERATOR
from pratique.core.clock import DAY, HOUR, Instant, to_iso
from pratique.core.decisions import Action, Decision, Mode, RuleSetting, SetAside, Vote
from pratique.core.errors import Conflict, Invalid
from pratique.core.events import new_event
from pratique.core.names import EcosystemId, ProjectKey, Subject
from pratique.jobs.kinds import job_table
from pratique.rules.registry import RULES
from pratique.services.governing.report_dry_runs import report_dry_runs
from pratique.services.upkeep.clean_up import clean_up
from pratique.services.upkeep.set_up import enforce_rules
from pratique.services.upkeep.sweep import promised_jobs
from pratique.services.upkeep.unrecorded_blobs import put_away_unrecorded
from pratique.settings import load_settings
from pratique.settings.folder import DataFolder
from pratique.store import decisions, events, files, policy, processes, repositories, revisions
from pratique.store.clocks import SystemClock
from pratique.store.processes import Process

NOW = 1_790_000_000_000
UPSTREAM = '[repositories.main.upstreams]\nnpm = ["https://npm.example.test"]\n'


class Site:
    """A data folder whose settings and time a test writes."""

    def __init__(self, root):
        self.folder = DataFolder(root / "data")
        self.folder.create()
        self.clock = root / "clock"
        self.turn_to(NOW)

    def turn_to(self, instant):
        self.clock.write_text(to_iso(instant))

    def settings(self, text=""):
        self.folder.settings_file.write_text(f'unsafe_test_clock = "{self.clock}"\n{text}')
        return load_settings(self.folder.settings_file, {})

    def read(self, query, *arguments):
        database = open_database(self.folder, self.settings())
        try:
            return database.read_now(query, *arguments)
        finally:
            database.close()


@pytest.fixture
def site(tmp_path):
    return Site(tmp_path)


def test_a_folder_is_prepared_once_and_left_alone_afterwards(site):
    assert prepare(site.folder, site.settings(UPSTREAM)) == ("main",)
    first = site.read(revisions.global_revision), site.read(events.recent, 100)

    assert prepare(site.folder, site.settings(UPSTREAM)) == ()
    assert (site.read(revisions.global_revision), site.read(events.recent, 100)) == first


def test_a_changed_upstream_is_used_and_every_view_made_before_is_outdated(site):
    prepare(site.folder, site.settings(UPSTREAM))
    before = site.read(revisions.global_revision)
    main = site.read(repositories.repositories)[0]

    prepare(site.folder, site.settings(UPSTREAM.replace("npm.example", "other.example")))

    assert [one.url for one in site.read(repositories.upstreams, main.id, "npm")] == ["https://other.example.test"]
    assert site.read(revisions.global_revision) > before


def test_closing_a_repository_to_the_anonymous_takes_a_restart_with_one_setting(site):
    prepare(site.folder, site.settings())
    prepare(site.folder, site.settings("[repositories.main]\nanonymous_read = false\n"))

    assert [(one.name, one.anonymous_read) for one in site.read(repositories.repositories)] == [("main", False)]


def test_an_upstream_of_an_ecosystem_that_is_not_here_is_refused_by_name(site):
    with pytest.raises(Invalid, match=r"upstreams[.]conda`: the ecosystems here are npm, pypi"):
        prepare(site.folder, site.settings(UPSTREAM + 'conda = ["https://conda.example.test"]\n'))


def test_a_repository_that_the_settings_no_longer_name_is_kept(site):
    prepare(site.folder, site.settings("[repositories.old]\n"))
    prepare(site.folder, site.settings("[repositories.new]\n"))

    assert [one.name for one in site.read(repositories.repositories)] == ["old", "new"]


def test_a_new_repository_has_every_rule_set_and_enforce_ends_every_dry_run(site):
    prepare(site.folder, site.settings())
    main = site.read(repositories.repositories)[0]
    at_first = {one.rule: one.mode for one in site.read(policy.rule_settings, main.id)}
    database = open_database(site.folder, site.settings())
    ended = database.write_now(enforce_rules, NOW)
    database.close()

    assert set(at_first) == {rule.name for rule in RULES}
    assert set(ended) == {rule for rule, mode in at_first.items() if mode is Mode.DRY_RUN}
    assert {one.mode for one in site.read(policy.rule_settings, main.id)} == {Mode.ENFORCE}


async def test_every_timer_promises_a_job_that_exists(site):
    settings = site.settings(UPSTREAM)
    prepare(site.folder, settings)
    async with open_ports(site.folder, settings) as ports:
        table = job_table(job_kinds(ports, settings))

    assert {timer.job_name for timer in job_timers(settings)} <= set(table)


def test_advisories_come_from_the_public_export_only_for_ecosystems_with_an_upstream(site):
    assert advisory_sources(site.settings()) == ()
    assert [url.split("/")[-2:] for url in advisory_sources(site.settings(UPSTREAM))] == [["npm", "all.zip"]]
    assert advisory_sources(site.settings('[advisories]\nsources = ["/srv/osv"]\n')) == ("/srv/osv",)


def test_the_import_comes_round_only_if_wanted_and_if_there_is_something_to_import(site):
    def imports(text):
        return "import_advisories" in {timer.job_name for timer in job_timers(site.settings(text))}

    assert imports(UPSTREAM)
    assert not imports("")
    assert not imports(UPSTREAM + "[advisories]\nscheduled = false\n")


def dry_run_decision(name, version, *, by="dry-run", action=Action.HOLD):
    subject = Subject(ProjectKey(EcosystemId("npm"), name), version, f"{name}-{version}.tgz")
    aside = SetAside(Vote("cooldown", action, "is 1 hour old"), by)
    return Decision(id=f"{name}{version}".ljust(26, "A")[:26], subject=subject, action=Action.ALLOW, set_aside=(aside,))


async def test_a_dry_run_that_is_over_is_reported_once_with_what_it_would_have_refused(site):
    settings = site.settings()
    prepare(site.folder, settings)
    async with open_ports(site.folder, settings) as ports:
        main = (await ports.db.read(repositories.repositories))[0]
        trial = RuleSetting("cooldown", Mode.DRY_RUN, until=NOW + DAY)
        await ports.db.write(policy.set_rule, main.id, trial)
        for made in (
            dry_run_decision("left", "1.0.0"),
            dry_run_decision("left", "1.0.1"),
            dry_run_decision("right", "2.0.0"),
            dry_run_decision("waived", "1.0.0", by="7"),
            dry_run_decision("warned", "1.0.0", action=Action.WARN),
        ):
            await ports.decisions.remember(main.id, made.subject.project, (made,), NOW)

        assert await report_dry_runs(ports) == 0
        site.turn_to(NOW + DAY)
        assert await report_dry_runs(ports) == 1
        assert await report_dry_runs(ports) == 0
        found = await ports.db.read(events.recent, 10, {"dry_run_ended"})

    assert [(one.subject, msgspec.json.decode(one.canonical)["body"]) for one in found] == [
        ("rule:main/cooldown", {"projects": 2, "releases": 3})
    ]


def test_the_sweep_asks_for_the_jobs_of_the_last_days_publications_and_of_nothing_else(site):
    prepare(site.folder, site.settings())
    database = open_database(site.folder, site.settings())
    made = [
        new_event("published", NOW - 2 * DAY, OPERATOR, "pkg:npm/left@1.0.0", {}),
        new_event("published", NOW - DAY + 1, OPERATOR, "pkg:npm/left@1.0.1", {}),
        new_event("revoked", NOW, OPERATOR, "pkg:npm/left@1.0.1", {}),
    ]
    for one in made:
        database.write_now(events.append, one)
    database.close()

    assert site.read(promised_jobs, NOW - DAY) == (made[1].id,)


async def test_decisions_are_forgotten_when_they_were_not_made_for_long_enough(site):
    settings = site.settings()
    prepare(site.folder, settings)
    made = dry_run_decision("left", "1.0.0")
    async with open_ports(site.folder, settings) as ports:
        await ports.decisions.remember(1, made.subject.project, (made,), NOW)
        site.turn_to(NOW + 90 * DAY)

        assert await clean_up(ports, 91 * DAY) == 0
        assert await clean_up(ports, 89 * DAY) == 1
        assert await ports.db.read(decisions.find, made.id) is None


async def test_the_clean_up_removes_what_a_killed_process_left_while_the_server_runs(site):
    settings = site.settings()
    prepare(site.folder, settings)
    async with open_ports(site.folder, settings) as ports:
        left_over = site.folder.root / "tmp" / "1-abc"
        left_over.write_bytes(b"half")
        await clean_up(ports, DAY)
        assert left_over.exists()  # perhaps somebody begins to write there just now
        os.utime(left_over, (0, 0))
        await clean_up(ports, DAY)
        assert not left_over.exists()


async def test_the_clean_up_removes_bytes_that_nothing_names_and_none_that_somebody_may_be_recording(site):
    settings = site.settings()
    prepare(site.folder, settings)
    async with open_ports(site.folder, settings) as ports:
        old, young, named = (kept(ports, content) for content in (b"old", b"young", b"named"))
        for stored in (old, named):
            age(site, stored)
        assert await put_away_unrecorded(ports) == 0  # a database without blobs is not the one of these bytes
        await ports.db.write(files._record_blob, named, NOW)

        await clean_up(ports, DAY)

        assert [ports.blobs.exists(one.sha256) for one in (old, young, named)] == [False, True, True]


async def test_one_blob_that_cannot_be_moved_keeps_neither_the_others_nor_the_clean_up_back(site):
    settings, now = site.settings(), SystemClock().now()
    prepare(site.folder, settings)
    async with open_ports(site.folder, settings) as ports:
        await ports.db.write(files._record_blob, kept(ports, b"named"), NOW)
        await ports.db.write(processes.register, Process("killed", "web", "here", 1, now - 2 * DAY, now - 2 * DAY))
        stuck, loose = sorted((kept(ports, b"one"), kept(ports, b"other")), key=lambda one: one.sha256)
        for stored in (stuck, loose):
            age(site, stored)
        (site.folder.root / "unrecorded" / stuck.sha256).mkdir()  # stands in its way

        await clean_up(ports, DAY)

        assert not ports.blobs.exists(loose.sha256)
        assert await ports.db.read(processes.living, Instant(0)) == ()
        assert ports.blobs.stored(int(stuck.sha256[:2], 16)) == (stuck.sha256,)


async def test_a_database_that_names_too_few_of_the_bytes_is_told_and_loses_none(site):
    settings = site.settings()
    prepare(site.folder, settings)
    async with open_ports(site.folder, settings) as ports:
        await ports.db.write(files._record_blob, kept(ports, b"named"), NOW)
        others = [kept(ports, b"of a newer database %d" % number) for number in range(21)]
        for stored in others:
            age(site, stored)

        await clean_up(ports, DAY)

        assert all(ports.blobs.exists(one.sha256) for one in others)
        (event,) = await ports.db.read(events.recent, 5, {"blobs_unrecorded"})
        assert b'"stored":22,"unrecorded":21' in event.canonical


async def test_bytes_that_nothing_named_and_that_are_kept_again_stay(site):
    settings = site.settings()
    prepare(site.folder, settings)
    async with open_ports(site.folder, settings) as ports:
        await ports.db.write(files._record_blob, kept(ports, b"named"), NOW)
        age(site, kept(ports, b"old"))
        again = kept(ports, b"old")

        assert await put_away_unrecorded(ports) == 0
        assert ports.blobs.exists(again.sha256)


async def test_the_clean_up_forgets_processes_that_have_been_silent_for_a_day(site):
    settings, now = site.settings(), SystemClock().now()
    prepare(site.folder, settings)
    async with open_ports(site.folder, settings) as ports:
        for name, beat in (("killed", now - DAY - HOUR), ("asleep", now - HOUR), ("alive", now)):
            await ports.db.write(processes.register, Process(name, "web", "here", 1, beat, beat))

        await clean_up(ports, DAY)

        left = await ports.db.read(processes.living, Instant(0))
    assert [one.id for one in left] == ["asleep", "alive"]


def kept(ports, content):
    draft = ports.blobs.draft()
    draft.write(content)
    stored = draft.keep()
    draft.discard()
    return stored


def age(site, stored):
    two_days_ago = time.time() - 2 * 86_400
    path = site.folder.root / "blobs" / stored.sha256[:2] / stored.sha256[2:4] / stored.sha256
    os.utime(path, (two_days_ago, two_days_ago))


def test_a_start_whose_database_is_gone_is_refused_and_makes_none(site):
    prepare(site.folder, site.settings())
    for path in site.folder.root.glob("pratique.db*"):
        path.unlink() if path.suffix != ".db-changes" else path.write_bytes(b"")

    with pytest.raises(Conflict, match="is missing, and this folder was used with one"):
        prepare(site.folder, site.settings())

    assert not site.folder.database_file.exists()


@pytest.mark.parametrize("name", ["tmp", "unrecorded"])
def test_a_folder_for_files_that_is_none_is_refused_with_a_sentence(site, name):
    (site.folder.root / name).write_text("x")

    with pytest.raises(Invalid, match=rf"folder for files .*{name}. cannot be used .File exists."):
        prepare(site.folder, site.settings())
