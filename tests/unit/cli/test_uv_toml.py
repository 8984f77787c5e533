"""`uv.toml` and `pyproject.toml`: our index is the default one, in valid TOML."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pratique.cli.configure.marks import mark, unmark
from pratique.cli.configure.setup import Setup
from pratique.cli.configure.uv_toml import check_toml, plan_uv_toml
from pratique.core.errors import Invalid

SETUP = Setup("http://127.0.0.1:7417/main/pypi")


def configured(text: str, setup: Setup = SETUP, below: str = "") -> dict[str, Any]:
    marked = mark(text, plan_uv_toml(text, setup, below=below).change)
    assert unmark(marked).text == text
    settings: dict[str, Any] = tomllib.loads(marked)
    return settings["tool"]["uv"] if below else settings


@pytest.mark.parametrize(
    "text",
    [
        "",
        "offline = false",
        'index-url = "https://old.example.test/simple"\n',
        '[[index]]\nurl = "https://old.example.test/simple"\ndefault = true\n[pip]\nstrict = true\n',
        '[[index]]\nname = "pratique"\nurl = "https://old.example.test/simple"\n',
        '[pip]\nindex-url = "https://old.example.test/simple"\n',
        '[[ index ]]\nurl = "https://old.example.test/simple"\ndefault = true\n',
    ],
)
def test_ours_is_the_only_default_index(text: str) -> None:
    settings = configured(text)
    defaults = [one for one in settings["index"] if one.get("default")]
    assert [one["url"] for one in defaults] == ["http://127.0.0.1:7417/main/pypi/simple/"]
    assert defaults[0]["publish-url"] == "http://127.0.0.1:7417/main/pypi/legacy/"
    assert "index-url" not in settings
    assert "index-url" not in settings.get("pip", {})


def test_in_a_project_the_same_stands_below_tool_uv() -> None:
    old = '[[tool.uv.index]]\nurl = "https://old.example.test"\ndefault = true\n'
    text = f'[project]\nname = "x"\n[tool.uv]\npackage = false\n{old}[tool.black]\nx = 1'
    settings = configured(text, below="tool.uv.")
    assert settings["package"] is False
    assert [one["name"] for one in settings["index"]] == ["pratique"]


def test_further_indexes_stay_and_are_warned_about() -> None:
    text = '[[index]]\nname = "extra"\nurl = "https://x.example.test/simple"\n'
    assert [one["name"] for one in configured(text)["index"]] == ["extra", "pratique"]
    assert "uv asks them first" in plan_uv_toml(text, SETUP).notes[0]


def test_own_names_are_exempt_one_by_one_and_globs_are_said_not_to_be() -> None:
    setup = Setup(SETUP.base_url, own=("acme-*", "tools"))
    assert configured("", setup)["exclude-newer-package"] == {"tools": False}
    notes = " ".join(plan_uv_toml("", setup).notes)
    assert "exempt from uv's own exclude-newer: tools" in notes
    assert "single names only" in notes


def test_exemptions_of_the_user_are_not_overwritten() -> None:
    text = 'exclude-newer-package = { other = "2026-01-01T00:00:00Z" }\n'
    setup = Setup(SETUP.base_url, own=("tools",))
    assert list(configured(text, setup)["exclude-newer-package"]) == ["other"]
    assert "add there, each `= false`: tools" in plan_uv_toml(text, setup).notes[0]


def test_a_token_is_sent_from_the_first_request_on() -> None:
    ours = configured("", Setup(SETUP.base_url, token="prq_x"))["index"][0]
    assert ours["url"] == "http://__token__:prq_x@127.0.0.1:7417/main/pypi/simple/"
    assert ours["authenticate"] == "always"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("x = ", "no TOML"),
        ('index = [{ url = "https://x.example.test" }]', "write them as"),
        ("a = 1\na = 2", "no TOML"),
    ],
)
def test_a_file_that_cannot_be_added_to_is_not_touched(text: str, sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence):
        plan_uv_toml(text, SETUP)


LINES = st.sampled_from(
    [
        "",
        "# mine",
        "offline = false",
        "[[index]]",
        "[[ index ]]",
        "[[index]] # extra",
        '[["index"]]',
        "[index]",
        'url = "https://old.example.test/simple"',
        "default = true",
        'name = "pratique"',
        'name = "other"',
        "[pip]",
        'index-url = "https://old.example.test/simple"',
        '"index-url" = "https://old.example.test/simple"',
        'index = [{ url = "https://old.example.test/simple", default = true }]',
        "index = []",
        "[exclude-newer-package]",
        "other = false",
        '[sources]\nx = { index = "pratique" }',
        'text = """',
        '"""',
        "list = [",
        "[[1]],",
        "]",
        "\r",
    ]
)
TEXTS = st.lists(LINES, max_size=12).map("\n".join)


@given(TEXTS, st.sampled_from(["", "tool.uv."]), st.sampled_from([(), ("tools", "acme-*")]))
@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
def test_any_file_is_refused_or_changed_into_what_uv_reads_and_can_be_taken_back(
    text: str, below: str, own: tuple[str, ...]
) -> None:
    try:
        before = tomllib.loads(text)
        plan = plan_uv_toml(text, Setup(SETUP.base_url, own=own), below=below)
    except (tomllib.TOMLDecodeError, Invalid):
        return
    marked = mark(text, plan.change)

    assert unmark(marked).text == text
    after = check_toml(marked)
    ours = after["tool"]["uv"] if below else after
    assert [one["name"] for one in ours["index"] if one.get("default")] == ["pratique"]
    assert [one["name"] for one in ours["index"] if one.get("name") == "pratique"] == ["pratique"]
    assert "index-url" not in ours
    assert all(after[key] == value for key, value in before.items() if key not in OURS)


OURS = {"index", "index-url", "pip", "exclude-newer-package", "tool"}
