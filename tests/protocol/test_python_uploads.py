"""What only Python's uploads have: several files to a release, forms, and the answers its clients look for."""

from __future__ import annotations

import hashlib
import io
from typing import Any

import pytest

from tests.harness import packages
from tests.harness.plain_registry import PlainRegistry
from tests.harness.publishing import BOUNDARY, legacy_form, multipart
from tests.harness.server import Answer
from tests.harness.site import Site
from tests.protocol.speakers import PypiSpeaker

PYPI = PypiSpeaker("json", "application/vnd.pypi.simple.v1+json")
WHEEL_NAME, WHEEL = packages.wheel("ours", "1.0.0")
SDIST_NAME, SDIST = packages.sdist("ours", "1.0.0")
FORM = legacy_form("ours", "1.0.0", WHEEL_NAME, WHEEL)


async def put_sdist(site: Site, content: bytes = SDIST, filename: str = SDIST_NAME) -> Answer:
    fields = {"filetype": "sdist", "pyversion": "source"}
    return await PYPI.upload(site, "ours", "1.0.0", site.token, content=content, filename=filename, fields=fields)


async def put_wheel(site: Site, **change: Any) -> Answer:
    return await PYPI.upload(site, "ours", "1.0.0", site.token, **change)


async def put_form(site: Site, form: dict[str, str], more: bytes = b"") -> Answer:
    """A form as it stands, with further parts before its end."""
    body = multipart(form, WHEEL_NAME, WHEEL).removesuffix(f"--{BOUNDARY}--\r\n".encode())
    body += more + f"--{BOUNDARY}--\r\n".encode()
    content_type = f"multipart/form-data; boundary={BOUNDARY}"
    return await site.ask("POST", "/main/pypi/legacy/", site.token, data=io.BytesIO(body), Content_Type=content_type)


def field(name: str, value: str) -> bytes:
    return f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()


async def listed(site: Site) -> list[str]:
    answer = await PYPI.listing(site, "ours", site.admin)
    return [one["filename"] for one in answer.json()["files"]] if answer.status == 200 else []


def rebuilt(days: int) -> bytes:
    """Other bytes for the same release."""
    return packages.sdist("ours", "1.0.0", (f"left=={days}",))[1]


async def test_a_release_takes_a_wheel_and_a_source_archive(site: Site) -> None:
    answers = [await put_wheel(site), await put_sdist(site)]

    assert [one.status for one in answers] == [200, 200]
    assert await listed(site) == [WHEEL_NAME, SDIST_NAME]


async def test_other_bytes_are_answered_as_clients_of_pypi_expect(site: Site) -> None:
    await put_wheel(site)

    answer = await put_wheel(site, requires=("left",))

    assert answer.status == 400
    assert "already exists" in answer.reason
    assert answer.json()["status"] == 400


async def test_a_release_has_one_source_archive_however_it_is_spelled(site: Site) -> None:
    await put_sdist(site)

    answer = await put_sdist(site, rebuilt(1), "Ours-1.0.0.tar.gz")

    assert answer.status == 400
    assert f"already exists as {SDIST_NAME}, which is the same to clients" in answer.text
    assert await listed(site) == [SDIST_NAME]


async def test_a_release_has_one_wheel_for_the_same_tags(site: Site) -> None:
    await put_wheel(site)
    _, other = packages.wheel("Ours", "1.0.0")

    answer = await put_wheel(site, content=other, filename="Ours-1.0.0-py3-none-any.whl")

    assert answer.status == 400
    assert await listed(site) == [WHEEL_NAME]


async def test_the_same_bytes_have_one_name(site: Site) -> None:
    await put_wheel(site)

    answer = await put_wheel(site, filename="ours-1.0.0-1-py3-none-any.whl")

    assert answer.status == 400
    assert f"already exists as {WHEEL_NAME}, with the same bytes" in answer.text


