"""Documents kept on the real shelf, from an upstream whose answers and times the test decides."""

import asyncio
import hashlib
import json

import pytest
from structlog.testing import capture_logs

from pratique.core.clock import DAY, MINUTE, SECOND, Instant, to_iso
from pratique.core.errors import BadUpstream, DiskFull, UpstreamRefused
from pratique.core.limits import Freshness
from pratique.ecosystems.npm import NPM
from pratique.ecosystems.pypi import PYPI
from pratique.services.installing.document_shelf import StoredDocuments
from pratique.store.database import Database
from pratique.store.repositories import ensure_repository, sync_upstreams
from pratique.store.schema import document_content
from pratique.upstream.documents import Documents
from tests.harness.full_disk import FullDatabase
from tests.harness.lying_upstream import breaks_off, in_turn, misstates_length, says, waits_for
from tests.stores.implementations import NOW

JSON = "application/vnd.pypi.simple.v1+json"
REFUSAL = b'{"error": "Blocked by policy denylist: left is bad", "decision_id": "A"}'

pytestmark = pytest.mark.parametrize("url", ["sqlite"], indirect=True)
"""What the shelf keeps in each database is told by the store's own tests."""


class TurnedClock:
    def __init__(self):
        self.time = NOW

    def now(self):
        return self.time

    def pass_by(self, milliseconds):
        self.time = Instant(self.time + milliseconds)


def page(*versions, name="left"):
    files = [
        {
            "filename": f"{name}-{version}.tar.gz",
            "url": f"files/{name}-{version}.tar.gz",
            "hashes": {"sha256": hashlib.sha256(version.encode()).hexdigest()},
            "upload-time": to_iso(Instant(NOW - 90 * DAY)),
            "size": 1,
        }
        for version in versions
    ]
    return json.dumps(
        {"meta": {"api-version": "1.1"}, "name": name, "versions": list(versions), "files": files}
    ).encode()


def versions(document):
    return [file.version for file in document.view.files]


class Changes:
    """Writes down what the documents announce, and what the shelf held at that moment."""

    def __init__(self, shelf):
        self.shelf, self.seen, self.fails = shelf, [], False

    async def __call__(self, upstream, name, old, new, old_checked):
        if self.fails:
            raise RuntimeError("the database is gone")
        held = await self.shelf.head(upstream.id, name)
        before = [file.version for file in old.files] if old else None
        self.seen.append((before, [file.version for file in new.files], old_checked, held.sha256 if held else None))


@pytest.fixture
def clock():
    return TurnedClock()


@pytest.fixture
def shelf(database):
    return StoredDocuments(database)


@pytest.fixture
def changes(shelf):
    return Changes(shelf)


@pytest.fixture
def left(database, upstream):
    """The upstream's row; its base is the simple root."""

    def lay_down(connection):
        repository = ensure_repository(connection, "main", True, NOW)
        return sync_upstreams(connection, repository.id, "pypi", [f"{upstream.url}/simple"])[0]

    return database.write_now(lay_down)


@pytest.fixture
async def make_documents(client, shelf, clock, changes):
    made = []

    def make(**freshness):
        made.append(Documents(client, shelf, clock, changes, Freshness(**freshness)))
        return made[-1]

    yield make
    for documents in made:
        await documents.close()


@pytest.fixture
def documents(make_documents):
    return make_documents()


async def until(condition):
    """Let the work in the background go on until it shows."""
    for _ in range(500):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never came")


async def test_a_project_is_read_stored_and_announced_before_anybody_sees_it(upstream, documents, left, changes, shelf):
    upstream.behaviours["/simple/left/"] = says(page("1.0", "1.1"), JSON, ETag='"1"')

    document = await documents.view(left, PYPI, "left")

    assert versions(document) == ["1.0", "1.1"]
    assert document.sha256 == hashlib.sha256(page("1.0", "1.1")).hexdigest()
    assert document.view.files[0].url == f"{upstream.url}/simple/left/files/left-1.0.tar.gz"
    assert changes.seen == [(None, ["1.0", "1.1"], None, None)]
    head, content = await shelf.content(left.id, "left")
    assert content == page("1.0", "1.1")
    assert (head.status, head.etag, head.checked) == (200, '"1"', NOW)


async def test_many_at_once_are_one_question(upstream, documents, left):
    upstream.behaviours["/simple/left/"] = says(page("1.0"), JSON)

    answers = await asyncio.gather(*(documents.view(left, PYPI, "left") for _ in range(20)))

    assert [versions(one) for one in answers] == [["1.0"]] * 20
    assert len(upstream.asked) == 1


