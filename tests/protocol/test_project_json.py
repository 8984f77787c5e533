"""PyPI's JSON API: what the listing offers, what the release says of itself, and what advisories say of it."""

from __future__ import annotations

import asyncio
import hashlib
import re
from pathlib import Path
from typing import Any

import pytest

from pratique.core.actors import OPERATOR
from pratique.core.artifacts import Marker
from pratique.core.decisions import EntryKind
from pratique.services.governing.list_entries import AddEntry, add_entry
from pratique.services.installing.self_descriptions import SelfDescriptions
from pratique.services.names.reservations import Reserve, reserve
from pratique.services.publishing.project_status import SetStatus, set_status
from pratique.services.publishing.yank import Yank, yank
from tests.harness import packages
from tests.harness.plain_registry import PlainRegistry
from tests.harness.server import Answer
from tests.harness.site import Site, running_site
from tests.protocol.advising import advise, advisory
from tests.protocol.speakers import PypiSpeaker

PYPI = PypiSpeaker("json", "application/vnd.pypi.simple.v1+json")
FORMS = (("json", "application/vnd.pypi.simple.v1+json"), ("html", "text/html"))
BASE = "/main/pypi/pypi"


async def described(site: Site, name: str, version: str = "", token: str | None = None) -> Answer:
    return await site.get(f"{BASE}/{name}/{version + '/' if version else ''}json", token)


async def document(site: Site, name: str, version: str = "", token: str | None = None) -> Any:
    answer = await described(site, name, version, token)
    assert answer.status == 200, answer.text
    return answer.json()


async def test_a_project_is_described_by_its_newest_allowed_release(
    site: Site, registry: PlainRegistry, tmp_path: Path
) -> None:
    for version, days in (("1.0.0", 90), ("1.1.0", 60), ("2.0.0rc1", 50), ("1.2.0", 1)):
        registry.wheel("left", version, days=days)
    flaws = {"aliases": ["CVE-2026-1"], "details": "It reads **files**."}
    await advise(site, tmp_path, advisory("left", ecosystem="PyPI", fixed="1.1.5", **flaws))

    answer = await described(site, "Left")
    project = answer.json()

    assert answer.headers["Content-Type"] == "application/json"
    assert project["info"]["version"] == "1.1.0"
    assert project["info"]["requires_python"] == ">=3.8"
    assert sorted(project["releases"]) == ["1.0.0", "1.1.0", "2.0.0rc1"]
    assert project["urls"] == project["releases"]["1.1.0"]
    (file,) = project["urls"]
    assert file["url"] == f"{site.url}/main/pypi/files/left/left-1.1.0-py3-none-any.whl"
    assert (file["packagetype"], file["python_version"], file["yanked"]) == ("bdist_wheel", "py3", False)
    assert file["upload_time_iso_8601"].endswith("Z")
    assert project["vulnerabilities"] == [
        {
            "aliases": ["CVE-2026-1"],
            "details": "It reads **files**.",
            "fixed_in": ["1.1.5"],
            "id": "GHSA-aaaa-bbbb-cccc",
            "link": "https://github.com/advisories/GHSA-aaaa-bbbb-cccc",
            "source": "osv",
            "summary": "reads files it should not",
            "withdrawn": None,
        }
    ]
    again = await site.get(f"{BASE}/left/json", If_None_Match=answer.headers["ETag"])
    assert (again.status, again.body) == (304, b"")


async def test_a_release_is_described_in_any_spelling_and_at_both_addresses(
    site: Site, registry: PlainRegistry, tmp_path: Path
) -> None:
    registry.wheel("left", "1.0.0")
    registry.wheel("left", "1.2.0")
    await advise(site, tmp_path, advisory("left", ecosystem="PyPI", fixed="1.1.0"))

    flawed = await document(site, "left", "v1.0")
    fixed = (await site.get("/main/pypi/left/1.2.0/json")).json()

    assert (flawed["info"]["version"], len(flawed["vulnerabilities"])) == ("1.0.0", 1)
    assert (fixed["info"]["version"], fixed["vulnerabilities"]) == ("1.2.0", [])
    assert "releases" not in flawed
    assert (await site.get("/main/pypi/left/json")).json()["info"]["version"] == "1.2.0"


async def test_an_upstreams_release_says_of_itself_what_its_metadata_says(site: Site, registry: PlainRegistry) -> None:
    registry.wheel("left", "1.0.0")
    said = b"Metadata-Version: 2.1\nName: Left\nVersion: 1.0.0\nSummary: goes <left>\nKeywords: a,b\n\nhello"
    registry.core_metadata = True
    registry.metadata = registry.pinned = said

    info = (await document(site, "left"))["info"]

    assert (info["name"], info["summary"], info["keywords"]) == ("Left", "goes <left>", "a,b")
    assert info["description"] == "hello"
    assert info["author"] is None


