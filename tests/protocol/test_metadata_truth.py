"""An index that says something else than the file: found when the file is first fetched or published, and shown."""

from __future__ import annotations

import threading

import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from pratique.core.actors import OPERATOR, ActorKind
from pratique.core.artifacts import FileView
from pratique.core.decisions import EntryKind
from pratique.core.differences import Difference
from pratique.core.ports import BlobFile
from pratique.services.governing.explain import Explained, explain
from pratique.services.governing.list_entries import AddEntry, add_entry
from pratique.services.governing.list_events import ListEvents, list_events
from pratique.services.judging.file_facts import DIGEST_FINDING
from pratique.services.judging.index_claims import NOT_COMPARED
from pratique.services.publishing.membership import ShowProject, show_project
from pratique.services.upkeep.compare_fetched import compare_fetched
from pratique.store import findings
from pratique.store.schema import finding
from tests.harness.plain_registry import PlainRegistry
from tests.harness.site import Site
from tests.protocol.speakers import NpmSpeaker, PypiSpeaker, Speaker

NPM = NpmSpeaker("full", "application/json")
PYPI = PypiSpeaker("json", "application/vnd.pypi.simple.v1+json")
CONFUSED = [pytest.param(NPM, "dependencies", id="npm"), pytest.param(PYPI, "core-metadata", id="pypi")]


def confused(registry: PlainRegistry, client: Speaker) -> None:
    """A release of `left` of which the index says something else than the file."""
    release = client.released(registry, "left", "1.0.0")
    if client.ecosystem == "npm":
        release.manifest["dependencies"] = {"evil": "1.0.0"}
    else:
        registry.core_metadata = True


async def explained(site: Site, client: Speaker, version: str = "@1.0.0", name: str = "left") -> Explained:
    return await explain(site.ports, "main", f"pkg:{client.ecosystem}/{name}{version}", ActorKind.USER, OPERATOR)


async def sentences(site: Site, client: Speaker) -> list[str]:
    return [found.sentence for one in (await explained(site, client)).explanations for found in one.findings]


@pytest.mark.parametrize(("client", "field"), CONFUSED)
async def test_a_difference_is_found_when_the_file_is_first_fetched_and_shown_once(
    site: Site, registry: PlainRegistry, client: Speaker, field: str
) -> None:
    confused(registry, client)
    before = await sentences(site, client)

    for _ in range(2):
        assert (await site.get(client.path("left", "1.0.0"), site.token)).status == 200

    assert before == []
    assert await sentences(site, client) == ["what its index says is not compared with the file yet"]
    assert [await compare_fetched(site.ports) for _ in range(2)] == [1, 0]
    (sentence,) = await sentences(site, client)
    assert sentence.startswith(f"its index says something else than the file for {field} (index: ")
    assert sentence.endswith("); what is installed is the file")


async def test_what_index_and_file_say_is_shown_and_logged_and_an_event_once(
    site: Site, registry: PlainRegistry
) -> None:
    NPM.released(registry, "left", "1.0.0").manifest["dependencies"] = {"evil": "1\n\u202e" + "0" * 900}

    with capture_logs() as logged:
        for _ in range(2):
            assert (await site.get(NPM.path("left", "1.0.0"), site.token)).status == 200
            await compare_fetched(site.ports)

    said = '{"evil": "1\\n\\u202e000'
    (sentence,) = await sentences(site, NPM)
    (line,) = [one for one in logged if one["log_level"] == "warning"]
    (event,) = (await list_events(site.ports, ListEvents(about="pkg:npm/left@1.0.0"), OPERATOR)).events
    assert f"dependencies (index: {said}" in sentence
    assert sentence.endswith("..., file: nothing); what is installed is the file")
    assert len(sentence) < 250
    assert (line["event"], line["purl"]) == ("an index says something else than the file", "pkg:npm/left@1.0.0")
    assert (event.kind, event.body["file"], event.body["found"]) == (
        "metadata_differs",
        "left-1.0.0.tgz",
        {"dependencies": "nothing"},
    )
    assert (event.body["listed"]["dependencies"][: len(said)], len(event.body["listed"]["dependencies"])) == (said, 500)


