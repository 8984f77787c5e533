"""What npm's clients read: allowed versions only, everything served from here, reasons for the rest."""

from __future__ import annotations

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.core.decisions import Action
from pratique.core.ecosystem import Listing
from pratique.core.errors import BadUpstream
from pratique.ecosystems.npm import NPM
from tests.unit.ecosystems.npm.packuments import BASE, decision, document, entry, listed, read

HOLD, DENY, HIDE, WARN = Action.HOLD, Action.DENY, Action.HIDE, Action.WARN
FOUR = document("left", "1.0.0", "1.0.1", "1.1.0", "2.0.0-b.1", tags={"latest": "1.1.0", "next": "2.0.0-b.1"})


@pytest.mark.parametrize("action", [HOLD, DENY])
@pytest.mark.parametrize("form", ["full", "abbreviated"])
def test_a_refused_version_is_left_out_with_its_time_and_named_with_the_reason(action, form):
    packument = listed(read(FOUR), {"1.1.0": action}, form)
    assert list(packument["versions"]) == ["1.0.0", "1.0.1", "2.0.0-b.1"]
    assert "1.1.0" not in packument["time"]
    assert packument["policyRestrictions"] == {
        "message": "Blocked by policy cooldown: left@1.1.0 is 3 hours old; allowed: 1.0.1; "
        "do not retry or substitute; see http://127.0.0.1:7417/r/d110",
        "versions": {"1.1.0": {"name": "left", "version": "1.1.0"}},
    }
    assert packument["dist-tags"] == {"latest": "1.0.1", "next": "2.0.0-b.1"}


@pytest.mark.parametrize("form", ["full", "abbreviated"])
def test_a_hidden_version_is_left_out_without_being_called_refused(form):
    packument = listed(read(FOUR), {"1.1.0": HIDE}, form)
    assert list(packument["versions"]) == ["1.0.0", "1.0.1", "2.0.0-b.1"]
    assert "1.1.0" not in packument["time"]
    assert "policyRestrictions" not in packument
    assert packument["dist-tags"] == {"latest": "1.0.1", "next": "2.0.0-b.1"}


def test_nothing_refused_means_no_restrictions():
    assert "policyRestrictions" not in listed(read(FOUR), {})


def test_a_warned_version_stays_as_it_is():
    assert listed(read(FOUR), {"1.1.0": WARN}) == listed(read(FOUR), {})


def test_everything_refused_leaves_reasons_only():
    packument = listed(read(FOUR), dict.fromkeys(FOUR["versions"], DENY))
    assert packument["versions"] == packument["dist-tags"] == {}
    assert set(packument["time"]) == {"created", "modified"}
    assert "allowed: none" in packument["policyRestrictions"]["message"]
    assert set(packument["policyRestrictions"]["versions"]) == set(FOUR["versions"])


def test_versions_refused_for_one_reason_share_its_sentence():
    message = listed(read(FOUR), {"1.0.1": DENY, "1.1.0": DENY})["policyRestrictions"]["message"]
    assert message.count("\n") == 0
    assert "left@1.1.0" in message
    assert message.endswith("(the same goes for 1.0.1)")


def test_versions_refused_for_different_reasons_have_a_line_each_newest_first():
    view = read(FOUR)
    refused = {
        "1.0.1": decision(view, "1.0.1", DENY, "denylist", "is denied"),
        "1.1.0": decision(view, "1.1.0", HOLD),
    }
    first, second = listed(view, refused)["policyRestrictions"]["message"].splitlines()
    assert first.startswith("Blocked by policy cooldown: left@1.1.0 is 3 hours old; allowed: 1.0.0;")
    assert second.startswith("Blocked by policy denylist: left@1.0.1 is denied; allowed: 1.0.0;")


def test_a_thousand_refused_versions_make_a_short_message():
    versions = [f"1.{number}.0" for number in range(1000)]
    view = read(document("left", *versions[:28]) | {"versions": {each: entry("left", each) for each in versions}})
    refused = {
        each: decision(view, each, HOLD, why=f"is {index % 20} hours old") for index, each in enumerate(versions)
    }
    message = listed(view, refused)["policyRestrictions"]["message"]
    assert len(message) < 4000
    assert "600 more versions are refused for other reasons" in message