@pytest.mark.parametrize("metadata", [b"", b"\xff\xfe", b"Name: other\n"], ids=["empty", "binary", "another"])
async def test_metadata_that_is_none_leaves_what_the_index_says(
    site: Site, registry: PlainRegistry, metadata: bytes
) -> None:
    registry.wheel("left", "1.0.0")
    registry.core_metadata = True
    registry.metadata = registry.pinned = metadata

    info = (await document(site, "left"))["info"]

    assert (info["name"], info["version"], info["summary"]) == ("left", "1.0.0", None)


async def test_metadata_that_cannot_be_fetched_leaves_what_the_index_says(site: Site, registry: PlainRegistry) -> None:
    registry.wheel("left", "1.0.0")
    registry.core_metadata = True
    await PYPI.listing(site, "left")
    registry.metadata += b"Summary: not what the index pins\n"

    assert (await document(site, "left"))["info"]["summary"] is None


async def test_an_own_release_says_what_its_wheel_says_and_has_no_advisories(site: Site, tmp_path: Path) -> None:
    await PYPI.upload(site, "ours", "1.0.0", site.token, requires=("left",))
    await advise(site, tmp_path, advisory("ours", ecosystem="PyPI"))

    project = await document(site, "ours", token=site.token)

    assert project["info"]["requires_dist"] == ["left"]
    assert project["vulnerabilities"] == []
    assert [one["filename"] for one in project["urls"]] == ["ours-1.0.0-py3-none-any.whl"]


async def test_an_own_release_of_a_source_archive_alone_says_what_stands_in_that(site: Site) -> None:
    filename, content = packages.sdist("ours", "1.0.0")
    fields = {"filetype": "sdist", "pyversion": "source", "sha256_digest": hashlib.sha256(content).hexdigest()}
    taken = await PYPI.upload(site, "ours", "1.0.0", site.token, filename=filename, content=content, fields=fields)
    assert taken.status == 200, taken.text

    info = (await document(site, "ours", token=site.token))["info"]

    assert (info["summary"], info["requires_python"]) == ("An inert test package", ">=3.8")
    assert info["description"].strip() == "Inert."


async def test_what_policy_refuses_is_no_release_of_the_project_and_403_by_itself(
    site: Site, registry: PlainRegistry
) -> None:
    registry.wheel("left", "1.0.0")
    registry.wheel("left", "1.1.0", days=0.1)

    project = await document(site, "left")
    held = await described(site, "left", "1.1.0")

    assert list(project["releases"]) == ["1.0.0"]
    assert held.status == 403
    assert "Blocked by policy cooldown: left@1.1.0" in held.reason
    assert held.json()["allowed_versions"] == ["1.0.0"]


async def test_a_project_of_which_everything_is_refused_is_refused(site: Site, registry: PlainRegistry) -> None:
    registry.wheel("left", "1.1.0", days=0.1)

    assert "Blocked by policy cooldown" in (await described(site, "left")).reason


async def test_a_hidden_or_yanked_release_is_described_with_the_reason(site: Site, registry: PlainRegistry) -> None:
    registry.wheel("left", "1.0.0")
    registry.wheel("left", "1.1.0")
    entry = AddEntry(kind=EntryKind.DENY, purl="pkg:pypi/left@1.1.0", reason="breaks", action="hide")
    await add_entry(site.ports, entry, OPERATOR)
    await PYPI.upload(site, "ours", "1.0.0", site.token)
    await yank(site.ports, Yank("pkg:pypi/ours@1.0.0", "wrong file"), OPERATOR)

    hidden = await document(site, "left", "1.1.0")
    yanked = await document(site, "ours", token=site.token)

    assert hidden["info"]["yanked"] is True
    assert "Not offered by policy denylist" in hidden["urls"][0]["yanked_reason"]
    assert list((await document(site, "left"))["releases"]) == ["1.0.0"]
    assert (yanked["info"]["version"], yanked["info"]["yanked_reason"]) == ("1.0.0", "wrong file")
    assert yanked["releases"]["1.0.0"][0]["yanked"] is True


