"""Publishing, in every ecosystem: what gets in, what never does, and what the client is told."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from pratique.core.actors import OPERATOR, ActorKind, Operation
from pratique.core.decisions import EntryKind
from pratique.core.ports import BlobDraft
from pratique.services.governing.list_entries import AddEntry, add_entry
from pratique.services.governing.revoke import revoke
from pratique.services.names.reservations import Reserve, reserve
from pratique.store.blobs_file import FileBlobs
from tests.harness import packages
from tests.harness.plain_registry import PlainRegistry
from tests.harness.site import Site, new_token
from tests.protocol.speakers import NpmSpeaker, PypiSpeaker, Speaker


async def test_a_published_release_is_listed_and_served_to_its_owner(site: Site, speaker: Speaker) -> None:
    taken = await speaker.upload(site, "ours", "1.0.0", site.token)
    listing = await speaker.listing(site, "ours", site.token)
    file = await site.get(speaker.path("ours", "1.0.0"), site.token)
    assert taken.status in (200, 201), taken.text
    assert speaker.offered(listing) == ["1.0.0"]
    assert file.status == 200
    assert len(file.body) > 100


async def test_an_own_release_has_no_cooldown(site: Site, client: Speaker) -> None:
    await client.upload(site, "ours", "1.0.0", site.token)
    assert client.told(await client.listing(site, "ours", site.token)) in ("", "{}")


async def test_the_same_bytes_again_are_fine_and_other_bytes_are_not(site: Site, client: Speaker) -> None:
    await client.upload(site, "ours", "1.0.0", site.token)
    first = await site.get(client.path("ours", "1.0.0"), site.token)
    again = await client.upload(site, "ours", "1.0.0", site.token)
    other = await client.upload(site, "ours", "1.0.0", site.token, manifest={"x": 1}, requires=("left",))

    assert again.status in (200, 201), again.text
    assert other.status == client.conflict
    assert "a published file never changes" in other.text
    assert (await site.get(client.path("ours", "1.0.0"), site.token)).body == first.body


async def test_nobody_publishes_without_a_token(site: Site, client: Speaker) -> None:
    answer = await client.upload(site, "ours", "1.0.0", None)
    assert answer.status == 401
    assert "token" in answer.text


async def test_an_agent_that_may_only_read_does_not_publish(site: Site, client: Speaker) -> None:
    answer = await client.upload(site, "ours", "1.0.0", site.agent)
    assert answer.status == 403
    assert (await client.listing(site, "ours", site.admin)).status == 404


async def test_a_stranger_does_not_publish_into_a_project_of_somebody_else(site: Site, client: Speaker) -> None:
    await client.upload(site, "ours", "1.0.0", site.admin)
    answer = await client.upload(site, "ours", "1.0.1", site.token)
    assert answer.status in (403, 404)
    assert client.offered(await client.listing(site, "ours", site.admin)) == ["1.0.0"]


async def test_a_token_for_some_names_does_not_publish_others(site: Site, client: Speaker) -> None:
    operations = frozenset({Operation.READ, Operation.PUBLISH})
    token = await new_token(site, "ann", ActorKind.CI, operations, names=("ours-*",))
    assert (await client.upload(site, "theirs", "1.0.0", token)).status == 403
    assert (await client.upload(site, "ours-x", "1.0.0", token)).status in (200, 201)


async def test_a_token_for_every_name_does_not_get_a_popular_public_one(site: Site, client: Speaker) -> None:
    answer = await client.upload(site, client.popular, "99.0.0", site.token)
    assert answer.status == 403
    assert f"Blocked by policy shadows_public: {client.popular}" in answer.reason
    assert " must be reserved or published by an admin first" in answer.reason
    assert "allowed:" not in answer.reason, "no version is an answer to an upload"


async def test_a_name_that_exists_upstream_is_not_taken_over(
    site: Site, registry: PlainRegistry, client: Speaker
) -> None:
    client.released(registry, "left", "1.0.0")
    answer = await client.upload(site, "left", "99.0.0", site.token)
    assert answer.status == 403
    assert "shadows_public" in answer.reason
    assert client.offered(await client.listing(site, "left")) == ["1.0.0"]


async def test_inside_a_reservation_a_public_name_becomes_ours_and_the_upstream_is_not_asked(
    site: Site, registry: PlainRegistry, client: Speaker
) -> None:
    client.released(registry, "left", "1.0.0")
    await reserve(site.ports, Reserve(ecosystem=client.ecosystem, pattern="left", reason="ours since 2019"), OPERATOR)

    answer = await client.upload(site, "left", "99.0.0", site.token)

    assert answer.status in (200, 201), answer.text
    assert client.offered(await client.listing(site, "left", site.token)) == ["99.0.0"]
    assert registry.asked == []


async def test_own_and_upstream_releases_never_stand_together(
    site: Site, registry: PlainRegistry, client: Speaker
) -> None:
    client.released(registry, "left", "1.0.0")
    await client.listing(site, "left")
    await site.get(client.path("left", "1.0.0"))
    await reserve(site.ports, Reserve(ecosystem=client.ecosystem, pattern="left", reason="ours"), OPERATOR)

    taken = await client.upload(site, "left", "2.0.0", site.token)

    assert taken.status in (200, 201), taken.text
    assert client.offered(await client.listing(site, "left", site.token)) == ["2.0.0"]
    assert (await site.get(client.path("left", "1.0.0"), site.token)).status == 404


async def test_nothing_is_published_while_the_upstream_cannot_be_asked(site: Site, client: Speaker) -> None:
    await site.ports.upstream.close()
    site.ports.documents._client = _Deaf()  # type: ignore[assignment]
    answer = await client.upload(site, "ours", "1.0.0", site.token)
    assert answer.status == 403
    assert "shadows_public: ours@1.0.0 cannot be judged now: no upstream could be asked" in answer.reason
    assert "; try again later; see " in answer.reason
    assert "do not retry" not in answer.text
    assert answer.json()["retry"] is True
    assert (await client.listing(site, "ours", site.token)).status != 200


async def test_a_revoked_version_is_not_published_again(site: Site, client: Speaker) -> None:
    await client.upload(site, "ours", "1.0.0", site.token)
    await revoke(site.ports, "main", f"pkg:{client.ecosystem}/ours@1.0.0", None, "leaked a key", OPERATOR)
    again = await client.upload(site, "ours", "1.0.0", site.token, manifest={"fixed": 1}, requires=("left",))
    assert again.status == client.conflict


@pytest.mark.parametrize("what", ["project", "release", "file"])
async def test_what_was_revoked_before_it_existed_is_not_published(site: Site, client: Speaker, what: str) -> None:
    await client.upload(site, "ours", "1.0.0", site.token)
    version, file = ("", None) if what == "project" else ("@3.0.0", None)
    if what == "file":
        file = client.path("ours", "3.0.0").rsplit("/", 1)[-1]
    await revoke(site.ports, "main", f"pkg:{client.ecosystem}/ours{version}", file, "the build host leaked", OPERATOR)

    answer = await client.upload(site, "ours", "3.0.0", site.token)

    assert answer.status == 403
    assert "Blocked by policy revoked: ours@3.0.0" in answer.reason
    assert "the build host leaked" in answer.reason
    assert len([path for path in (site.data / "blobs").rglob("*") if path.is_file()]) == 1
    assert await _versions(site) == ["1.0.0"]


async def test_a_revocation_of_one_release_keeps_no_other_out(site: Site, client: Speaker) -> None:
    await client.upload(site, "ours", "1.0.0", site.token)
    await revoke(site.ports, "main", f"pkg:{client.ecosystem}/ours@3.0.0", None, "leaked", OPERATOR)

    assert (await client.upload(site, "ours", "3.0.1", site.token)).status in (200, 201)


@pytest.mark.parametrize("kind", [EntryKind.DENY, EntryKind.ALLOW])
async def test_what_the_lists_refuse_to_everybody_is_not_published(
    site: Site, client: Speaker, kind: EntryKind
) -> None:
    purl = f"pkg:{client.ecosystem}/ours" + {EntryKind.DENY: "@1.0.1", EntryKind.ALLOW: "@1.0.0"}[kind]
    await add_entry(site.ports, AddEntry(kind=kind, purl=purl, reason="we said so"), OPERATOR)

    answers = [await client.upload(site, "ours", version, site.token) for version in ("1.0.0", "1.0.1")]

    assert answers[0].status in (200, 201), answers[0].text
    assert answers[1].status == 403
    assert f"Blocked by policy {kind}list: ours@1.0.1" in answers[1].reason
    assert await _versions(site) == ["1.0.0"]


async def test_what_a_list_only_holds_is_taken_in_and_the_publisher_is_told(site: Site, client: Speaker) -> None:
    entry = AddEntry(kind=EntryKind.DENY, purl=f"pkg:{client.ecosystem}/ours", action="hold", reason="being looked at")
    await add_entry(site.ports, entry, OPERATOR)

    answer = await client.upload(site, "ours", "1.0.0", site.token)

    assert answer.status in (200, 201), answer.text
    told = answer.text + answer.headers.get("npm-notice", "")
    assert "is stored in main and not offered: it is on the denylist: being looked at (denylist)" in told
    assert "is live" not in told


async def _versions(site: Site) -> list[str]:
    return list(await site.ports.db.read(lambda c: c.exec_driver_sql("select version from release").scalars().all()))


async def test_an_agent_founds_no_project_inside_a_reservation_and_publishes_into_one(
    site: Site, client: Speaker
) -> None:
    await reserve(site.ports, Reserve(ecosystem=client.ecosystem, pattern="acme-*"), OPERATOR)
    may = frozenset({Operation.READ, Operation.PUBLISH})
    agent = await new_token(site, "ann", ActorKind.AGENT, may, expires_in="1h")

    refused = await client.upload(site, "acme-x", "1.0.0", agent)
    founded = await client.upload(site, "acme-x", "1.0.0", site.token)
    next_one = await client.upload(site, "acme-x", "1.0.1", agent)

    assert refused.status == 403
    assert "ask a person, or a CI job" in refused.text
    assert [founded.status in (200, 201), next_one.status in (200, 201)] == [True, True]


async def test_whoever_publishes_the_first_release_of_a_reserved_name_is_shown_no_refusal(site: Site) -> None:
    await reserve(site.ports, Reserve(ecosystem="npm", pattern="@acme/*"), OPERATOR)

    looked = await site.get("/main/npm/@acme%2fx", site.token, npm_command="publish")
    installed = await site.get("/main/npm/@acme%2fx", site.token, npm_command="install")
    nobodys = await site.ask("PUT", "/main/npm/@acme%2fx", site.agent, data=b"{}", npm_command="publish")

    assert (looked.status, "npm-notice" in looked.headers) == (403, False)
    assert "reserved_name" in looked.reason
    assert "reserved_name" in installed.headers["npm-notice"]
    assert "npm-notice" in nobodys.headers, "a refused publish is told"


async def test_an_artefact_that_is_no_archive_is_refused_and_nothing_is_stored(site: Site, client: Speaker) -> None:
    answer = await client.upload(site, "ours", "1.0.0", site.token, content=b"this is no archive")
    assert answer.status == 400
    assert (await client.listing(site, "ours", site.token)).status == 404
    assert not [path for path in _files(site) if path.is_file()]


async def test_the_artefact_names_the_release_not_the_claim(site: Site) -> None:
    npm = NpmSpeaker("full", "application/json")
    body = packages.npm_publish_body("ours", "1.0.0", packages.npm_tarball("theirs", "1.0.0"))
    body = {**body, "name": "ours", "_id": "ours"}
    body["versions"]["1.0.0"] |= {"name": "ours"}
    answer = await npm.upload(site, "ours", "1.0.0", site.token, body=body)
    assert answer.status == 400
    assert "theirs" in answer.text


async def test_a_claimed_dependency_that_the_artefact_lacks_is_not_listed(site: Site) -> None:
    npm = NpmSpeaker("full", "application/json")
    body = packages.npm_publish_body("ours", "1.0.0", packages.npm_tarball("ours", "1.0.0"))
    body["versions"]["1.0.0"]["dependencies"] = {"evil": "1.0.0"}

    answer = await npm.upload(site, "ours", "1.0.0", site.token, body=body)

    assert answer.status == 201
    assert "dependencies" in answer.headers["npm-notice"]
    listed = (await npm.listing(site, "ours", site.token)).json()["versions"]["1.0.0"]
    assert "evil" not in listed.get("dependencies", {})


async def test_a_wrong_digest_is_told_with_both_values(site: Site) -> None:
    pypi = PypiSpeaker("json", "application/vnd.pypi.simple.v1+json")
    answer = await pypi.upload(site, "ours", "1.0.0", site.token, fields={"sha256_digest": "0" * 64})
    assert answer.status == 400
    assert "0" * 64 in answer.text
    assert (await pypi.listing(site, "ours", site.token)).status == 404


@pytest.mark.parametrize("published", [False, True], ids=["new", "same-bytes-again"])
async def test_attestations_are_refused_until_they_can_be_verified(site: Site, published: bool) -> None:
    pypi = PypiSpeaker("json", "application/vnd.pypi.simple.v1+json")
    if published:
        await pypi.upload(site, "ours", "1.0.0", site.token)
    answer = await pypi.upload(site, "ours", "1.0.0", site.token, fields={"attestations": "[]"})
    assert answer.status == 400
    assert "cannot verify attestations yet" in answer.text


async def test_the_same_bytes_again_with_a_wrong_digest_are_not_called_unchanged(site: Site) -> None:
    pypi = PypiSpeaker("json", "application/vnd.pypi.simple.v1+json")
    await pypi.upload(site, "ours", "1.0.0", site.token)
    answer = await pypi.upload(site, "ours", "1.0.0", site.token, fields={"sha256_digest": "0" * 64})
    assert answer.status == 400
    assert "0" * 64 in answer.text


async def test_separate_metadata_of_an_own_wheel_is_the_artefacts(site: Site) -> None:
    pypi = PypiSpeaker("json", "application/vnd.pypi.simple.v1+json")
    await pypi.upload(site, "ours", "1.0.0", site.token, requires=("left>=1",))
    answer = await site.get(pypi.path("ours", "1.0.0") + ".metadata", site.token)
    assert answer.status == 200
    assert b"Requires-Dist: left>=1" in answer.body


class _Deaf:
    async def document(self, *_: object, **__: object) -> None:
        from pratique.core.errors import BadUpstream

        raise BadUpstream("the upstream does not answer")


def _files(site: Site) -> list[Path]:
    return [path for place in ("blobs", "tmp") for path in (site.data / place).rglob("*")]


async def test_a_full_disk_is_a_503_with_a_sentence_and_leaves_nothing(site: Site, client: Speaker) -> None:
    site.ports.blobs.__class__ = _FullBlobs
    answer = await client.upload(site, "ours", "1.0.0", site.token)
    assert answer.status == 503
    assert "disk is full" in answer.text
    assert (await client.listing(site, "ours", site.token)).status == 404
    assert not list((site.data / "tmp").glob("*"))


class _FullBlobs(FileBlobs):
    """The real store on a disk that takes no byte more."""

    def draft(self) -> BlobDraft:
        real = super().draft()

        def refuse(_chunk: bytes) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        real.write = refuse  # type: ignore[method-assign]
        return real
