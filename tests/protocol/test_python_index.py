"""The Python index as its specifications want it: addresses, forms, the list of projects, what each file says."""

from __future__ import annotations

import hashlib
import re

import pytest

from pratique.core.actors import OPERATOR, ActorKind, Operation
from pratique.services.publishing.membership import SetVisibility, set_visibility
from pratique.services.publishing.yank import Yank, yank
from pratique.trust.permissions import Visibility
from tests.harness import packages
from tests.harness.plain_registry import PlainRegistry
from tests.harness.site import Site, new_token, running_site
from tests.protocol.speakers import PypiSpeaker

V1 = "application/vnd.pypi.simple.v1"
JSON = PypiSpeaker("json", f"{V1}+json")
HTML = PypiSpeaker("html", "text/html")
HOSTILE = '"><script>alert(1)</script>'


@pytest.mark.parametrize(
    ("asked", "stands"),
    [
        ("/simple/Acme.Tools/", "/simple/acme-tools/"),
        ("/simple/acme--tools", "/simple/acme-tools/"),
        ("/simple/acme-tools", "/simple/acme-tools/"),
        ("/simple/%61cme-tools/?format=text/html", "/simple/acme-tools/?format=text/html"),
        ("/simple", "/simple/"),
    ],
)
async def test_whoever_asks_at_another_address_is_sent_on_whatever_is_there(
    site: Site, registry: PlainRegistry, asked: str, stands: str
) -> None:
    for method in ("GET", "HEAD"):
        answer = await site.ask(method, f"/main/pypi{asked}")

        assert (answer.status, answer.headers["Location"]) == (301, f"{site.url}/main/pypi{stands}")
    assert registry.asked == []


async def test_a_name_that_is_none_leads_nowhere(site: Site) -> None:
    answer = await site.get("/main/pypi/simple/a%20b/")

    assert answer.status == 400
    assert "Location" not in answer.headers


async def test_nobody_is_sent_on_where_everybody_signs_in(tmp_path, registry: PlainRegistry) -> None:
    table = "[repositories.main.upstreams]"
    settings = registry.settings.replace(table, f"[repositories.main]\nanonymous_read = false\n\n{table}")
    async with running_site(tmp_path, settings) as site:
        for path in ("/simple/Acme/", "/simple", "/simple/"):
            assert (await site.get(f"/main/pypi{path}")).status == 401
        assert (await site.get("/main/pypi/simple/Acme/", site.token)).status == 301


@pytest.mark.parametrize(
    ("named", "kind"), [(f"{V1}+json", f"{V1}+json"), (f"{V1}+html", f"{V1}+html"), ("text/html", "text/html")]
)
@pytest.mark.parametrize("page", ["", "ours/"])
async def test_the_url_may_name_the_form_against_the_header(site: Site, page: str, named: str, kind: str) -> None:
    await JSON.upload(site, "ours", "1.0.0", site.token)

    answer = await site.get(f"/main/pypi/simple/{page}?format={named}", site.token, Accept="application/json")

    assert answer.status == 200
    assert answer.headers["Content-Type"].partition(";")[0] == kind


@pytest.mark.parametrize("page", ["", "ours/"])
async def test_a_form_that_there_is_not_is_no_fault_of_the_server(site: Site, page: str) -> None:
    answer = await site.get(f"/main/pypi/simple/{page}?format=application/json", site.token)

    assert answer.status == 406
    assert f"there are: {V1}+json" in answer.text


async def test_the_list_of_projects_names_own_ones_as_they_are_written(site: Site, registry: PlainRegistry) -> None:
    JSON.released(registry, "left", "1.0.0")
    assert (await site.get(JSON.path("left", "1.0.0"), site.token)).status == 200
    for name in ("zebra", "Acme.Tools"):
        filename, content = packages.wheel(name, "1.0.0")
        answer = await JSON.upload(site, name, "1.0.0", site.token, content=content, filename=filename)
        assert answer.status == 200, answer.text

    document = await site.get("/main/pypi/simple/", site.token, Accept=f"{V1}+json")
    page = await site.get("/main/pypi/simple/", site.token, Accept="text/html")

    assert document.headers["Content-Type"] == f"{V1}+json"
    assert document.json() == {"meta": {"api-version": "1.4"}, "projects": [{"name": "Acme.Tools"}, {"name": "zebra"}]}
    assert re.findall(r'<a href="([^"]*)">([^<]*)</a>', page.text) == [
        (f"{site.url}/main/pypi/simple/acme-tools/", "Acme.Tools"),
        (f"{site.url}/main/pypi/simple/zebra/", "zebra"),
    ]
    assert '<meta name="pypi:repository-version" content="1.4">' in page.text


