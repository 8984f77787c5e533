"""Keys at the top of any YAML file: set, everything else the same, and every byte back."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from pratique.cli.configure.marks import mark, unmark
from pratique.cli.configure.yaml_keys import check_yaml, listed, set_keys
from pratique.core.errors import Invalid

WANTED = {"registry": "http://127.0.0.1:7417/", "exempt": ["@acme/*", "yes", "1.0"]}


def changed(text: str) -> str:
    return mark(text, set_keys(text, WANTED, "# by us"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# only mine\n",
        "other: 1\nregistry: old # why\nlast: true",
        "exempt:\n- a\n- b\n\n# about last\nlast: 1\n",
        "exempt:\n  - a\n  # inside\n  - b\nregistry: >\n  old\n  text\n",
        "registry: {a: 1,\n  b: 2}\nlast: |\n  text\n",
        "'registry': old\n\"exempt\": [a]\n",
        "---\nregistry: old\r\nother: 1\r\n",
    ],
)
def test_the_keys_are_set_and_nothing_else_is_changed(text: str) -> None:
    after = changed(text)

    assert yaml.safe_load(after) == {**check_yaml(text), **WANTED}
    assert unmark(after).text == text


def test_comments_that_belong_to_the_next_key_stay_with_it() -> None:
    assert "\n# about last\nlast: 1\n" in changed("exempt:\n- a\n\n# about last\nlast: 1\n")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{registry: old}\n", "cannot be changed safely"),
        ("a: 1\n...\n", "cannot be changed safely"),
        ("registry: &r old\nother: *r\n", "cannot be changed safely"),
        ("- a\n", "is no YAML mapping"),
        ("a: [\n", "is no YAML"),
        ("a: 1\n---\nb: 2\n", "is no YAML"),
        ("a: !!python/object:os.system x\n", "is no YAML"),
    ],
)
def test_what_is_written_in_another_form_is_refused_with_what_to_do(text: str, sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence):
        changed(text)


def test_a_list_keeps_what_it_held() -> None:
    assert listed({"exempt": ["mine", "a"]}, "exempt", ("a", "b")) == ["mine", "a", "b"]
    with pytest.raises(Invalid, match="`exempt` is no list"):
        listed({"exempt": "mine"}, "exempt", ("a",))


LINES = st.sampled_from(
    [
        *(
            "",
            "# mine",
            "registry: old",
            "registry:",
            "  a: 1",
            "- a",
            "  - b",
            "exempt: [a,",
            "  b]",
            "x: |",
            "  text",
        ),
        *("---", "'registry' : 1", "{a: 1}", "exempt: &x", "y: *x", "? registry", ": old", "\t"),
    ]
)


@given(st.lists(LINES, max_size=7).map("\n".join))
@settings(max_examples=300, deadline=None)
def test_any_file_is_changed_as_wanted_or_refused(text: str) -> None:
    try:
        after = changed(text)
    except Invalid:
        return
    assert unmark(after).text == text
    assert yaml.safe_load(after) == {**check_yaml(text), **WANTED}
