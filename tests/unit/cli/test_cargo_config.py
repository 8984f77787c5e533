"""cargo's configuration, changed and taken back."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.cli.configure.cargo_config import check_toml, plan_cargo_config
from pratique.cli.configure.marks import mark, unmark
from pratique.cli.configure.setup import Setup
from pratique.core.errors import Invalid

SETUP = Setup("http://127.0.0.1:7417/main/cargo")


def configured(text: str, setup: Setup = SETUP) -> dict[str, Any]:
    """What cargo reads afterwards."""
    return tomllib.loads(mark(text, plan_cargo_config(text, setup).change))


def test_the_public_index_is_replaced_and_own_crates_have_a_registry() -> None:
    assert configured("") == {
        "source": {
            "crates-io": {"replace-with": "pratique"},
            "pratique": {"registry": "sparse+http://127.0.0.1:7417/main/cargo/index/"},
        },
        "registries": {
            "pratique": {
                "index": "sparse+http://127.0.0.1:7417/main/cargo/members/index/",
                "credential-provider": "cargo:token",
            }
        },
    }


def test_a_token_is_for_the_registry_of_own_crates_alone() -> None:
    read = configured("", Setup(SETUP.base_url, token="prq_x"))
    assert read["registries"]["pratique"]["token"] == "prq_x"
    assert "prq_x" not in str(read["source"])


def test_without_a_token_the_person_is_told_how_to_give_one() -> None:
    assert "cargo login --registry pratique" in " ".join(plan_cargo_config("", SETUP).notes)


def test_what_the_file_said_of_the_public_index_is_set_aside_and_all_else_stays() -> None:
    text = (
        "[build]\njobs = 2\n"
        '[source.crates-io]\nreplace-with = "old"\n'
        '[source.old]\nregistry = "sparse+https://old.example.test/index/"\n'
        '[registries."pratique"]\nindex = "sparse+https://other.example.test/"\n'
        "[net]\nretry = 1\n"
    )
    read = configured(text)
    assert read["source"]["crates-io"] == {"replace-with": "pratique"}
    assert read["source"]["old"] == {"registry": "sparse+https://old.example.test/index/"}
    assert (read["build"], read["net"]) == ({"jobs": 2}, {"retry": 1})


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("x = ", "no TOML"),
        ('source.crates-io.replace-with = "x"', "in a form that cannot be changed"),
        ('source = { crates-io = { replace-with = "x" } }', "in a form that cannot be changed"),
        ('[source]\ncrates-io = { replace-with = "x" }', "in a form that cannot be changed"),
        ("registries = 1", "in a form that cannot be changed"),
    ],
)
def test_a_file_that_cannot_be_added_to_is_not_touched(text: str, sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence):
        plan_cargo_config(text, SETUP)


LINES = st.sampled_from(
    [
        "",
        "# mine",
        "[build]",
        "jobs = 2",
        "[source.crates-io]",
        "[ source . crates-io ] # extra",
        '[source."crates-io"]',
        'replace-with = "x"',
        "[source.pratique]",
        "[source]",
        "[registries.pratique]",
        "[registries.other]",
        'index = "sparse+https://x.example.test/"',
        'token = "secret"',
        "[[bin]]",
        "source.crates-io = {}",
        'text = """',
        '"""',
        "[source.crates-io.sub]",
        "[net]\r",
    ]
)


@given(st.lists(LINES, max_size=10), st.booleans())
def test_any_file_is_changed_so_that_cargo_goes_here_and_back_to_what_it_was_or_not_at_all(
    lines: list[str], ended: bool
) -> None:
    text = "\n".join(lines) + ("\n" if ended else "")
    try:
        change = plan_cargo_config(text, SETUP).change
    except Invalid:
        return
    made = mark(text, change)
    read, before = check_toml(made), check_toml(text)
    assert read["source"]["crates-io"] == {"replace-with": "pratique"}
    assert read["registries"]["pratique"]["index"].endswith("/members/index/")
    for key in before.keys() - {"source", "registries"}:
        assert read[key] == before[key]
    assert unmark(made).text == text