async def test_what_is_fresh_is_not_asked_for_again(upstream, documents, left, clock):
    upstream.behaviours["/simple/left/"] = says(page("1.0"), JSON)
    await documents.view(left, PYPI, "left")

    clock.pass_by(MINUTE)

    assert versions(await documents.view(left, PYPI, "left")) == ["1.0"]
    assert len(upstream.asked) == 1


async def test_a_restart_forgets_nothing(upstream, make_documents, left):
    upstream.behaviours["/simple/left/"] = says(page("1.0"), JSON)
    await make_documents().view(left, PYPI, "left")

    assert versions(await make_documents().view(left, PYPI, "left")) == ["1.0"]
    assert len(upstream.asked) == 1


async def test_what_is_a_little_old_answers_at_once_and_is_refreshed_behind(upstream, documents, left, clock, changes):
    upstream.behaviours["/simple/left/"] = in_turn(says(page("1.0"), JSON), says(page("1.0", "1.1"), JSON))
    await documents.view(left, PYPI, "left")
    clock.pass_by(2 * MINUTE)

    assert versions(await documents.view(left, PYPI, "left")) == ["1.0"]

    await until(lambda: len(changes.seen) == 2)
    await until(lambda: not documents._refreshes._flights)
    assert versions(await documents.view(left, PYPI, "left")) == ["1.0", "1.1"]
    assert changes.seen[1][:3] == (["1.0"], ["1.0", "1.1"], NOW)


async def test_what_is_old_is_confirmed_first(upstream, documents, left, clock, shelf):
    upstream.behaviours["/simple/left/"] = says(page("1.0"), JSON, ETag='"1"')
    await documents.view(left, PYPI, "left")
    clock.pass_by(11 * MINUTE)

    document = await documents.view(left, PYPI, "left")

    assert document.checked == clock.now()
    assert upstream.asked[1].headers["If-None-Match"] == '"1"'
    assert (await shelf.head(left.id, "left")).checked == clock.now()


async def test_without_an_etag_the_time_of_change_is_asked_with(upstream, documents, left, clock):
    upstream.behaviours["/simple/left/"] = says(page("1.0"), JSON, Last_Modified="Mon, 01 Jan 2029 00:00:00 GMT")
    await documents.view(left, PYPI, "left")

    await documents.view(left, PYPI, "left", max_age=-1)

    assert upstream.asked[1].headers["If-Modified-Since"] == "Mon, 01 Jan 2029 00:00:00 GMT"


async def test_the_same_bytes_again_are_no_change(upstream, documents, left, clock, changes):
    upstream.behaviours["/simple/left/"] = says(page("1.0"), JSON)
    await documents.view(left, PYPI, "left")
    clock.pass_by(11 * MINUTE)

    document = await documents.view(left, PYPI, "left")

    assert document.checked == clock.now()
    assert len(changes.seen) == 1


async def test_a_caller_may_ask_for_something_fresher(upstream, documents, left, clock):
    upstream.behaviours["/simple/left/"] = in_turn(says(page("1.0"), JSON), says(page("1.1"), JSON))
    await documents.view(left, PYPI, "left")
    clock.pass_by(5 * SECOND)

    assert versions(await documents.view(left, PYPI, "left", max_age=10 * SECOND)) == ["1.0"]
    assert versions(await documents.view(left, PYPI, "left", max_age=SECOND)) == ["1.1"]


async def test_nothing_of_that_name_is_believed_for_a_minute(upstream, documents, left, clock, changes):
    assert await documents.view(left, PYPI, "left") is None
    assert await documents.view(left, PYPI, "left") is None
    assert len(upstream.asked) == 1

    upstream.behaviours["/simple/left/"] = says(page("1.0"), JSON)
    clock.pass_by(MINUTE + 1)

    assert versions(await documents.view(left, PYPI, "left")) == ["1.0"]


async def test_a_name_only_ever_asked_for_in_vain_has_no_view_before(upstream, documents, left, clock, changes):
    assert await documents.view(left, PYPI, "left") is None
    upstream.behaviours["/simple/left/"] = says(page("1.0"), JSON)
    clock.pass_by(MINUTE + 1)

    await documents.view(left, PYPI, "left")

    assert [(before, now) for before, now, *_ in changes.seen] == [(None, ["1.0"])]


