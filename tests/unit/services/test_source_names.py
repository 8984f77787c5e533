"""How a source of advisories is called: by its own name, which holds no secret."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.services.advisories.import_advisories import STARTER, source_name


@pytest.mark.parametrize(
    "source",
    [
        "https://me:hunter2@feeds.example.test/npm/all.zip",
        "https://me:hun/hunter2@feeds.example.test/npm/all.zip",
        "https://feeds.example.test/npm/all.zip?signature=hunter2",
        "https://feeds.example.test/npm/all.zip#hunter2",
        "https://feeds.example.test?hunter2=/npm/all.zip",
        "https://me@feeds.example.test/npm/all.zip?user=hunter2@x",
    ],
)
def test_a_name_holds_the_host_and_no_secret(source: str) -> None:
    assert "hunter2" not in source_name(source)
    assert source_name(source).startswith("feeds.example.test/")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://a.example.test/" + "x" * 40 + "/all.zip", "https://b.example.test/" + "x" * 40 + "/all.zip"),
        ("https://a.example.test/1/" + "x" * 40 + "/all.zip", "https://a.example.test/2/" + "x" * 40 + "/all.zip"),
        ("https://a.example.test/all.zip?feed=1", "https://a.example.test/all.zip?feed=2"),
        ("http://a.example.test/all.zip", "https://a.example.test/all.zip"),
        ("/srv/1/" + "x" * 40, "/srv/2/" + "x" * 40),
    ],
)
def test_two_sources_have_two_names(one: str, other: str) -> None:
    assert source_name(one) != source_name(other)


@pytest.mark.parametrize("plain", [STARTER, "/srv/osv", "./all.zip"])
def test_a_short_path_is_called_what_it_is(plain: str) -> None:
    assert source_name(plain) == plain


@given(st.text())
def test_every_text_has_a_name_and_always_the_same(source: str) -> None:
    assert source_name(source) == source_name(source)