async def test_private_and_reserved_names_are_answered_as_names_that_do_not_exist(
    site: Site, registry: PlainRegistry
) -> None:
    await PYPI.upload(site, "secret", "1.0.0", site.admin)
    await reserve(site.ports, Reserve(ecosystem="pypi", pattern="acme-*", reason="ours"), OPERATOR)
    registry.asked.clear()

    missing = await described(site, "nobody")
    for name, version in (("secret", ""), ("secret", "1.0.0"), ("acme-core", ""), ("acme-core", "9.9.9")):
        answer = await described(site, name, version)
        assert (answer.status, answer.text.replace(name, "nobody")) == (404, missing.text)

    assert (await described(site, "secret", token=site.token)).status == 404
    assert "reserved_name" in (await described(site, "acme-core", token=site.token)).reason
    assert not [path for path in registry.asked if "secret" in path or "acme" in path]


@pytest.mark.parametrize(
    "path",
    ["/left/1.9/json", "/left/no-version/json", "/..%2fx/json", "/a%00b/json", "/left/%ff/json", "/left/%2e%2e/json"],
)
async def test_what_is_not_there_or_no_name_is_a_clear_client_error(
    site: Site, registry: PlainRegistry, path: str
) -> None:
    registry.wheel("left", "1.0.0")

    answer = await site.get(BASE + path)

    assert answer.status in (400, 404)
    assert answer.text


async def test_what_a_release_says_of_itself_is_read_once_however_many_ask(
    site: Site, registry: PlainRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry.wheel("left", "1.0.0")
    registry.core_metadata = True
    kind, times = type(site.ports.ecosystems["pypi"]), []
    read = kind.read_said
    monkeypatch.setattr(kind, "read_said", staticmethod(lambda content: times.append(1) or read(content)))

    infos = [(await document(site, "left"))["info"] for _ in range(2)]
    infos += [(await document(site, "left", "1.0.0"))["info"]]
    at_once = await asyncio.gather(*(described(site, "left", token=token) for token in (site.token, None)))

    assert (len(times), {one.status for one in at_once}) == (1, {200})
    assert infos[0] == infos[1] == infos[2]


async def test_who_asks_for_too_many_descriptions_at_once_is_refused_and_others_are_answered(
    tmp_path: Path, registry: PlainRegistry
) -> None:
    registry.wheel("left", "1.0.0")
    async with (
        running_site(tmp_path, registry.settings + "\n[advisories]\nwaiting = 0\n") as site,
        site.ports.self_descriptions.slot("127.0.0.1"),
    ):
        mine = await described(site, "left")
        others = await described(site, "left", token=site.token)
        listing = await PYPI.listing(site, "left")

    assert (mine.status, others.status, listing.status) == (403, 200, 200)
    assert "too many descriptions of projects are under way here" in mine.json()["error"]


def test_no_more_is_kept_of_what_releases_say_than_was_allowed() -> None:
    async def ask() -> None:
        for content in (b"a", b"b", b"a", b"c", b"a", b"b"):
            assert await kept.said(speech, content) == {"summary": content.decode() * 10}

    read: list[bytes] = []

    class Speech:
        def read_said(self, content: bytes) -> dict[str, Any]:
            read.append(content)
            return {"summary": content.decode() * 10}

        def write_project(self, project: object) -> Any:
            raise AssertionError

    kept, speech = SelfDescriptions(max_bytes=60), Speech()
    asyncio.run(ask())
    kept.close()

    assert read == [b"a", b"b", b"c", b"b"]


CONTROLS = re.compile("[\\x00-\\x09\\x0b-\\x1f\\x7f-\\x9f\\u202a-\\u202e\\u2066-\\u2069]")


@pytest.mark.parametrize("of_upstream", [True, False], ids=["of an upstream", "of an own project"])
async def test_no_reason_obeys_terminals_in_any_form(site: Site, registry: PlainRegistry, of_upstream: bool) -> None:
    reason = "bad \x1b]0;pwn\x07 \x9b31m \u202e<b>"
    if of_upstream:
        registry.wheel("left", "1.0.0").yanked = reason
        registry.page_fields["left"] = {"project-status": {"status": "archived", "reason": reason}}
    else:
        assert (await PYPI.upload(site, "left", "1.0.0", site.token)).status == 200
        await yank(site.ports, Yank("pkg:pypi/left@1.0.0", reason=reason), OPERATOR)
        await set_status(site.ports, SetStatus("pkg:pypi/left", Marker.ARCHIVED, reason), OPERATOR)

    answers = [await PypiSpeaker(form, kind).listing(site, "left", site.token) for form, kind in FORMS]
    answers.append(await described(site, "left", token=site.token))

    for answer in answers:
        assert answer.status == 200
        assert "]0;pwn" in answer.text
        assert not CONTROLS.search(answer.text)
        assert not re.search(r"\\u00[01789]", answer.text)
