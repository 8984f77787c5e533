"""How a project stands as a whole (PEP 792): who says so, what follows, and what clients read of it."""

from __future__ import annotations

from typing import Any

import pytest

from pratique.core.actors import OPERATOR, Actor, ActorKind, Operation
from pratique.core.artifacts import Clearance, Marker
from pratique.core.errors import Conflict, Forbidden, Invalid, NotFound
from pratique.services.governing.explain import explain
from pratique.services.governing.list_events import ListEvents, list_events
from pratique.services.judging.recheck_release import Recheck, recheck_releases
from pratique.services.publishing.membership import ShowProject, show_project
from pratique.services.publishing.project_status import SetStatus, StatusSet, set_status
from tests.harness.plain_registry import PlainRegistry
from tests.harness.server import Answer
from tests.harness.site import Site, new_token
from tests.protocol.speakers import PypiSpeaker, Speaker

PYPI = PypiSpeaker("json", "application/vnd.pypi.simple.v1+json")
HTML = PypiSpeaker("html", "text/html")
OWNING = frozenset({Operation.READ, Operation.MEMBERS, Operation.REVOKE, Operation.UNREVOKE})
HOSTILE = '"><script>alert(1)</script>'


async def put(
    site: Site, speaker: Speaker, status: str, reason: str = "", actor: Actor = OPERATOR, name: str = "ours"
) -> StatusSet:
    request = SetStatus(f"pkg:{speaker.ecosystem}/{name}", Marker(status), reason)
    return await set_status(site.ports, request, actor)


async def published(site: Site, speaker: Speaker) -> None:
    for version in ("1.0.0", "1.0.1"):
        assert (await speaker.upload(site, "ours", version, site.token)).status in (200, 201)


async def by_api(site: Site, token: str | None, status: str, reason: str = "r") -> Answer:
    fields = {"purl": "pkg:pypi/ours", "status": status, "reason": reason}
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with site.session.post(f"{site.url}/api/v1/project/status", json=fields, headers=headers) as answer:
        return Answer(answer.status, answer.reason or "", answer.headers.copy(), await answer.read())


@pytest.mark.parametrize("status", ["archived", "deprecated"])
async def test_what_is_archived_or_deprecated_is_served_as_before(site: Site, client: Speaker, status: str) -> None:
    await published(site, client)
    before = client.offered(await client.listing(site, "ours", site.token))

    await put(site, client, status, "use theirs")

    assert client.offered(await client.listing(site, "ours", site.token)) == before
    assert (await site.get(client.path("ours", "1.0.1"), site.token)).status == 200


async def test_an_archived_project_takes_no_uploads_until_it_is_active_again(site: Site, client: Speaker) -> None:
    await published(site, client)
    await put(site, client, "archived", "use theirs")

    refused = await client.upload(site, "ours", "1.0.2", site.token)
    await put(site, client, "active")
    taken = await client.upload(site, "ours", "1.0.2", site.token)

    assert refused.status == 403
    assert "ours is archived and takes no uploads: use theirs; its owner can say otherwise" in refused.text
    assert taken.status in (200, 201)


async def test_a_deprecated_project_takes_uploads(site: Site, client: Speaker) -> None:
    await published(site, client)
    await put(site, client, "deprecated", "use theirs")

    assert (await client.upload(site, "ours", "1.0.2", site.token)).status in (200, 201)


async def test_strangers_are_told_of_no_archive(site: Site, client: Speaker) -> None:
    assert (await client.upload(site, "ours", "1.0.0", site.admin)).status in (200, 201)
    before = await client.upload(site, "ours", "1.0.1", site.token)

    await put(site, client, "archived", "use theirs")

    after = await client.upload(site, "ours", "1.0.1", site.token)
    assert (after.status, after.text) == (before.status, before.text)