async def test_a_project_that_comes_back_is_compared_with_what_it_was_before_it_went(
    upstream, make_documents, left, clock, changes
):
    upstream.behaviours["/simple/left/"] = says(page("1.0"), JSON)
    await make_documents().view(left, PYPI, "left")
    del upstream.behaviours["/simple/left/"]
    for _ in range(2):
        clock.pass_by(11 * MINUTE)
        assert await make_documents().view(left, PYPI, "left") is None
    missed = clock.now()
    upstream.behaviours["/simple/left/"] = says(page("1.0", "1.1"), JSON)
    clock.pass_by(11 * MINUTE)

    assert versions(await make_documents().view(left, PYPI, "left")) == ["1.0", "1.1"]
    assert [one[:3] for one in changes.seen[1:]] == [(["1.0"], [], NOW), (["1.0"], ["1.0", "1.1"], missed)]


async def test_a_project_that_comes_back_while_its_earlier_copy_is_damaged_is_all_new(
    upstream, make_documents, left, clock, changes, database
):
    upstream.behaviours["/simple/left/"] = says(page("1.0"), JSON)
    await make_documents().view(left, PYPI, "left")
    del upstream.behaviours["/simple/left/"]
    clock.pass_by(11 * MINUTE)
    await make_documents().view(left, PYPI, "left")
    database.write_now(lambda connection: connection.execute(document_content.update().values(content=b"damaged")))
    upstream.behaviours["/simple/left/"] = says(page("1.0"), JSON)
    missed = clock.now()
    clock.pass_by(11 * MINUTE)

    with capture_logs():
        await make_documents().view(left, PYPI, "left")

    assert changes.seen[-1][:3] == ([], ["1.0"], missed)


async def test_a_project_that_vanishes_is_announced_as_empty(upstream, documents, left, clock, changes):
    upstream.behaviours["/simple/left/"] = says(page("1.0"), JSON)
    await documents.view(left, PYPI, "left")
    del upstream.behaviours["/simple/left/"]
    clock.pass_by(11 * MINUTE)

    assert await documents.view(left, PYPI, "left") is None
    assert changes.seen[1][:3] == (["1.0"], [], NOW)


async def test_a_bad_day_of_the_upstream_is_survived_for_a_week_and_told(upstream, documents, left, clock):
    upstream.behaviours["/simple/left/"] = in_turn(says(page("1.0"), JSON), says(b"", status=503))
    await documents.view(left, PYPI, "left")
    clock.pass_by(6 * DAY)

    with capture_logs() as logs:
        document = await documents.view(left, PYPI, "left")

    assert versions(document) == ["1.0"]
    assert document.stale
    assert [line["project"] for line in logs] == ["left"]
    assert "503 Service Unavailable" in logs[0]["error"]

    clock.pass_by(2 * DAY)
    with pytest.raises(BadUpstream, match="503"):
        await documents.view(left, PYPI, "left")


async def test_an_upstream_that_just_failed_is_left_alone_for_a_moment(upstream, documents, left, clock):
    upstream.behaviours["/simple/left/"] = in_turn(says(page("1.0"), JSON), says(b"", status=503))
    await documents.view(left, PYPI, "left")
    clock.pass_by(DAY)
    await documents.view(left, PYPI, "left")

    assert (await documents.view(left, PYPI, "left")).stale
    assert len(upstream.asked) == 2

    clock.pass_by(16 * SECOND)
    assert (await documents.view(left, PYPI, "left")).stale
    assert len(upstream.asked) == 3


async def test_an_upstream_that_hangs_keeps_nobody_waiting_for_what_is_held_and_is_believed_once_it_answers(
    upstream, make_documents, left, clock
):
    documents, released = make_documents(patience=50), asyncio.Event()
    late = waits_for(released, says(page("1.0", "1.1"), JSON))
    upstream.behaviours["/simple/left/"] = in_turn(says(page("1.0"), JSON), late)
    await documents.view(left, PYPI, "left")
    clock.pass_by(DAY)

    for _ in range(2):
        document = await documents.view(left, PYPI, "left")
        assert (versions(document), document.stale) == (["1.0"], True)
    assert len(upstream.asked) == 2

    released.set()
    await until(lambda: not documents._refreshes._flights)
    document = await documents.view(left, PYPI, "left")
    assert (versions(document), document.stale) == (["1.0", "1.1"], False)
    assert len(upstream.asked) == 2