async def test_a_release_takes_no_more_files_after_a_time_and_what_it_has_may_be_sent_again(site: Site) -> None:
    await put_wheel(site)
    site.clock.set("+13d")
    in_time = await put_sdist(site)
    site.clock.set("+15d")

    again = await put_sdist(site)
    late = await put_wheel(site, content=packages.wheel("ours", "1.0.0", ("left",))[1], filename=renamed("1"))
    following = await PYPI.upload(site, "ours", "1.0.1", site.token)

    assert (in_time.status, again.status, following.status) == (200, 200, 200)
    assert late.status == 400
    assert "was published 15 days ago and takes no more files after 14 days" in late.text
    assert "publish a new version" in late.text
    assert await listed(site) == [WHEEL_NAME, SDIST_NAME, "ours-1.0.1-py3-none-any.whl"]


def renamed(build: str) -> str:
    return WHEEL_NAME.replace("-py3", f"-{build}-py3")


async def test_a_renamed_wheel_is_taken_and_the_difference_is_told(site: Site) -> None:
    answer = await put_wheel(site, filename=renamed("7"))

    assert answer.status == 200
    assert "the upload claims other values than the artefact for build number" in answer.text


async def test_private_projects_may_have_local_versions(site: Site) -> None:
    answer = await PYPI.upload(site, "ours", "1.0.0+acme.1", site.token)

    assert answer.status == 200, answer.text
    listing = (await PYPI.listing(site, "ours", site.token)).json()
    assert listing["versions"] == ["1.0.0+acme.1"]
    assert (await site.get(listing["files"][0]["url"].removeprefix(site.url), site.token)).status == 200


@pytest.mark.parametrize("name", ["sha256_digest", "name", ":action", "protocol_version", "requires_python"])
async def test_a_repeated_field_is_refused_and_nothing_is_stored(site: Site, name: str) -> None:
    answer = await put_form(site, FORM | {"requires_python": ">=3.8"}, field(name, FORM.get(name, ">=3.8")))

    assert answer.status == 400
    assert "2 times; it may come once" in answer.text
    assert await listed(site) == []
    assert not list((site.data / "tmp").glob("*"))


async def test_a_second_file_is_refused_and_nothing_is_stored(site: Site) -> None:
    more = field("content", "PK").replace(b'"content"', b'"content"; filename="x.whl"')

    answer = await put_form(site, FORM, more)

    assert answer.status == 400
    assert "more than one `content`" in answer.text
    assert await listed(site) == []


@pytest.mark.parametrize(
    "more", [field("description", "x" * (1 << 20 | 1)), field("classifiers", "x") * 1000], ids=["long", "many"]
)
async def test_an_oversized_form_is_refused_and_nothing_is_stored(site: Site, more: bytes) -> None:
    answer = await put_form(site, FORM, more)

    assert answer.status == 413
    assert await listed(site) == []
    assert not list((site.data / "tmp").glob("*"))


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"md5_digest": hashlib.md5(WHEEL).hexdigest()}, 200),
        ({"blake2_256_digest": hashlib.blake2b(WHEEL, digest_size=32).hexdigest(), "sha256_digest": ""}, 200),
        ({"md5_digest": hashlib.md5(WHEEL).hexdigest(), "sha256_digest": ""}, 400),
        ({"md5_digest": "0" * 32}, 400),
        ({"blake2_256_digest": "0" * 64}, 400),
    ],
    ids=["md5 too", "blake2 only", "md5 only", "wrong md5", "wrong blake2"],
)
async def test_every_digest_that_is_sent_is_checked_and_one_of_them_is_strong(
    site: Site, change: dict[str, str], status: int
) -> None:
    answer = await put_form(site, FORM | change)

    assert answer.status == status, answer.text


async def test_what_hatch_asks_before_it_uploads_is_answered_without_asking_anybody(
    site: Site, registry: PlainRegistry
) -> None:
    answers = [await site.get(f"/main/pypi/{place}%2Bsimple/ours/", site.token) for place in ("legacy/", "")]

    assert [one.status for one in answers] == [404, 404]
    assert registry.asked == []


async def test_a_wheel_that_may_not_be_published_is_told_why(site: Site) -> None:
    answer = await put_wheel(site, requires=("other @ https://elsewhere.test/other-1.0.zip",))

    assert answer.status == 400
    assert "leads around this server" in answer.reason
    assert await listed(site) == []
