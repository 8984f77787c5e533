"""Keys in tables of any TOML file: set, everything else the same, and every byte back."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pratique.cli.configure.marks import mark, unmark
from pratique.cli.configure.toml_keys import as_literal, set_keys
from pratique.core.errors import Invalid

TABLES = {"install": {"registry": '{ url = "ours" }', "cafile": '"/ca.pem"'}, "solver.more": {"list": '["a"]'}}


def changed(text: str) -> str:
    return mark(text, set_keys(text, TABLES, "# by us"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[install]\nregistry = 'old'\nexact = true\n[other]\nregistry = 'kept'\n",
        "[install] # mine\nregistry = [\n  'a', # one\n  'b',\n]\nexact = true",
        "[install.registry]\nurl = 'old'\n[install]\nexact = true\n",
        "[install]\nregistry.url = 'old'\n",
        "[ solver . more ]\nlist = []\n[install]",
        "[install.scopes]\n'@acme' = 'x'\n",
    ],
)
def test_the_keys_are_set_and_nothing_else_is_changed(text: str) -> None:
    after = changed(text)

    found = tomllib.loads(after)
    assert found["install"].pop("registry") == {"url": "ours"}
    assert found["install"].pop("cafile") == "/ca.pem"
    assert found["solver"]["more"].pop("list") == ["a"]
    before = tomllib.loads(text)
    before.get("install", {}).pop("registry", None)
    before.get("solver", {}).get("more", {}).pop("list", None)
    assert without_empty(found) == without_empty(before)
    assert unmark(after).text == text


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("install = { registry = 'old' }\n", "cannot be changed safely"),
        ("install.registry = 'old'\n", "cannot be changed safely"),
        ("install = 1\n", "cannot be changed safely"),
        ("[[install]]\nregistry = 'old'\n", "cannot be changed safely"),
        ("a = '''\n[install]\n'''\n", "cannot be changed safely"),
        ("[install\n", "is no TOML"),
        ("x = " + "[" * 5000 + "]" * 5000, "is no TOML"),
    ],
    ids=["inline", "dotted", "no-table", "list", "in-a-text", "broken", "deep"],
)
def test_what_is_written_in_another_form_is_refused_with_what_to_do(text: str, sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence):
        changed(text)


@given(st.text(max_size=40))
def test_any_text_is_written_as_a_literal_that_reads_back(text: str) -> None:
    assert tomllib.loads(f"value = {as_literal(text)}")["value"] == text


LINES = st.sampled_from(
    [
        "",
        "# [install]",
        "[install]",
        " [ install ] # mine",
        "[solver.more]",
        "[other]",
        "[[install]]",
        "registry = 'old'",
        '"registry" = "old"',
        "registry = [",
        "]",
        "  'x',",
        "x = '''",
        "'''",
        "list = ['b']\r",
        "install.registry = 1",
        "[install.registry]",
        "url = 'old'",
    ]
)


@given(st.lists(LINES, max_size=8).map("\n".join))
@settings(max_examples=300, deadline=None)
def test_any_file_is_changed_as_wanted_or_refused(text: str) -> None:
    try:
        after = changed(text)
    except Invalid:
        return
    assert unmark(after).text == text
    assert tomllib.loads(after)["install"]["registry"] == {"url": "ours"}


def without_empty(tree: dict[str, object]) -> dict[str, object]:
    """Tables that hold nothing say nothing."""
    found = {key: without_empty(one) if isinstance(one, dict) else one for key, one in tree.items()}
    return {key: one for key, one in found.items() if one != {}}
