"""Dist-tags follow the newest allowed version, never upwards and never from a release to a pre-release."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pratique.ecosystems.npm.tags import move_tags
from pratique.ecosystems.npm.versions import is_prerelease, version_key

VERSIONS = ["1.0.0", "1.0.1", "1.1.0", "2.0.0-rc.1", "2.0.0", "2.1.0-b.1", "10.0.0"]


def test_a_tag_on_an_allowed_version_stays():
    assert move_tags({"latest": "1.0.0", "old": "1.0.0"}, ["1.0.0", "1.0.1"]) == {"latest": "1.0.0", "old": "1.0.0"}


def test_latest_moves_down_to_the_newest_allowed_release():
    assert move_tags({"latest": "2.0.0"}, ["1.0.0", "1.1.0", "2.0.0-rc.1", "10.0.0"]) == {"latest": "1.1.0"}


def test_a_release_tag_never_moves_to_a_prerelease():
    assert move_tags({"latest": "2.0.0", "lts": "2.0.0"}, ["2.0.0-rc.1"]) == {}


def test_a_prerelease_tag_takes_what_is_newest_below_it():
    assert move_tags({"next": "2.1.0-b.1"}, ["1.0.0", "2.0.0-rc.1"]) == {"next": "2.0.0-rc.1"}
    assert move_tags({"next": "2.1.0-b.1"}, ["2.0.0-rc.1", "2.0.0"]) == {"next": "2.0.0"}


def test_without_a_candidate_below_a_tag_goes_and_latest_takes_the_newest_allowed():
    assert move_tags({"latest": "1.0.0", "lts": "1.0.0"}, ["1.1.0", "2.0.0"]) == {"latest": "2.0.0"}


def test_nothing_allowed_leaves_no_tags():
    assert move_tags({"latest": "1.0.0"}, []) == {}


@given(
    st.dictionaries(st.sampled_from(["latest", "next", "lts"]), st.sampled_from(VERSIONS)),
    st.sets(st.sampled_from(VERSIONS)),
)
def test_tags_point_only_to_listed_versions_and_only_latest_rises(tags, allowed):
    for tag, target in move_tags(tags, allowed).items():
        assert target in allowed
        assert is_prerelease(tags[tag]) or not is_prerelease(target)
        assert tag == "latest" or version_key(target) <= version_key(tags[tag])