async def test_what_is_too_old_to_stand_in_waits_for_an_upstream_that_hangs(upstream, make_documents, left, clock):
    documents, released = make_documents(patience=50), asyncio.Event()
    late = waits_for(released, says(page("1.1"), JSON))
    upstream.behaviours["/simple/left/"] = in_turn(says(page("1.0"), JSON), late)
    await documents.view(left, PYPI, "left")
    clock.pass_by(8 * DAY)

    asking = asyncio.ensure_future(documents.view(left, PYPI, "left"))
    await until(lambda: len(upstream.asked) == 2)
    await asyncio.sleep(0.1)  # time for what must not happen: an answer before the upstream's
    released.set()

    assert versions(await asking) == ["1.1"]


async def test_one_projects_trouble_does_not_touch_another(upstream, documents, left):
    upstream.behaviours["/simple/bad/"] = says(b"", status=503)
    upstream.behaviours["/simple/left/"] = says(page("1.0"), JSON)
    with pytest.raises(BadUpstream):
        await documents.view(left, PYPI, "bad")

    assert versions(await documents.view(left, PYPI, "left")) == ["1.0"]


LOGIN_PAGE = says(b"<html>please log in</html>", "text/html")


@pytest.mark.parametrize(
    "lie",
    [
        says(b"", status=500),
        breaks_off(page("1.0"), 100),
        misstates_length(page("1.0"), 10_000),
        LOGIN_PAGE,
        says(b"{", "application/json"),
        says(b'{"name": "right", "versions": {}}', "application/json"),
        says(b"[" * 50_000, "application/json"),
    ],
)
async def test_what_an_upstream_lies_is_not_stored_and_disturbs_nothing_held(
    upstream, documents, left, clock, shelf, changes, lie
):
    packument = json.dumps({"name": "left", "versions": {}, "time": {}, "dist-tags": {}}).encode()
    upstream.behaviours["/simple/left"] = lie
    with pytest.raises(BadUpstream, match=r"127\.0\.0\.1") as raised:
        await documents.view(left, NPM, "left")
    assert len(str(raised.value)) <= 200
    assert await shelf.head(left.id, "left") is None

    upstream.behaviours["/simple/left"] = says(packument)
    await documents.view(left, NPM, "left")
    upstream.behaviours["/simple/left"] = lie
    clock.pass_by(DAY)

    document = await documents.view(left, NPM, "left")

    assert document.stale
    assert (await shelf.content(left.id, "left"))[1] == packument
    assert len(changes.seen) == 1


async def test_a_refusal_by_the_upstream_stands_on_every_process_until_it_is_taken_back(
    upstream, documents, make_documents, left, clock
):
    upstream.behaviours["/simple/left/"] = in_turn(says(page("1.0"), JSON), says(REFUSAL, status=403))
    await documents.view(left, PYPI, "left")
    clock.pass_by(2 * MINUTE)

    await documents.view(left, PYPI, "left")  # answered from the shelf; the refusal comes in behind it
    await until(lambda: not documents._refreshes._flights)

    for everybody in (documents, make_documents()):
        with pytest.raises(UpstreamRefused, match=r"Blocked by policy denylist: left is bad"):
            await everybody.view(left, PYPI, "left")
    upstream.behaviours["/simple/left/"] = says(b"", status=503)
    with pytest.raises(BadUpstream):
        await documents.view(left, PYPI, "left")
    upstream.behaviours["/simple/left/"] = says(page("1.0"), JSON)
    assert versions(await documents.view(left, PYPI, "left")) == ["1.0"]


@pytest.fixture
def full_disk(database):
    """Fills the disk below the shelf when called, and makes room with `False`."""

    def fill(full=True):
        database.__class__ = FullDatabase if full else Database

    yield fill
    fill(False)


async def test_what_an_upstream_confirms_answers_although_a_full_disk_cannot_note_that(
    upstream, documents, left, clock, full_disk
):
    upstream.behaviours["/simple/left/"] = in_turn(says(page("1.0"), JSON, ETag='"1"'), says(b"", status=304))
    await documents.view(left, PYPI, "left")
    clock.pass_by(DAY)
    full_disk()

    document = await documents.view(left, PYPI, "left")

    assert (versions(document), document.checked, document.stale) == (["1.0"], clock.now(), False)


async def test_what_is_held_stands_in_for_what_a_full_disk_cannot_keep(upstream, documents, left, clock, full_disk):
    upstream.behaviours["/simple/left/"] = in_turn(says(page("1.0"), JSON), says(page("1.0", "1.1"), JSON))
    await documents.view(left, PYPI, "left")
    clock.pass_by(DAY)
    full_disk()

    document = await documents.view(left, PYPI, "left")

    assert (versions(document), document.stale) == (["1.0"], True)
    full_disk(False)
    clock.pass_by(MINUTE)
    assert versions(await documents.view(left, PYPI, "left")) == ["1.0", "1.1"]