def test_reasons_of_an_upstream_of_our_own_kind_are_passed_on():
    restrictions = {
        "message": "Blocked by policy denylist: left@3.0.0 is denied\x00",
        "versions": {"3.0.0": {}, "bad": {}},
    }
    packument = listed(read(FOUR | {"policyRestrictions": restrictions}), {"1.1.0": HOLD})
    first, second = packument["policyRestrictions"]["message"].splitlines()
    assert first.startswith("Blocked by policy cooldown: left@1.1.0")
    assert second.startswith("Blocked by policy denylist: left@3.0.0 is denied")
    assert packument["policyRestrictions"]["versions"] == {
        "1.1.0": {"name": "left", "version": "1.1.0"},
        "3.0.0": {"name": "left", "version": "3.0.0"},
    }


def second_server(refused):
    """What a server in front of one that refuses these versions reads."""
    return read(listed(read(FOUR), refused))


def test_a_file_that_the_upstream_refuses_carries_its_sentence_also_where_versions_share_one():
    view = second_server({"1.0.1": DENY, "1.1.0": DENY, "2.0.0-b.1": HIDE})
    said = NPM.kept_back(view, "left-1.1.0.tgz")
    assert said.startswith("Blocked by policy cooldown: left@1.1.0 is 3 hours old; allowed: 1.0.0;")
    assert said.endswith("/r/d110")
    assert NPM.kept_back(view, "left-1.0.1.tgz").startswith("Blocked by policy cooldown: left@1.1.0")
    assert NPM.kept_back(view, "left-1.0.0.tgz") is None
    assert NPM.kept_back(view, "left-2.0.0-b.1.tgz") is None
    assert NPM.kept_back(view, "left-9.9.9.tgz") is None


def test_a_server_in_front_reads_a_hidden_version_with_all_that_an_offered_one_has():
    front, back = second_server({"1.1.0": HIDE}), read(FOUR)
    (mine,) = (file for file in front.files if file.version == "1.1.0")
    (theirs,) = (file for file in back.files if file.version == "1.1.0")
    assert (mine.filename, mine.digests, mine.published) == (theirs.filename, theirs.digests, theirs.published)
    assert mine.url == f"{BASE}/left/-/left-1.1.0.tgz"
    assert NPM.kept_back(front, mine.filename) is None


@pytest.mark.parametrize("form", ["full", "abbreviated"])
@pytest.mark.parametrize("action", [Action.ALLOW, WARN, HIDE])
def test_what_the_upstream_hides_is_never_offered_whatever_is_thought_of_it_here(action, form):
    packument = listed(second_server({"1.1.0": HIDE}), {"1.1.0": action}, form)
    assert list(packument["versions"]) == ["1.0.0", "1.0.1", "2.0.0-b.1"]
    assert "1.1.0" not in packument["time"]
    assert "policyRestrictions" not in packument
    assert packument["dist-tags"] == {"latest": "1.0.1", "next": "2.0.0-b.1"}


def test_hidden_versions_are_passed_on_from_server_to_server_and_the_mark_with_them():
    second = listed(second_server({"1.1.0": HIDE}), {"1.0.1": HIDE})
    third = read(second)
    assert sorted(second["_hidden"]["versions"]) == ["1.0.1", "1.1.0"]
    assert second["_hidden"]["versions"]["1.1.0"] == entry("left", "1.1.0") | {
        "dist": entry("left", "1.1.0")["dist"] | {"tarball": f"{BASE}/left/-/left-1.1.0.tgz"}
    }
    assert list(listed(third, {})["versions"]) == ["1.0.0", "2.0.0-b.1"]


def test_what_the_upstream_hides_and_we_refuse_is_refused():
    packument = listed(second_server({"1.1.0": HIDE}), {"1.1.0": DENY})
    assert set(packument["policyRestrictions"]["versions"]) == {"1.1.0"}
    assert "_hidden" not in packument