async def test_nothing_of_a_quarantined_project_is_offered_or_served_or_taken(site: Site, client: Speaker) -> None:
    await published(site, client)
    before = (await client.listing(site, "ours", site.token)).body

    await put(site, client, "quarantined", "steals tokens")

    listing = await client.listing(site, "ours", site.token)
    file = await site.get(client.path("ours", "1.0.1"), site.token)
    upload = await client.upload(site, "ours", "1.0.2", site.token)
    assert listing.status == 403 or client.offered(listing) == []
    assert file.status == 403
    assert "Blocked by policy quarantined: ours@1.0.1 is of a quarantined project: steals tokens" in file.reason
    assert upload.status == 403
    await put(site, client, "active")
    assert (await client.listing(site, "ours", site.token)).body == before


async def test_releases_are_quarantined_with_their_project_and_live_again_with_it(site: Site, client: Speaker) -> None:
    await published(site, client)
    work = Recheck(1, ((client.ecosystem, "ours", "1.0.0"),))

    async def clearance() -> str:
        await recheck_releases(site.ports, work)
        shown = await show_project(site.ports, ShowProject(f"pkg:{client.ecosystem}/ours"), OPERATOR)
        return next(one.clearance for one in shown.releases if one.version == "1.0.0")

    await put(site, client, "quarantined", "steals tokens")
    assert await clearance() == Clearance.QUARANTINED
    await put(site, client, "active")
    assert await clearance() == Clearance.LIVE


async def test_the_index_says_how_an_own_project_stands(site: Site) -> None:
    await published(site, PYPI)
    active = (await PYPI.listing(site, "ours", site.token)).json()
    await put(site, PYPI, "archived", HOSTILE)

    archived = (await PYPI.listing(site, "ours", site.token)).json()
    page = (await HTML.listing(site, "ours", site.token)).text

    assert active["meta"]["api-version"] == archived["meta"]["api-version"] == "1.4"
    assert active["project-status"] == {"status": "active"}
    assert archived["project-status"] == {"status": "archived", "reason": HOSTILE}
    assert '<meta name="pypi:project-status" content="archived">' in page
    assert "<script" not in page


async def test_the_index_of_a_quarantined_project_has_its_status_and_versions_and_no_file(site: Site) -> None:
    await published(site, PYPI)
    await put(site, PYPI, "quarantined", "steals tokens")

    document = (await PYPI.listing(site, "ours", site.token)).json()
    page = (await HTML.listing(site, "ours", site.token)).text

    assert document["project-status"] == {"status": "quarantined", "reason": "steals tokens"}
    assert (document["files"], document["versions"]) == ([], ["1.0.0", "1.0.1"])
    assert '<meta name="pypi:project-status-reason" content="steals tokens">' in page
    assert "<a " not in page


@pytest.mark.parametrize(
    ("operations", "allowed"),
    [
        ({Operation.MEMBERS}, {"archived": 200, "deprecated": 200, "active": 200, "quarantined": 403}),
        ({Operation.REVOKE}, {"archived": 403, "deprecated": 403, "active": 403, "quarantined": 200}),
    ],
    ids=["members", "revoke"],
)
async def test_archiving_is_an_owners_and_a_quarantine_needs_what_a_revocation_needs(
    site: Site, operations: set[Operation], allowed: dict[str, int]
) -> None:
    await published(site, PYPI)
    owner = await new_token(site, "ann", ActorKind.USER, frozenset(operations))
    reader = await new_token(site, "ann", ActorKind.USER, frozenset({Operation.READ}))

    for status, answer in allowed.items():
        assert (await by_api(site, None, status)).status == 401
        assert (await by_api(site, reader, status)).status == 403
        assert (await by_api(site, owner, status)).status == answer, status


async def test_outsiders_cannot_tell_an_own_project_from_none(site: Site) -> None:
    stranger = await new_token(site, "ann", ActorKind.USER, OWNING)
    before = await by_api(site, stranger, "archived")
    assert (await PYPI.upload(site, "ours", "1.0.0", site.admin)).status == 200

    after = await by_api(site, stranger, "archived")

    assert (after.status, after.body) == (before.status, before.body)


