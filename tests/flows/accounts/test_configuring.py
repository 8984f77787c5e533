"""`pratique configure` against a running server: what the server says is wrong is written into no file."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.flows.accounts.conftest import Operator
from tests.harness.site import Site


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in list(os.environ):
        if name.upper().startswith(("PIP_", "NPM_CONFIG", "PRATIQUE_", "XDG_")):
            monkeypatch.delenv(name)
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.chdir(folder)
    return folder


@pytest.mark.parametrize("client", ["npm", "pip"])
async def test_an_unknown_repository_and_a_bad_token_are_told_and_nothing_is_written(
    operator: Operator, site: Site, home: Path, client: str
) -> None:
    unknown = await operator.types("configure", client, "--repository", "nowhere", token=site.token, here=False)
    bad = await operator.types("configure", client, token="prq_never_given", here=False)

    assert (unknown.code, bad.code) == (1, 1)
    assert "nowhere" in unknown.err
    assert "token" in bad.err
    assert "prq_never_given" not in bad.err + bad.out
    assert list(home.iterdir()) == []

    good = await operator.types("configure", client, token=site.token, here=False)

    assert good.code == 0, good.err
    assert list(home.iterdir()) != []


async def test_on_the_data_folder_an_unknown_repository_is_told_as_well(operator: Operator, home: Path) -> None:
    told = await operator.types("configure", "npm", "--repository", "nowhere")

    assert told.code == 1
    assert "nowhere" in told.err
    assert list(home.iterdir()) == []