def test_a_hidden_version_is_named_to_nobody_as_an_allowed_one():
    message = listed(second_server({"1.1.0": HIDE}), {"1.0.1": DENY})["policyRestrictions"]["message"]
    assert "allowed: 1.0.0;" in message


def test_of_what_an_upstream_says_twice_the_stricter_counts():
    hidden = {"versions": {"1.1.0": entry("left", "1.1.0"), "1.0.1": 7}, "time": {}}
    restrictions = {"message": "no", "versions": {"1.1.0": {}}}
    view = read(FOUR | {"_hidden": hidden, "policyRestrictions": restrictions})
    assert list(listed(view, {})["versions"]) == ["1.0.0", "2.0.0-b.1"]
    assert NPM.kept_back(view, "left-1.1.0.tgz") is not None


def test_a_version_whose_package_json_carries_the_mark_is_offered_without_it():
    packument = FOUR | {"versions": FOUR["versions"] | {"1.1.0": entry("left", "1.1.0", _hidden=True)}}
    assert "_hidden" not in listed(read(packument), {})["versions"]["1.1.0"]


@pytest.mark.parametrize(
    "junk", [7, [], {}, None, {"versions": 7}, {"versions": {"bad": 1}}, {"versions": {"9.0.0": {}}, "time": 7}]
)
def test_hidden_versions_of_another_form_are_dropped(junk):
    assert listed(read(FOUR | {"_hidden": junk}), {}) == listed(read(FOUR), {})


def test_without_hidden_versions_there_is_no_field_for_them_and_clients_short_form_has_none_ever():
    assert "_hidden" not in listed(read(FOUR), {"1.1.0": HOLD})
    assert "_hidden" not in listed(read(FOUR), {"1.1.0": HIDE}, "abbreviated")


def test_an_upstream_keeps_nothing_back_that_it_offers_and_says_something_in_any_case():
    restrictions = {"message": 7, "versions": {"1.1.0": {}, "3.0.0": {}}}
    view = read(FOUR | {"policyRestrictions": restrictions})
    assert NPM.kept_back(view, "left-1.1.0.tgz") is None
    assert "left@3.0.0" in NPM.kept_back(view, "left-3.0.0.tgz")


@pytest.mark.parametrize("junk", [7, [], {}, {"versions": []}, {"versions": {"bad": 1}}, {"message": "x"}])
def test_restrictions_of_another_form_are_dropped(junk):
    assert "policyRestrictions" not in listed(read(FOUR | {"policyRestrictions": junk}), {})


def test_an_upstream_cannot_restrict_what_it_offers():
    packument = listed(read(FOUR | {"policyRestrictions": {"message": "x", "versions": {"1.1.0": {}}}}), {})
    assert "policyRestrictions" not in packument


def test_versions_staged_upstream_are_not_shown():
    staged = {"versions": {"9.0.0": entry("left", "9.0.0")}}
    assert b"9.0.0" not in orjson.dumps(listed(read(FOUR | {"stagedVersions": staged}), {}))


def test_tarballs_are_served_from_here():
    view = read(document("@acme/lib", "1.0.0"), "@acme/lib")
    for form in ("full", "abbreviated"):
        assert listed(view, {}, form)["versions"]["1.0.0"]["dist"]["tarball"] == f"{BASE}/@acme/lib/-/lib-1.0.0.tgz"


def test_what_we_do_not_know_passes_through():
    version = entry("left", "1.0.0", gitHead="abc", _npmUser={"name": "x"})
    version["dist"]["signatures"] = [{"keyid": "k", "sig": "s"}]
    packument = listed(
        read(document("left", "1.0.0", readme="hello", custom=[1]) | {"versions": {"1.0.0": version}}), {}
    )
    assert packument["readme"] == "hello"
    assert packument["custom"] == [1]
    assert packument["versions"]["1.0.0"]["gitHead"] == "abc"
    assert packument["versions"]["1.0.0"]["dist"]["signatures"] == [{"keyid": "k", "sig": "s"}]


