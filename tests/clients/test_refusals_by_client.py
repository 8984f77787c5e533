"""`docs/refusals-by-client.md` says what the clients do today."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.harness.refusals import CLIENTS, ERRORS, PAGE, PLACES, Client, observe

HEADING = re.compile(r"^## (\d+)$", re.MULTILINE)
OFTEN, SELDOM = 403, [status for status in ERRORS if status != 403]


def committed() -> dict[tuple[str, int, str], str]:
    """Client, status and place -> the cell of the page."""
    _, *parts = HEADING.split(PAGE.read_text("utf-8"))
    cells = {}
    for status, text in zip(parts[::2], parts[1::2], strict=True):
        for line in text.splitlines():
            name, *rest = [cell.strip() for cell in line.strip("|").split("|")]
            if len(rest) == len(PLACES):
                cells |= {(name, int(status), place): cell for place, cell in zip(PLACES, rest, strict=True)}
    return cells


@pytest.mark.parametrize("client", CLIENTS, ids=lambda one: one.name)
def test_a_client_shows_of_a_policy_refusal_what_the_page_says(client: Client, tmp_path: Path) -> None:
    seen = {place: observe(client, OFTEN, place, tmp_path / place) for place in PLACES}

    page = committed()
    assert {place: one.cell for place, one in seen.items()} == {
        place: page[client.name, OFTEN, place] for place in PLACES
    }, "\n".join(one.result.shown for one in seen.values())
    assert all(one.result.failed for one in seen.values())


@pytest.mark.long
@pytest.mark.parametrize("status", SELDOM)
@pytest.mark.parametrize("client", CLIENTS, ids=lambda one: one.name)
def test_a_client_shows_of_other_refusals_what_the_page_says(client: Client, status: int, tmp_path: Path) -> None:
    seen = {place: observe(client, status, place, tmp_path / place).cell for place in PLACES}

    assert seen == {place: committed()[client.name, status, place] for place in PLACES}


def test_the_page_tells_of_every_client_status_and_place() -> None:
    named = {(client.name, status, place) for client in CLIENTS for status in ERRORS for place in PLACES}

    assert named <= committed().keys()
