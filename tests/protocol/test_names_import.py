"""Lists of names, taken in: whole or not at all, and the second time only what is new."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pratique.core.actors import OPERATOR, Actor, ActorKind
from pratique.core.errors import Forbidden, Invalid
from pratique.services.governing.list_events import ListEvents, list_events
from pratique.services.names.check_name import CheckName, NameChecked, check_name
from pratique.services.names.import_names import ImportNames, NamesImported, import_names
from tests.harness.site import Site


async def imported(site: Site, path: Path, ecosystem: str = "pypi") -> NamesImported:
    return await import_names(site.ports, ImportNames(ecosystem, str(path)), OPERATOR, lambda _words: None)


async def checked(site: Site, name: str, at: str = "publish") -> NameChecked:
    return await check_name(site.ports, CheckName("pypi", name, at), OPERATOR)  # type: ignore[arg-type]


async def test_imported_names_are_known_and_only_new_ones_are_written_again(site: Site, tmp_path: Path) -> None:
    path = tmp_path / "names"
    path.write_text("Zorp.Widgets\nnot a name!\nzorp-gadgets\n")

    first = await imported(site, path)
    path.write_text("zorp-widgets\nzorp-gadgets\nzorp-things\n")
    second = await imported(site, path)

    assert (first.names, first.new, first.invalid, first.invalid_names) == (2, 2, 1, ("not a name!",))
    assert (second.names, second.new, second.invalid) == (3, 1, 0)
    verdict = await checked(site, "zorpwidgets")
    assert (verdict.verdict, verdict.targets) == ("hold", ("zorp-widgets",))
    kinds = [one.kind for one in (await list_events(site.ports, ListEvents(), OPERATOR)).events]
    assert kinds.count("names_imported") == 2


async def test_a_registrys_own_document_is_read(site: Site, tmp_path: Path) -> None:
    path = tmp_path / "simple.json"
    path.write_text(json.dumps({"meta": {}, "projects": [{"name": f"zorp-{number}"} for number in range(5_000)]}))

    done = await imported(site, path)

    assert (done.names, done.new, done.ranked) == (5_000, 5_000, 0)
    assert (await checked(site, "zorp4711")).targets == ("zorp-4711",)
    assert (await checked(site, "requets")).targets == ("requests",), "the popular names that came along stay"


async def test_imported_ranks_come_first_and_those_that_came_along_stay_behind_them(site: Site, tmp_path: Path) -> None:
    path = tmp_path / "ranks"
    path.write_text("zorpwidgets\t1\t90000000\nother\t2\t80000000\n")
    assert (await checked(site, "zorpwidgest")).verdict == "ok"

    done = await imported(site, path)

    assert done.ranked == 2
    assert (await checked(site, "zorpwidgest")).targets == ("zorpwidgets",)
    assert (await checked(site, "zorpwidgest", "install")).targets == ("zorpwidgets",)
    for at in ("publish", "install"):
        slipped = await checked(site, "reqeusts", at)
        assert (slipped.verdict, slipped.targets[0]) == ("hold", "requests"), "nobody imports protection away"


@pytest.mark.parametrize(
    "content",
    [
        b"good\n\xff\x00\n",
        b"good\nname\tfirst\n",
        b"good\t1\nname\t0\n",
        b'["good", "cut',
        b"x" * 100_000,
        b"!\n",
        b"<!doctype html>\n<a href='x/'>good</a>\n",
    ],
    ids=range(7),
)
async def test_of_what_is_no_list_nothing_is_written(site: Site, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "names"
    path.write_bytes(content)

    with pytest.raises(Invalid):
        await imported(site, path)

    kept = await site.ports.db.read(lambda c: c.exec_driver_sql("select count(*) from name_form").scalar())
    assert kept == 0
    assert "names_imported" not in [one.kind for one in (await list_events(site.ports, ListEvents(), OPERATOR)).events]


async def test_what_cannot_be_read_is_told(site: Site, tmp_path: Path) -> None:
    for path in (tmp_path / "missing", tmp_path):
        with pytest.raises(Invalid, match="cannot be read"):
            await imported(site, path)
    with pytest.raises(Invalid, match="not an ecosystem"):
        await imported(site, tmp_path, "perl")


async def test_nobody_has_the_server_read_a_path_from_afar(site: Site) -> None:
    admin = Actor(ActorKind.USER, account=1, name="alice", admin=True, stepped_up_at=site.ports.clock.now())
    with pytest.raises(Forbidden, match="on the data folder only"):
        await import_names(site.ports, ImportNames("pypi", "/etc/passwd"), admin, lambda _words: None)
    body = '{"ecosystem": "pypi", "path": "/etc/passwd"}'
    for token, status in ((None, 401), (site.token, 403), (site.agent, 403), (site.admin, 403)):
        answer = await site.ask("POST", "/api/v1/names/import", token, data=body, Content_Type="application/json")
        assert answer.status == status