async def test_the_list_of_projects_holds_none_that_the_actor_may_not_know_of(site: Site) -> None:
    await JSON.upload(site, "anns", "1.0.0", site.token)
    await JSON.upload(site, "alices", "1.0.0", site.admin)
    await JSON.upload(site, "everyones", "1.0.0", site.admin)
    await set_visibility(site.ports, SetVisibility("pkg:pypi/everyones", Visibility.PUBLIC), OPERATOR)
    narrow = await new_token(site, "ann", ActorKind.CI, frozenset({Operation.READ}), names=("x-*",))
    elsewhere = await new_token(site, "ann", ActorKind.CI, frozenset({Operation.READ}), ecosystems=("npm",))

    async def listed(token: str | None) -> list[str]:
        answer = await site.get("/main/pypi/simple/", token, Accept=f"{V1}+json")
        return [one["name"] for one in answer.json()["projects"]]

    assert await listed(site.token) == ["anns", "everyones"]
    assert await listed(site.admin) == ["alices", "anns", "everyones"]
    assert await listed(None) == await listed(narrow) == await listed(elsewhere) == ["everyones"]


async def test_the_list_of_projects_is_confirmed_and_packed_like_any_page(site: Site) -> None:
    await JSON.upload(site, "ours", "1.0.0", site.token)
    path = "/main/pypi/simple/"

    first = await site.get(path, site.token, Accept_Encoding="gzip")
    again = await site.get(path, site.token, Accept_Encoding="gzip", If_None_Match=first.headers["ETag"])
    head = await site.ask("HEAD", path, site.token)
    await JSON.upload(site, "more", "1.0.0", site.token)
    changed = await site.get(path, site.token, Accept_Encoding="gzip", If_None_Match=first.headers["ETag"])

    assert (first.status, again.status, changed.status) == (200, 304, 200)
    assert first.headers["Content-Encoding"] == "gzip"
    assert first.headers["Cache-Control"] == "private, no-cache"
    assert "Accept" in first.headers["Vary"]
    assert (head.status, head.body) == (200, b"")


async def test_an_own_file_says_all_that_the_specifications_ask_for(site: Site) -> None:
    filename, content = packages.wheel("ours", "1.0.0", ("left>=1",))
    await JSON.upload(site, "ours", "1.0.0", site.token, content=content, filename=filename)

    document = (await JSON.listing(site, "ours", site.token)).json()
    (file,) = document["files"]
    served = await site.get(file["url"].removeprefix(site.url), site.token)
    metadata = await site.get(file["url"].removeprefix(site.url) + ".metadata", site.token)

    assert document.keys() == {"meta", "name", "project-status", "versions", "files"}
    assert (document["meta"], document["name"], document["versions"]) == ({"api-version": "1.4"}, "ours", ["1.0.0"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z", file.pop("upload-time"))
    assert file.pop("hashes")["sha256"] == hashlib.sha256(served.body).hexdigest()
    described = {"sha256": hashlib.sha256(metadata.body).hexdigest()}
    assert file == {
        "filename": filename,
        "url": f"{site.url}/main/pypi/files/ours/{filename}",
        "size": len(content),
        "requires-python": ">=3.8",
        "core-metadata": described,
        "dist-info-metadata": described,
        "yanked": False,
    }
    assert b"Requires-Dist: left>=1" in metadata.body


async def test_a_yank_is_shown_in_both_forms_with_a_reason_that_harms_nobody(site: Site) -> None:
    for version in ("1.0.0", "1.0.1"):
        await JSON.upload(site, "ours", version, site.token)
    await yank(site.ports, Yank("pkg:pypi/ours@1.0.0", HOSTILE), OPERATOR)
    await yank(site.ports, Yank("pkg:pypi/ours@1.0.1"), OPERATOR)

    files = (await JSON.listing(site, "ours", site.token)).json()["files"]
    page = (await HTML.listing(site, "ours", site.token)).text

    assert [one["yanked"] for one in files] == [HOSTILE, True]
    assert 'data-yanked="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"' in page
    assert 'data-yanked=""' in page
    assert "<script" not in page