def test_the_upstreams_document_is_not_changed_by_writing_it():
    view = read(FOUR)
    before = orjson.dumps([file.raw for file in view.files])
    listed(view, {"1.1.0": HOLD})
    assert orjson.dumps([file.raw for file in view.files]) == before


def test_every_full_document_has_a_revision_and_times():
    packument = listed(read({"name": "left", "versions": {"1.0.0": entry("left", "1.0.0")}}), {})
    assert packument["_rev"].startswith("1-")
    assert packument["time"] == {}
    assert listed(read(FOUR), {})["_rev"] == "7-abc"
    assert listed(read(FOUR), {})["time"] == FOUR["time"]


def test_the_abbreviated_form_has_what_installing_needs_and_no_more():
    version = entry(
        "left", "1.0.0", dependencies={"a": "1"}, scripts={"postinstall": "x"}, readme="long", bin={"l": "x"}
    )
    packument = document("left", "1.0.0", readme="long", description="d") | {"versions": {"1.0.0": version}}
    short = listed(read(packument), {}, "abbreviated")
    assert set(short) == {"name", "dist-tags", "versions", "time", "modified"}
    assert short["modified"] == "2024-02-01T00:00:00.000Z"
    assert short["time"]["1.0.0"] == "2024-01-01T00:00:00.000Z"
    assert set(short["versions"]["1.0.0"]) == {"name", "version", "dist", "dependencies", "bin", "hasInstallScript"}


def test_each_form_has_its_content_type():
    view = read(document("left", "1.0.0"))
    allowed = {file.filename: decision(view, file.version, Action.ALLOW) for file in view.files}
    listing = Listing(view, allowed, BASE, str, ("1.0.0",))
    assert NPM.write_listing(listing, "full").content_type == "application/json"
    assert NPM.write_listing(listing, "abbreviated").content_type == "application/vnd.npm.install-v1+json"


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        (None, "full"),
        ("", "full"),
        ("application/json", "full"),
        ("*/*", "full"),
        ("application/vnd.npm.install-v1+json", "abbreviated"),
        ("application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8, */*", "abbreviated"),
        ("Application/VND.npm.install-v1+JSON;q=0.5,*/*;q=0.1", "abbreviated"),
        ("application/vnd.npm.install-v1+json;q=0.5, application/json", "full"),
        ("application/vnd.npm.install-v1+json;q=0", "full"),
        ("application/vnd.npm.install-v1+json;q=x", "full"),
    ],
)
def test_clients_get_the_form_they_prefer(accept, form):
    assert NPM.negotiate(accept) == form


def test_a_document_nested_too_deeply_to_write_is_the_upstreams_fault():
    text = orjson.dumps(document("left", "1.0.0"))[:-1] + b',"custom":' + b"[" * 300 + b"]" * 300 + b"}"
    with pytest.raises(BadUpstream, match="cannot be written"):
        listed(read(text), {})


actions = st.sampled_from(list(Action))


@given(
    st.dictionaries(st.sampled_from([*FOUR["versions"], "3.0.0"]), actions), st.sampled_from(["full", "abbreviated"])
)
def test_refused_files_appear_nowhere_for_clients_and_tags_point_to_listed_versions(refused, form):
    packument = FOUR | {"dist-tags": {"latest": "1.1.0", "next": "2.0.0-b.1", "old": "1.0.0", "gone": "0.1.0"}}
    document = listed(read(packument), refused, form)
    hidden = document.pop("_hidden", {"versions": {}})["versions"]
    assert set(hidden) == {each for each in FOUR["versions"] if refused.get(each) is HIDE and form == "full"}
    text = orjson.dumps(document).decode()
    for version in FOUR["versions"]:
        action = refused.get(version, Action.ALLOW)
        left_out = action.leaves_listing
        assert (version in document["versions"]) is not left_out
        assert (f"left-{version}.tgz" in text) is not left_out
        assert (version in document.get("policyRestrictions", {}).get("versions", {})) is action.refuses_download
    assert set(document["dist-tags"].values()) <= set(document["versions"])
    assert "upstream.example.test" not in text
