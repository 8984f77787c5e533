"""`docs/refusals-by-client.md` says what the clients do today."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.harness.held_versions import FILE_OF_CARGO, QUESTIONS, WANTED, held_version, observe_held, said_of_held
from tests.harness.refusals import CLIENTS, ERRORS, PAGE, PLACES, Client, observe
from tests.harness.refused_uploads import ERRORS as UPLOAD_ERRORS
from tests.harness.refused_uploads import PUBLISHERS, Publisher, observe_upload
from tests.harness.server import Server

HEADING = re.compile(r"^## (.+)$", re.MULTILINE)
OFTEN, SELDOM = 403, [status for status in ERRORS if status != 403]
SELDOM_UPLOADS = [status for status in UPLOAD_ERRORS if status != OFTEN]
VERSION, UPLOADS = "One version of several", "Uploads"
EXACTLY, ALONE = WANTED


def committed() -> dict[tuple[str, str, str], str]:
    """Heading, client and column -> the cell of the page."""
    _, *parts = HEADING.split(PAGE.read_text("utf-8"))
    cells = {}
    for heading, text in zip(parts[::2], parts[1::2], strict=True):
        rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line[:1] == "|"]
        for name, *row in rows[2:]:
            cells |= {(heading, name, column): cell for column, cell in zip(rows[0][1:], row, strict=True)}
    return cells


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with held_version(tmp_path_factory.mktemp("held") / "front") as server:
        yield server


@pytest.mark.parametrize("client", CLIENTS, ids=lambda one: one.name)
def test_a_client_shows_of_a_policy_refusal_what_the_page_says(client: Client, tmp_path: Path) -> None:
    seen = {place: observe(client, OFTEN, place, tmp_path / place) for place in PLACES}

    page = committed()
    assert {place: one.cell for place, one in seen.items()} == {
        place: page[str(OFTEN), client.name, place] for place in PLACES
    }, "\n".join(one.result.shown for one in seen.values())
    assert all(one.result.failed for one in seen.values())


@pytest.mark.parametrize("client", CLIENTS, ids=lambda one: one.name)
def test_a_client_that_asks_for_a_held_version_shows_what_the_page_says(
    front: Server, client: Client, tmp_path: Path
) -> None:
    seen = observe_held(client, EXACTLY, front, tmp_path / "client")

    assert seen.cell == committed()[VERSION, client.name, EXACTLY], seen.result.shown
    assert seen.result.failed


def test_where_a_client_says_nothing_of_a_held_version_the_page_has_a_command_that_does(
    front: Server, tmp_path: Path
) -> None:
    silent = {client.name for client in CLIENTS if "sentence" not in committed()[VERSION, client.name, EXACTLY]}
    assert silent == {*QUESTIONS, "cargo"}

    shown = {name: asked.ask(front, tmp_path / name) for name, asked in QUESTIONS.items()}
    shown["cargo"] = front.get(FILE_OF_CARGO).text

    assert {name: said_of_held(text) for name, text in shown.items()} == dict.fromkeys(silent, "**the sentence**")
    for name, asked in QUESTIONS.items():
        assert committed()[VERSION, name, "what shows the sentence"] == f"`{asked.line}`"


@pytest.mark.parametrize("publisher", PUBLISHERS, ids=lambda one: one.name)
def test_a_client_shows_of_a_refused_upload_what_the_page_says(publisher: Publisher, tmp_path: Path) -> None:
    seen = observe_upload(publisher, OFTEN, tmp_path / "client")

    assert seen.cell == committed()[UPLOADS, publisher.name, str(OFTEN)], seen.result.shown
    assert seen.result.failed


@pytest.mark.long
@pytest.mark.parametrize("status", SELDOM)
@pytest.mark.parametrize("client", CLIENTS, ids=lambda one: one.name)
def test_a_client_shows_of_other_refusals_what_the_page_says(client: Client, status: int, tmp_path: Path) -> None:
    seen = {place: observe(client, status, place, tmp_path / place).cell for place in PLACES}

    assert seen == {place: committed()[str(status), client.name, place] for place in PLACES}


@pytest.mark.long
@pytest.mark.parametrize("client", CLIENTS, ids=lambda one: one.name)
def test_a_client_that_asks_for_a_range_of_a_held_version_alone_shows_what_the_page_says(
    front: Server, client: Client, tmp_path: Path
) -> None:
    seen = observe_held(client, ALONE, front, tmp_path / "client")

    assert seen.cell == committed()[VERSION, client.name, ALONE], seen.result.shown


@pytest.mark.long
@pytest.mark.parametrize("publisher", PUBLISHERS, ids=lambda one: one.name)
def test_a_client_shows_of_other_refused_uploads_what_the_page_says(publisher: Publisher, tmp_path: Path) -> None:
    seen = {status: observe_upload(publisher, status, tmp_path / str(status)).cell for status in SELDOM_UPLOADS}

    assert seen == {status: committed()[UPLOADS, publisher.name, str(status)] for status in SELDOM_UPLOADS}


def test_the_page_tells_of_every_client_status_and_place() -> None:
    named = {(str(status), client.name, place) for client in CLIENTS for status in ERRORS for place in PLACES}
    named |= {(VERSION, client.name, wanted) for client in CLIENTS for wanted in WANTED}
    named |= {(UPLOADS, publisher.name, str(status)) for publisher in PUBLISHERS for status in UPLOAD_ERRORS}

    assert named <= committed().keys()


def test_the_page_shows_no_address_that_the_product_does_not_have() -> None:
    text = PAGE.read_text("utf-8")

    assert set(re.findall(r"127\.0\.0\.1:7417(/\w*)", text)) == {"/main", "/r"}