async def test_what_an_administrator_has_quarantined_only_one_lifts(site: Site) -> None:
    await published(site, PYPI)
    owner = await new_token(site, "ann", ActorKind.USER, OWNING)

    assert (await by_api(site, site.admin, "quarantined")).status == 200
    refused = await by_api(site, owner, "active")
    assert (refused.status, "quarantined by an administrator" in refused.text) == (403, True)
    upload = await PYPI.upload(site, "ours", "1.0.2", site.token)
    assert "an administrator can say otherwise" in upload.text
    assert (await by_api(site, owner, "archived")).status == 403

    assert (await by_api(site, site.admin, "active")).status == 200
    assert (await by_api(site, owner, "quarantined")).status == 200
    assert (await by_api(site, owner, "active")).status == 200


async def test_an_administrator_can_make_an_owners_quarantine_his_own(site: Site) -> None:
    await published(site, PYPI)
    owner = await new_token(site, "ann", ActorKind.USER, OWNING)
    await by_api(site, owner, "quarantined")

    await by_api(site, site.admin, "quarantined")

    assert (await by_api(site, owner, "active")).status == 403


async def test_a_status_is_an_event_and_the_same_again_is_none(site: Site) -> None:
    await published(site, PYPI)

    first = await put(site, PYPI, "archived", "use theirs")
    again = await put(site, PYPI, "archived", "use theirs")

    told = (await list_events(site.ports, ListEvents(about="pkg:pypi/ours"), OPERATOR)).events
    assert [one.body for one in told if one.kind == "status_set"] == [{"status": "archived", "reason": "use theirs"}]
    assert (first.changed, again.changed) == (True, False)


@pytest.mark.parametrize(
    ("request_", "error"),
    [
        (SetStatus("pkg:pypi/ours@1.0.0", Marker.ARCHIVED), Invalid),
        (SetStatus("pkg:pypi/ours", Marker.QUARANTINED), Invalid),
        (SetStatus("pkg:pypi/ours", Marker.QUARANTINED, "  "), Invalid),
        (SetStatus("pkg:pypi/ours", Marker.ARCHIVED, "x" * 1001), Invalid),
        (SetStatus("pkg:pypi/left", Marker.ARCHIVED), Conflict),
    ],
    ids=["a version", "no reason", "a blank reason", "an endless reason", "an upstream's"],
)
async def test_what_cannot_be_set_is_told(
    site: Site, registry: PlainRegistry, request_: SetStatus, error: type[Exception]
) -> None:
    await published(site, PYPI)
    PYPI.released(registry, "left", "1.0.0")
    await PYPI.listing(site, "left", site.token)

    with pytest.raises(error):
        await set_status(site.ports, request_, OPERATOR)


async def test_a_status_that_nobody_knows_is_refused_by_the_api(site: Site) -> None:
    await published(site, PYPI)

    assert (await by_api(site, site.admin, "haunted")).status == 400


async def test_an_upstreams_status_is_passed_on(site: Site, registry: PlainRegistry) -> None:
    PYPI.released(registry, "left", "1.0.0")
    registry.page_fields["left"] = {"project-status": {"state": "archived", "reason": HOSTILE, "since": "2026"}}

    document = (await PYPI.listing(site, "left", site.token)).json()
    page = (await HTML.listing(site, "left", site.token)).text

    assert document["project-status"] == {"status": "archived", "reason": HOSTILE, "since": "2026"}
    assert PYPI.offered(await PYPI.listing(site, "left", site.token)) == ["1.0.0"]
    assert 'content="archived"' in page
    assert "<script" not in page


async def test_copies_of_what_an_upstream_has_quarantined_are_served_no_more_also_when_it_is_gone_there(
    site: Site, registry: PlainRegistry
) -> None:
    release = PYPI.released(registry, "left", "1.0.0")
    path = PYPI.path("left", "1.0.0")
    assert (await site.get(path, site.token)).status == 200

    release.listed = False
    registry.page_fields["left"] = {"project-status": {"status": "quarantined", "reason": "steals tokens"}}
    listing = (await PYPI.listing(site, "left", site.token)).json()
    refused = await site.get(path, site.token)
    del registry.releases["pypi", "left"]
    gone = await site.get(path, site.token)

    assert (listing["files"], listing["project-status"]["status"]) == ([], "quarantined")
    for answer in (refused, gone):
        assert answer.status == 403
        assert "Blocked by policy quarantined: left@1.0.0 is of a quarantined project: steals tokens" in answer.reason