async def test_what_was_never_held_is_not_shown_while_it_cannot_be_kept(upstream, documents, left, full_disk):
    upstream.behaviours["/simple/left/"] = says(page("1.0"), JSON)
    full_disk()

    with pytest.raises(DiskFull, match=r"disk .* is full"):
        await documents.view(left, PYPI, "left")


async def test_a_refusal_by_the_upstream_stands_although_a_full_disk_cannot_note_it(
    upstream, documents, left, clock, full_disk
):
    upstream.behaviours["/simple/left/"] = in_turn(
        says(page("1.0"), JSON), says(REFUSAL, status=403), says(b"", status=503), says(page("1.0"), JSON)
    )
    await documents.view(left, PYPI, "left")
    clock.pass_by(DAY)
    full_disk()

    with pytest.raises(UpstreamRefused, match="Blocked by policy denylist"):
        await documents.view(left, PYPI, "left")
    with pytest.raises(BadUpstream):
        await documents.view(left, PYPI, "left")
    full_disk(False)
    assert versions(await documents.view(left, PYPI, "left")) == ["1.0"]


async def test_what_cannot_be_announced_is_neither_stored_nor_shown(upstream, documents, left, changes, shelf):
    upstream.behaviours["/simple/left/"] = says(page("1.0"), JSON)
    changes.fails = True

    with pytest.raises(RuntimeError):
        await documents.view(left, PYPI, "left")

    assert await shelf.head(left.id, "left") is None


async def test_a_clock_that_was_set_back_does_not_freeze_what_is_held(upstream, documents, left, clock):
    upstream.behaviours["/simple/left/"] = in_turn(says(page("1.0"), JSON), says(page("1.1"), JSON))
    await documents.view(left, PYPI, "left")
    clock.pass_by(-DAY)

    assert versions(await documents.view(left, PYPI, "left")) == ["1.1"]


async def test_what_is_damaged_here_is_fetched_anew_although_the_upstream_would_confirm_it(
    upstream, make_documents, left, database
):
    upstream.behaviours["/simple/left/"] = says(page("1.0"), JSON, ETag='"1"')
    await make_documents().view(left, PYPI, "left")
    database.write_now(lambda connection: connection.execute(document_content.update().values(content=b"damaged")))

    restarted = make_documents()
    with capture_logs() as logs:
        assert versions(await restarted.view(left, PYPI, "left")) == ["1.0"]

    assert [line["event"] for line in logs] == ["stored document unreadable"]
    assert versions(await make_documents().view(left, PYPI, "left")) == ["1.0"]
    assert len(upstream.asked) == 2


async def test_a_document_larger_than_the_cache_is_served_all_the_same(upstream, make_documents, left):
    documents = make_documents(cached_views=10)
    upstream.behaviours["/simple/left/"] = says(page("1.0"), JSON)

    for _ in range(2):
        assert versions(await documents.view(left, PYPI, "left")) == ["1.0"]
    assert len(upstream.asked) == 1


async def test_relative_links_follow_the_address_that_answered(upstream, documents, left, clock):
    from tests.harness.lying_upstream import redirects

    upstream.behaviours["/simple/left/"] = redirects("/one/left/")
    upstream.behaviours["/one/left/"] = upstream.behaviours["/two/left/"] = says(page("1.0"), JSON)
    first = await documents.view(left, PYPI, "left")
    upstream.behaviours["/simple/left/"] = redirects("/two/left/")

    second = await documents.view(left, PYPI, "left", max_age=-1)

    assert first.view.files[0].url == f"{upstream.url}/one/left/files/left-1.0.tar.gz"
    assert second.view.files[0].url == f"{upstream.url}/two/left/files/left-1.0.tar.gz"


async def test_stopping_the_server_ends_what_is_under_way(upstream, documents, left):
    never = asyncio.Event()

    async def hangs(request):
        await never.wait()

    upstream.behaviours["/simple/left/"] = hangs
    waiting = asyncio.create_task(documents.view(left, PYPI, "left"))
    await until(lambda: upstream.asked)

    await documents.close()

    assert "being stopped" in str((await asyncio.gather(waiting, return_exceptions=True))[0])
    never.set()
