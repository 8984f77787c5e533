"""How a project stands, as index documents say it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.core.artifacts import ProjectStatus
from pratique.ecosystems.pypi.status import read_status, write_status
from tests.unit.ecosystems.pypi.documents import decided, document, entry, read, written


@pytest.mark.parametrize("key", ["status", "state"])
def test_the_status_is_read_by_the_name_of_the_text_and_by_that_of_the_example(key):
    assert read_status({key: "archived", "reason": "use theirs"}) == ProjectStatus("archived", "use theirs")


@pytest.mark.parametrize("odd", [None, "archived", 7, [], {}, {"status": 7}, {"status": "a b"}, {"status": "x" * 99}])
def test_a_status_in_no_known_form_is_active(odd):
    assert read_status(odd) == ProjectStatus()


def test_what_follows_from_each_status():
    stands = {word: ProjectStatus(word) for word in ("active", "archived", "deprecated", "quarantined", "haunted")}

    assert [word for word, one in stands.items() if not one.takes_uploads] == ["archived", "quarantined"]
    assert [word for word, one in stands.items() if one.is_quarantined] == ["quarantined"]


def test_a_reason_is_kept_to_what_fits_and_can_be_shown():
    assert read_status({"status": "archived", "reason": "a\r\nb" + "x" * 5000}).reason == "a b" + "x" * 997


def test_what_an_upstream_says_besides_is_passed_on_and_its_reason_on_one_line():
    stated = {"state": "archived", "reason": "tidy\n\u00e9", "since": "2026"}

    assert write_status(read_status(stated), stated) == {
        "status": "archived",
        "reason": "tidy \u00e9",
        "since": "2026",
    }


def test_an_index_that_says_nothing_of_it_is_not_made_to_say_anything():
    view = read(document(entry()))

    assert view.status == ProjectStatus()
    assert "project-status" not in written(decided(view))


def test_versions_without_files_stay_among_the_versions():
    view = read(document(entry("demo-1.0.zip"), versions=["0.1", "1.0.0", "1.0", "odd one", 7, "0.1"]))

    assert written(decided(view))["versions"] == ["1.0", "0.1", "odd one"]


@given(st.recursive(st.none() | st.integers() | st.text(max_size=40), lambda inner: st.dictionaries(st.text(), inner)))
def test_whatever_an_upstream_states_is_read_and_written(stated: Any):
    status = read_status(stated)

    assert read_status(write_status(status, stated)).marker == status.marker