async def test_pins_of_what_an_upstream_has_quarantined_are_refused_also_where_nothing_is_stored_here(
    site: Site, registry: PlainRegistry
) -> None:
    PYPI.released(registry, "left", "1.0.0").listed = False
    paths = (
        "files/left/left-1.0.0-py3-none-any.whl",
        "files/left/left-1.0.0-py3-none-any.whl.metadata",
        "files/left/left-0.9-py2.7.egg",
        "pypi/left/json",
        "pypi/left/1.0.0/json",
        "pypi/left/v9/json",
    )
    registry.page_fields["left"] = {"project-status": {"status": "archived"}}
    archived = {path: (await site.get(f"/main/pypi/{path}", site.token)).status for path in paths}

    registry.page_fields["left"] = {"project-status": {"status": "quarantined", "reason": "steals tokens"}}
    answers = [await site.get(f"/main/pypi/{path}", site.token) for path in paths]

    assert archived == dict.fromkeys(paths, 404)
    said = "Blocked by policy quarantined: left is quarantined: steals tokens; allowed: none"
    assert [(one.status, one.reason[: len(said)]) for one in answers] == [(403, said)] * len(paths)
    page = await site.get(f"/r/{answers[0].json()['decision_id']}", site.token)
    assert (page.status, "steals tokens" in page.text) == (200, True)


@pytest.mark.parametrize("version", ["@1.0.0", ""])
async def test_what_a_quarantined_index_lists_no_more_is_explained_by_the_quarantine(
    site: Site, registry: PlainRegistry, version: str
) -> None:
    PYPI.released(registry, "left", "1.0.0").listed = False
    registry.page_fields["left"] = {"project-status": {"status": "quarantined", "reason": "steals tokens"}}

    told = await explain(site.ports, "main", f"pkg:pypi/left{version}", ActorKind.USER, OPERATOR)

    (why,) = told.explanations
    assert (why.action, why.subject) == ("deny", "pkg:pypi/left")
    assert "left is quarantined: steals tokens" in why.sentence


async def test_what_an_index_never_listed_is_not_there_whatever_else_is(site: Site, registry: PlainRegistry) -> None:
    PYPI.released(registry, "left", "1.0.0")

    with pytest.raises(NotFound, match="pkg:pypi/left@9 does not exist; left has 1 files of other versions"):
        await explain(site.ports, "main", "pkg:pypi/left@9", ActorKind.USER, OPERATOR)


async def test_a_file_that_a_quarantined_project_of_ours_never_had_is_not_there(site: Site) -> None:
    await published(site, PYPI)
    await put(site, PYPI, "quarantined", "steals tokens")

    assert (await site.get("/main/pypi/files/ours/ours-9-py3-none-any.whl", site.token)).status == 404


async def test_what_an_upstream_lets_out_of_quarantine_is_served_again(site: Site, registry: PlainRegistry) -> None:
    PYPI.released(registry, "left", "1.0.0")
    registry.page_fields["left"] = {"project-status": {"status": "quarantined"}}
    refused = await site.get(PYPI.path("left", "1.0.0"), site.token)

    registry.page_fields["left"] = {}

    assert refused.status == 403
    assert (await site.get(PYPI.path("left", "1.0.0"), site.token)).status == 200


async def test_nobody_lifts_what_changes_meanwhile(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rights are asked about the status that is then changed, and about no other."""
    await published(site, PYPI)
    from pratique.services.publishing import project_status as service

    know = service.know

    async def overtaken(*arguments: Any) -> Any:
        known = await know(*arguments)
        monkeypatch.setattr(service, "know", know)
        await put(site, PYPI, "quarantined", "steals tokens")
        return known

    monkeypatch.setattr(service, "know", overtaken)
    with pytest.raises((Conflict, Forbidden)):
        await put(site, PYPI, "active")