async def test_no_download_waits_for_a_comparison(
    site: Site, registry: PlainRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[str] = []

    def note(project: str, *_arguments: object) -> tuple[()]:
        compared.append(project)
        return ()

    for client in (NPM, PYPI):
        monkeypatch.setattr(type(site.ports.ecosystems[client.ecosystem]), "compare_listed", staticmethod(note))
        client.released(registry, "left", "1.0.0")
        assert (await site.get(client.path("left", "1.0.0"), site.token)).status == 200

    assert compared == []
    assert await compare_fetched(site.ports, patience=-1.0) == 0
    assert await compare_fetched(site.ports) == 2
    assert compared == ["left", "left"]


async def test_the_comparison_is_with_the_index_as_it_was_when_the_file_came(
    site: Site, registry: PlainRegistry
) -> None:
    confused(registry, NPM)
    assert (await site.get(NPM.path("left", "1.0.0"), site.token)).status == 200
    del registry.releases["npm", "left"][0].manifest["dependencies"]
    await NPM.listing(site, "left")

    await compare_fetched(site.ports)

    assert "something else than the file for dependencies" in (await sentences(site, NPM))[0]


async def test_bytes_that_are_gone_before_they_were_compared_are_compared_when_they_come_again(
    site: Site, registry: PlainRegistry
) -> None:
    confused(registry, NPM)
    assert (await site.get(NPM.path("left", "1.0.0"), site.token)).status == 200
    for blob in (site.data / "blobs").rglob("*"):
        if blob.is_file():
            blob.unlink()

    await compare_fetched(site.ports)
    assert await sentences(site, NPM) == []
    assert (await site.get(NPM.path("left", "1.0.0"), site.token)).status == 200
    await compare_fetched(site.ports)

    assert "something else than the file for dependencies" in (await sentences(site, NPM))[0]


async def test_an_index_that_tells_the_truth_leaves_no_finding(
    site: Site, registry: PlainRegistry, client: Speaker
) -> None:
    client.released(registry, "left", "1.0.0")

    assert (await site.get(client.path("left", "1.0.0"), site.token)).status == 200
    await compare_fetched(site.ports)

    assert await sentences(site, client) == []


@pytest.mark.parametrize(("client", "field"), CONFUSED)
async def test_the_page_of_a_refusal_shows_what_was_noticed(
    site: Site, registry: PlainRegistry, client: Speaker, field: str
) -> None:
    confused(registry, client)
    assert (await site.get(client.path("left", "1.0.0"), site.token)).status == 200
    await compare_fetched(site.ports)
    purl = f"pkg:{client.ecosystem}/left@1.0.0"
    await add_entry(site.ports, AddEntry(kind=EntryKind.DENY, purl=purl, reason="we said so"), OPERATOR)

    refused = (await site.get(client.path("left", "1.0.0"), site.token)).json()

    page = await site.get(f"/r/{refused['decision_id']}", site.token)
    assert f"something else than the file for {field}" in page.text
    assert f"something else than the file for {field}" in (await sentences(site, client))[0]


@pytest.mark.parametrize("client", [NPM, PYPI], ids=["npm", "pypi"])
async def test_a_file_that_cannot_be_read_is_served_and_said_to_be_so(
    site: Site, registry: PlainRegistry, client: Speaker
) -> None:
    release = client.released(registry, "left", "1.0.0")
    release.content = b"neither a zip nor a tar"

    answer = await site.get(client.path("left", "1.0.0"), site.token)
    await compare_fetched(site.ports)

    assert (answer.status, answer.body) == (200, release.content)
    (sentence,) = await sentences(site, client)
    assert sentence.startswith("what its index says could not be compared with the file: ")


async def test_a_fault_of_ours_in_comparing_is_said_of_the_file(
    site: Site, registry: PlainRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: object) -> None:
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr(type(site.ports.ecosystems["npm"]), "compare_listed", fail)
    NPM.released(registry, "left", "1.0.0")

    assert (await site.get(NPM.path("left", "1.0.0"), site.token)).status == 200
    await compare_fetched(site.ports)

    assert await sentences(site, NPM) == [
        "what its index says could not be compared with the file; the log of the server tells why"
    ]


TOLD_BY_LOG = "what its index says could not be compared with the file; the log of the server tells why"


async def two_waiting(site: Site, registry: PlainRegistry) -> None:
    """Two files of `left` that wait for their comparison, the first before the second; the second one lies."""
    NPM.released(registry, "left", "1.0.0")
    NPM.released(registry, "left", "2.0.0").manifest["dependencies"] = {"evil": "1.0.0"}
    for version in ("1.0.0", "2.0.0"):
        assert (await site.get(NPM.path("left", version), site.token)).status == 200


async def said_of(site: Site, version: str) -> list[str]:
    found = (await explained(site, NPM, f"@{version}")).explanations
    return [finding.sentence for one in found for finding in one.findings]


async def test_a_note_that_cannot_be_read_is_told_and_makes_no_other_wait(site: Site, registry: PlainRegistry) -> None:
    await two_waiting(site, registry)
    await site.ports.db.write(_spoil_the_oldest_note)

    assert [await compare_fetched(site.ports) for _ in range(2)] == [2, 0]

    assert await said_of(site, "1.0.0") == [TOLD_BY_LOG]
    assert "something else than the file" in (await said_of(site, "2.0.0"))[0]


def _spoil_the_oldest_note(connection: sa.Connection) -> None:
    _, note = findings.of_kind(connection, NOT_COMPARED, 1)[0]
    connection.execute(finding.update().where(finding.c.id == note.id).values(detail='{"of": "another version"}'))


async def test_a_fault_in_reading_stored_bytes_is_told_and_makes_no_other_wait(
    site: Site, registry: PlainRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    await two_waiting(site, registry)
    opened: list[str] = []

    class FailsOnce(type(site.ports.blobs)):
        def open(self, sha256: str) -> BlobFile:
            opened.append(sha256)
            if len(opened) == 1:
                raise RuntimeError("no fault that a disk has")
            return super().open(sha256)

    monkeypatch.setattr(site.ports.blobs, "__class__", FailsOnce)

    assert [await compare_fetched(site.ports) for _ in range(2)] == [2, 0]

    assert await said_of(site, "1.0.0") == [TOLD_BY_LOG]
    assert "something else than the file" in (await said_of(site, "2.0.0"))[0]


async def test_what_cannot_be_kept_of_one_file_makes_no_other_wait_and_is_tried_once_a_turn(
    site: Site, registry: PlainRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    await two_waiting(site, registry)
    tried: list[str] = []

    def unspeakable(_project: str, file: FileView, *_arguments: object) -> tuple[Difference, ...]:
        tried.append(file.version)
        return (Difference("os", "\ud800" if file.version == "1.0.0" else "linux", "nothing"),)

    monkeypatch.setattr(type(site.ports.ecosystems["npm"]), "compare_listed", staticmethod(unspeakable))

    assert [await compare_fetched(site.ports) for _ in range(2)] == [1, 0]

    assert tried == ["1.0.0", "2.0.0", "1.0.0"]
    assert "something else than the file for os" in (await said_of(site, "2.0.0"))[0]


async def test_a_comparison_without_an_end_is_told_and_makes_no_other_wait(
    site: Site, registry: PlainRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    await two_waiting(site, registry)
    end = threading.Event()

    def endless(*_arguments: object) -> tuple[()]:
        end.wait()
        return ()

    monkeypatch.setattr(type(site.ports.ecosystems["npm"]), "compare_listed", endless)
    try:
        assert [await compare_fetched(site.ports, longest=0.01) for _ in range(2)] == [2, 0]
    finally:
        end.set()

    for version in ("1.0.0", "2.0.0"):
        assert await said_of(site, version) == ["what its index says could not be compared with the file within 0.01 s"]


async def test_refused_bytes_are_not_compared(site: Site, registry: PlainRegistry) -> None:
    confused(registry, NPM)
    release = registry.releases["npm", "left"][0]
    registry.listed_content[release.filename] = b"other bytes"

    assert (await site.get(NPM.path("left", "1.0.0"), site.token)).status == 403

    kinds = [found.kind for one in (await explained(site, NPM)).explanations for found in one.findings]
    assert kinds == [DIGEST_FINDING]
    assert await compare_fetched(site.ports) == 0


async def test_a_publishers_claim_that_differs_is_told_and_shown_with_the_release(site: Site) -> None:
    answer = await PYPI.upload(site, "ours", "1.0.0", site.token, fields={"requires_python": ">=2.7"})

    shown = await show_project(site.ports, ShowProject("pkg:pypi/ours"), OPERATOR)
    found = (await explained(site, PYPI, name="ours")).explanations[0].findings
    sentence = "the upload claims other values than the artefact for requires_python; the artefact is believed"
    assert sentence in answer.text
    assert [one.findings for one in shown.releases] == [(f"ours-1.0.0-py3-none-any.whl: {sentence}",)]
    assert [(one.kind, one.severity, one.sentence) for one in found] == [("claim_differs", "warn", sentence)]
