"""What holds for every name: no collision with itself, no hold taken away, no verdict by case or delimiter."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pratique.naming.check import At, Outcome, Verdict, check
from pratique.naming.corpus import Known
from pratique.naming.snapshot import build
from pratique.naming.spelling import SPELLINGS
from tests.unit.naming.names import POPULAR, world

ECOSYSTEM = st.sampled_from(sorted(SPELLINGS))
WORD = st.text(alphabet="abcelnorstui01", min_size=1, max_size=7)
NAME = st.builds(lambda words, joint: joint.join(words), st.lists(WORD, min_size=1, max_size=3), st.sampled_from("-_."))
SCOPED = st.builds(lambda scope, name: f"@{scope}/{name}", WORD, NAME)


def near(name: str) -> st.SearchStrategy[str]:
    """Names that are not far from one."""
    return st.sampled_from(
        [name, name.upper(), name.replace("-", "_"), name.replace("e", "3", 1), name[::-1], name[1:], name + name[-1:],
         name[1:2] + name[:1] + name[2:], name + "-js", "node-" + name, name.partition("/")[2] or name + "2"]
    )  # fmt: skip


TYPED = st.one_of(NAME, SCOPED, st.sampled_from(POPULAR["npm"]).flatmap(near))


@given(ECOSYSTEM, st.text(max_size=60))
def test_any_text_gets_a_verdict_in_one_printable_sentence(ecosystem, text):
    verdict = check(world(ecosystem), text)

    assert verdict.name == text
    assert verdict.why.isascii()
    assert verdict.why.isprintable()
    assert 0 <= verdict.score <= 1


@given(TYPED, st.lists(TYPED, max_size=6))
def test_a_name_never_collides_with_itself(name, others):
    verdict = check(build("npm", [Known("left-pad")], [*others, name]), name)

    assert name not in verdict.targets


@given(TYPED, st.lists(TYPED, max_size=4), st.lists(TYPED, max_size=20))
def test_further_names_never_take_a_hold_away(name, names, further):
    popular = [Known(one) for one in POPULAR["npm"]]
    before = check(build("npm", popular, names), name)
    after = check(build("npm", popular, [*names, *further]), name)

    if before.verdict is Outcome.HOLD:
        assert after.verdict is Outcome.HOLD


@given(NAME, st.lists(TYPED, max_size=6))
def test_delimiters_do_not_change_a_verdict(name, others):
    known = {one.lower().replace("_", "-").replace(".", "-") for one in others}
    others = [one for one in others if one.lower().replace("_", "-").replace(".", "-") != name.lower()]
    snapshot = build("rubygems", [Known("rest-client")], others)
    verdicts = [
        check(snapshot, name.replace("-", joint).replace("_", joint).replace(".", joint)) for joint in ("-", "_", ".")
    ]

    if not known & {name.replace("_", "-").replace(".", "-")} and verdicts[0].kind != "invalid":
        assert len({(one.verdict, one.score, one.kind) for one in verdicts}) == 1


@given(NAME)
def test_case_does_not_change_a_verdict(name):
    def judged(text: str) -> tuple[object, ...]:
        verdict: Verdict = check(world("pypi"), text)
        return verdict.verdict, verdict.score, verdict.kind, verdict.targets

    assert judged(name) == judged(name.upper()) == judged(name.title())


@given(TYPED)
def test_the_same_name_and_snapshot_give_the_same_verdict(name):
    again = build("npm", [Known(one) for one in POPULAR["npm"]])

    assert check(world("npm"), name) == check(again, name)


@given(st.sampled_from(POPULAR["npm"]))
def test_popular_names_never_alarm_at_install(name):
    assert check(world("npm"), name, At.INSTALL).verdict is Outcome.OK


def test_a_flood_of_names_in_scopes_hides_nobody():
    flood = [f"@s{number}/lo-dash" for number in range(2_000)] + [f"@l{'o' * number}/dash" for number in range(1, 200)]

    verdict = check(build("npm", [Known("lodash")], flood), "lo_dash")

    assert (verdict.verdict, verdict.targets[0]) == (Outcome.HOLD, "lodash")
