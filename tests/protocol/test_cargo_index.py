"""What only cargo asks of an index: its description, owners, searches, and lines that cargo can read."""

from __future__ import annotations

import pytest

from pratique.core.actors import OPERATOR, ActorKind, Operation
from pratique.services.accounts.accounts import AddUser, add_user
from pratique.services.publishing.membership import SetVisibility, set_visibility
from pratique.trust.permissions import Visibility
from tests.harness.plain_registry import PlainRegistry
from tests.harness.site import Site, new_token
from tests.protocol.cargo_speaker import CargoSpeaker

CARGO = CargoSpeaker()
OWNERS = "/main/cargo/api/v1/crates/{}/owners"


@pytest.mark.parametrize("index", ["index", "members/index"])
async def test_where_things_are_is_confirmed_without_being_sent_again(site: Site, index: str) -> None:
    path = f"/main/cargo/{index}/config.json"
    first = await site.get(path, site.token)
    etag = first.headers["ETag"]

    held = await site.get(path, site.token, If_None_Match=etag)
    other = await site.get(path, site.token, If_None_Match='"another"')
    head = await site.ask("HEAD", path, site.token)

    assert (held.status, held.body, held.headers["ETag"]) == (304, b"", etag)
    assert (other.status, other.body) == (200, first.body)
    assert (head.status, head.headers["ETag"]) == (200, etag)
    assert "no-cache" in first.headers["Cache-Control"]
    assert "Authorization" in first.headers["Vary"]


async def test_the_two_descriptions_are_never_taken_for_each_other(site: Site) -> None:
    open_to_all = await site.get("/main/cargo/index/config.json")

    members = await site.get(
        "/main/cargo/members/index/config.json", site.token, If_None_Match=open_to_all.headers["ETag"]
    )

    assert (members.status, members.json()["auth-required"]) == (200, True)


async def test_owners_of_what_is_not_ours_are_asked_for_in_vain_in_one_sentence(
    site: Site, registry: PlainRegistry
) -> None:
    for name in ("seen", "never-asked"):
        CARGO.released(registry, name, "1.0.0")
    assert (await CARGO.listing(site, "seen")).status == 200
    await CARGO.upload(site, "secret", "1.0.0", site.token)
    await add_user(site.ports, AddUser(name="bob"), OPERATOR)
    stranger = await new_token(site, "bob", ActorKind.USER, frozenset({Operation.READ}))
    asked = list(registry.asked)

    for token in (stranger, None):
        told = {}
        for name in ("seen", "never-asked", "nowhere", "secret"):
            answer = await site.get(OWNERS.format(name), token)
            told[name] = (answer.status, answer.json()["errors"][0]["detail"].replace(name, "NAME"))
        assert len(set(told.values())) == 1, told
        status, sentence = told["seen"]
        assert status == 404
        assert sentence.startswith("no project NAME is published here, as far as you may know")
    assert registry.asked == asked
    await set_visibility(site.ports, SetVisibility("pkg:cargo/secret", Visibility.PUBLIC), OPERATOR)
    shown = (await site.get(OWNERS.format("secret"), stranger)).json()["users"]
    assert [one["login"] for one in shown] == ["ann"]


async def test_a_search_writes_names_as_their_index_does_from_the_day_it_does(
    site: Site, registry: PlainRegistry
) -> None:
    registry.crate("Inflector", "1.0.0")
    registry.crate("renamed", "1.0.0")
    for name, written in (("inflector", "Inflector"), ("renamed", "renamed")):
        assert (await site.get(f"/main/cargo/files/{name}/{written}-1.0.0.crate")).status == 200

    async def found(text: str) -> list[str]:
        return [one["name"] for one in (await site.get(f"/main/cargo/api/v1/crates?q={text}")).json()["crates"]]

    assert (await found("inflector"), await found("INFLECT")) == (["Inflector"], ["Inflector"])
    assert await found("renamed") == ["renamed"]
    registry.crate("renamed", "1.0.1").manifest["name"] = "Renamed"
    site.clock.set("+1h")
    await CARGO.listing(site, "renamed")
    assert await found("renamed") == ["Renamed"]


async def test_a_line_whose_features_are_null_is_written_as_cargo_reads_it(site: Site, registry: PlainRegistry) -> None:
    registry.crate("left", "1.0.0", features=None)

    listing = await CARGO.listing(site, "left")

    assert CARGO.offered(listing) == ["1.0.0"]
    assert '"features":{}' in listing.text


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ('rust-version = "garbage"', "`rust-version`"),
        ('[features]\n"a b" = []', "the feature 'a b'"),
        ('[features]\nx = ["dep:nothing"]', "'dep:nothing'"),
        ('[target."cfg(".dependencies]\na = "1"', "`target`"),
        ('[dependencies]\na = { version = "1", registry-index = "file:///etc/passwd" }', "`registry-index`"),
    ],
)
async def test_what_cargo_could_not_read_in_an_index_is_not_taken_in(site: Site, more: str, field: str) -> None:
    answer = await CARGO.upload(site, "ours", "1.0.0", site.token, more=more)

    assert (answer.status, field in answer.json()["errors"][0]["detail"]) == (400, True), answer.text
    assert (await CARGO.listing(site, "ours", site.token)).status == 404
