"""What cargo reads: what is kept back stays in its line, yanked, with the sentence for servers of our kind."""

from __future__ import annotations

import msgspec
import orjson
import pytest

from pratique.core.artifacts import ProjectView
from pratique.core.decisions import Action
from pratique.ecosystems.cargo import CARGO
from pratique.ecosystems.cargo.cargo_toml import PUBLIC_INDEX
from tests.harness.crates import index_line
from tests.unit.ecosystems.cargo.reading import BASE, lines, listed

DEP = {"name": "a", "req": "^1", "features": [], "optional": False, "default_features": True, "target": None,
       "kind": "normal", "registry": None, "package": None}  # fmt: skip


def view(*versions: str, deps=(), **fields) -> ProjectView:
    content = "\n".join(index_line("left", one, one.encode(), deps, **fields) for one in versions)
    return CARGO.read_listing("left", content.encode(), "text/plain", BASE)


def lines_of(*views: ProjectView) -> ProjectView:
    """One crate of the lines of several."""
    return msgspec.structs.replace(views[0], files=tuple(file for one in views for file in one.files))


def test_what_is_allowed_is_listed_as_it_came():
    stated = orjson.loads(index_line("left", "1.0.0", b"1.0.0", [DEP], new=1, features={"x": ["y"]}))
    assert lines(listed(view("1.0.0", deps=[DEP], new=1, features={"x": ["y"]}), {}))["1.0.0"] == stated


def test_one_form_is_offered_whatever_is_accepted():
    assert CARGO.negotiate(None) == CARGO.negotiate("application/json") == "lines"
    rendered = listed(view("1.0.0"), {})
    assert rendered.content_type == "text/plain; charset=utf-8"
    assert rendered.body.endswith(b"}\n")


@pytest.mark.parametrize(
    ("action", "field", "outcome", "what_now"),
    [
        ("HOLD", "_refused", "Blocked", "do not retry or substitute"),
        ("DENY", "_refused", "Blocked", "do not retry or substitute"),
        ("HIDE", "_hidden", "Not offered", "pins of it are served"),
    ],
)
def test_what_resolvers_may_not_take_is_yanked_and_says_why(action, field, outcome, what_now):
    found = lines(listed(view("1.0.0", "1.0.1"), {"1.0.1": Action[action]}))
    assert [(one["vers"], one["yanked"]) for one in found.values()] == [("1.0.0", False), ("1.0.1", True)]
    assert found["1.0.1"][field] == (
        f"{outcome} by policy cooldown: left@1.0.1 is 3 hours old; allowed: 1.0.0; {what_now}; "
        "see http://127.0.0.1:7417/r/d1.0.1"
    )
    assert found["1.0.1"]["cksum"]
    assert not {"_refused", "_hidden"} & found["1.0.0"].keys()


@pytest.mark.parametrize("field", ["_refused", "_hidden"])
def test_what_an_upstream_keeps_back_is_said_to_servers_in_front_too(field):
    found = lines(listed(lines_of(view("1.0.0", **{field: "Blocked by the first"}), view("1.0.1")), {}))
    assert (found["1.0.0"]["yanked"], found["1.0.0"][field]) == (True, "Blocked by the first")


def test_a_warned_release_is_offered():
    assert lines(listed(view("1.0.0"), {"1.0.0": Action.WARN}))["1.0.0"]["yanked"] is False


def test_a_yanked_release_stays_yanked():
    assert lines(listed(view("1.0.0", yanked=True), {}))["1.0.0"]["yanked"] is True


@pytest.mark.parametrize(
    ("versions", "named"),
    [(("2.0.0", "1.10.0", "1.9.0"), "2.0.0"), (("1.10.0", "1.9.0"), "1.10.0"), (("1.0.0", "2.0.0-a"), "1.0.0"),
     (("1.0.0-a", "1.0.0-b", "0.9.0-c"), "1.0.0-b")],
)  # fmt: skip
def test_of_a_crate_refused_whole_the_newest_release_is_named_wherever_its_line_is(versions, named):
    rendered = listed(view(*versions), dict.fromkeys(versions, Action.DENY))
    assert orjson.loads(rendered.body)["decision_id"] == f"d{named}"


@pytest.mark.parametrize("features", [None, {}])
def test_features_are_always_a_table(features):
    assert lines(listed(view("1.0.0", features=features), {}))["1.0.0"]["features"] == {}


def test_where_nothing_is_left_the_crate_is_refused_whole():
    rendered = listed(view("1.0.0", "2.0.0"), {"1.0.0": Action.DENY, "2.0.0": Action.HOLD})
    said = orjson.loads(rendered.body)
    line = "Blocked by policy cooldown: left@2.0.0 is 3 hours old; allowed: none; do not retry or substitute; "
    assert rendered.status == 403
    assert said["errors"] == [{"detail": line + "see http://127.0.0.1:7417/r/d2.0.0"}]
    assert said["allowed_versions"] == []
    assert said["decision_id"] == "d2.0.0"
    assert said["rule"] == "cooldown"
    assert said["retry"] is False


def test_where_two_servers_leave_nothing_together_the_crate_is_refused_in_the_words_of_the_newest():
    behind = view("1.0.1", _refused="Blocked by policy denylist: left@1.0.1; see http://behind/r/x")
    both = lines_of(view("1.0.0"), behind)
    theirs = listed(both, {"1.0.0": Action.DENY})
    ours = listed(lines_of(behind, view("2.0.0")), {"2.0.0": Action.HOLD})
    assert (theirs.status, ours.status) == (403, 403)
    said = orjson.loads(theirs.body)
    assert said["error"] == theirs.reason == "Blocked by policy denylist: left@1.0.1; see http://behind/r/x"
    assert (said["allowed_versions"], said["retry"], said["decision_id"]) == ([], False, "")
    assert orjson.loads(ours.body)["decision_id"] == "d2.0.0"


