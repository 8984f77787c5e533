from pratique.core.artifacts import Digests, Origin
from pratique.core.decisions import Action
from pratique.core.facts import Absent, DigestCheck
from pratique.core.ranges import parse_range
from pratique.rules.canonical import canonical, without_excuses
from tests.unit.rules.cases import NOW, entry


def test_plain_values_stay_what_they_are():
    assert [canonical(value) for value in (None, True, False, 0, NOW, "x")] == [None, True, False, 0, NOW, "x"]


def test_enums_become_their_words():
    assert (canonical(Action.HOLD), canonical(Origin.OWN)) == ("hold", "own")


def test_structs_become_objects_and_ranges_their_text():
    seen = canonical(entry(versions=">=1,<2 || 3", reason="no"))

    assert seen["versions"] == ">=1,<2 || 3"
    assert (seen["kind"], seen["action"], seen["reason"], seen["expires"]) == ("deny", "deny", "no", None)
    assert canonical(DigestCheck(listed=Digests(sha256="aa")))["listed"]["sha256"] == "aa"


def test_sets_are_sorted_and_tuples_keep_their_order():
    assert canonical(frozenset({"b", "a"})) == ["a", "b"]
    assert canonical(frozenset({"b", 1})) == ["b", 1]
    assert canonical(("b", "a")) == ["b", "a"]
    assert canonical({"b": (1,), "a": parse_range("*")}) == {"b": [1], "a": "*"}


def test_a_float_becomes_text_so_that_no_hash_depends_on_it_being_one():
    assert canonical(1.5) == "1.5"


def test_an_absent_fact_keeps_its_excuse_for_people_and_loses_it_for_ids():
    shown = {"published": canonical(Absent("no answer")), "popularity": 3}

    assert shown["published"] == {"absent": "no answer"}
    assert without_excuses(shown) == {"published": {"absent": True}, "popularity": 3}
    assert without_excuses({"reservation": {"absent": "x", "id": 1}}) == {"reservation": {"absent": "x", "id": 1}}