def test_a_release_that_both_servers_refuse_is_refused_in_our_words():
    rendered = listed(view("1.0.0", _refused="Blocked by the first"), {"1.0.0": Action.DENY})
    assert orjson.loads(rendered.body)["decision_id"] == "d1.0.0"


def test_a_crate_of_which_only_a_yanked_release_is_not_refused_keeps_its_index_for_those_who_pinned_it():
    found = lines(listed(lines_of(view("1.0.0", yanked=True), view("1.0.1")), {"1.0.1": Action.DENY}))
    assert [(one["yanked"], "_refused" in one) for one in found.values()] == [(True, False), (True, True)]


def test_what_is_only_hidden_is_listed_for_those_who_have_pinned_it():
    found = lines(listed(view("1.0.0", "2.0.0"), {"1.0.0": Action.HIDE, "2.0.0": Action.DENY}))
    assert [one["yanked"] for one in found.values()] == [True, True]


def test_an_empty_crate_is_an_empty_file():
    rendered = listed(view(), {})
    assert (rendered.status, rendered.body) == (200, b"")


def test_times_are_written_in_whole_seconds_because_cargo_reads_no_others():
    found = lines(listed(view("1.0.0", pubtime="2024-01-02T05:04:05.999+02:00"), {}))
    assert found["1.0.0"]["pubtime"] == "2024-01-02T03:04:05Z"


@pytest.mark.parametrize("here", [f"sparse+{BASE}/index/", f"sparse+{BASE}/members/index/", f"sparse+{BASE}/index"])
def test_a_dependency_from_here_names_no_registry(here):
    found = lines(listed(view("1.0.0", deps=[DEP | {"registry": here}]), {}))
    assert found["1.0.0"]["deps"][0]["registry"] is None


OTHER = "https://crates.example.test/main/cargo"


@pytest.mark.parametrize(
    "here",
    [f"sparse+{OTHER}/index/", f"sparse+{OTHER}/members/index/", f"sparse+{BASE}/index/",
     "sparse+https://Crates.Example.test.:443/main/cargo/members/index"],
)  # fmt: skip
def test_a_dependency_from_here_by_another_of_our_addresses_names_no_registry_either(here):
    found = lines(listed(view("1.0.0", deps=[DEP | {"registry": here}]), {}, (BASE, OTHER)))
    assert found["1.0.0"]["deps"][0]["registry"] is None


@pytest.mark.parametrize(
    "there",
    [f"sparse+{OTHER}2/index/", "sparse+https://crates.example.test/other/cargo/index/",
     "sparse+http://crates.example.test/main/cargo/index/", "sparse+https://crates.example.test:8443/main/cargo/index/"],
)  # fmt: skip
def test_a_dependency_from_beside_our_addresses_keeps_its_registry(there):
    found = lines(listed(view("1.0.0", deps=[DEP | {"registry": there}]), {}, (BASE, OTHER)))
    assert found["1.0.0"]["deps"][0]["registry"] == there


@pytest.mark.parametrize("there", [PUBLIC_INDEX, f"sparse+{BASE}2/index/", f"{BASE}/files/", None])
def test_a_dependency_from_elsewhere_keeps_its_registry(there):
    found = lines(listed(view("1.0.0", deps=[DEP | {"registry": there}]), {}))
    assert found["1.0.0"]["deps"][0]["registry"] == there


def test_what_is_read_is_not_changed_by_writing_it():
    read = view("1.0.0", deps=[DEP | {"registry": f"sparse+{BASE}/index/"}])
    before = orjson.dumps(read.files[0].raw)
    listed(read, {"1.0.0": Action.DENY})
    assert orjson.dumps(read.files[0].raw) == before


def test_the_sentence_of_an_upstream_of_our_kind_is_its_reason_and_passed_on_clean():
    read = view("1.0.0", "2.0.0", _refused="Blocked by policy\r\n denylist: \u2603", _hidden="x")
    assert CARGO.kept_back(read, "left-1.0.0.crate") == "Blocked by policy denylist: ?"
    passed_on = lines(listed(lines_of(read, view("3.0.0")), {}))["1.0.0"]
    assert (passed_on["_refused"], passed_on["_hidden"]) == ("Blocked by policy denylist: ?", "x")


@pytest.mark.parametrize("said", [None, "", 7, [], {"a": 1}])
def test_an_upstream_that_gives_no_sentence_keeps_nothing_back(said):
    assert CARGO.kept_back(view("1.0.0", _refused=said), "left-1.0.0.crate") is None


def test_nothing_is_known_of_files_that_are_not_listed():
    assert CARGO.kept_back(view("1.0.0", _refused="x"), "left-9.0.0.crate") is None


def test_a_long_sentence_is_cut():
    assert len(CARGO.kept_back(view("1.0.0", _refused="x" * 9_000), "left-1.0.0.crate")) == 200


def test_a_second_server_in_front_learns_what_is_refused_and_what_is_only_hidden():
    first = listed(view("1.0.0", "2.0.0", "3.0.0"), {"2.0.0": Action.HOLD, "3.0.0": Action.HIDE})
    behind = CARGO.read_listing("left", first.body, first.content_type, BASE)
    assert "left@2.0.0" in CARGO.kept_back(behind, "left-2.0.0.crate")
    assert CARGO.kept_back(behind, "left-3.0.0.crate") is None
    own, held, hidden = (file.yanked for file in behind.files)
    assert (own, held) == (None, CARGO.kept_back(behind, "left-2.0.0.crate"))
    assert hidden.startswith("Not offered by policy cooldown: left@3.0.0")
