"""Strategies: any facts, settings, waivers and actors that rules may meet, from small ranges that collide often."""

import msgspec
from hypothesis import strategies as st

from pratique.core import facts as fact
from pratique.core.actors import Actor, ActorKind
from pratique.core.artifacts import Digests, Origin, ProjectStatus
from pratique.core.clock import DAY, HOUR, MINUTE
from pratique.core.decisions import Action, EntryKind, Mode, Moment, Reservation, Revocation, RuleSetting
from pratique.core.facts import Absent, DigestCheck, Nowhere, RecentFix, Stage
from pratique.core.likeness import Likeness, NameReview, ReviewState
from pratique.core.reviews import HeldForReview
from pratique.core.scans import ScanResult, Verdict
from pratique.rules.policy import read_policy
from pratique.rules.registry import RULES
from tests.unit.rules.cases import GOOD, NOW, OTHER, ago, entry, facts, waiver

VERSIONS = ("1.0.0", "1.0.1", "2.0.0", "no version")
RANGES = ("*", "1.0.0", ">=1.0.1", "<1.0.1 || 2.0.0", "no-version")

ends = st.sampled_from([None, ago(1), NOW, NOW + 1, NOW + HOUR, NOW + 30 * DAY])
instants = st.sampled_from([ago(age) for age in (-DAY, 0, HOUR, 47 * HOUR, 48 * HOUR, 13 * DAY, 89 * DAY, 900 * DAY)])
entries = st.builds(
    entry,
    st.sampled_from(EntryKind),
    st.sampled_from(RANGES),
    id=st.integers(1, 3),
    action=st.sampled_from([Action.HIDE, Action.HOLD, Action.DENY]),
    expires=ends,
)
digests = st.sampled_from([Digests(), GOOD, OTHER, Digests(md5="11" * 16), Digests(sha256=GOOD.sha256)])
revocations = st.builds(
    Revocation,
    st.integers(1, 2),
    st.sampled_from([None, *VERSIONS]),
    st.sampled_from([None, "left-1.0.1.tgz"]),
    st.just("reason"),
    instants,
    digests=st.just(()) | st.tuples(digests),
)
reviews = st.sampled_from([ReviewState.WAITING, ReviewState.REFUSED])
ids = st.lists(st.sampled_from(["MAL-1", "MAL-2"]), max_size=2).map(tuple)

KNOWN = {
    fact.LIST_ENTRIES: st.lists(entries, max_size=3).map(tuple),
    fact.ALLOWLIST_IN_FORCE: st.booleans(),
    fact.RESERVATION: st.sampled_from([None, None, Reservation(1, "npm", "left")]),
    fact.REVOCATIONS: st.lists(revocations, max_size=2).map(tuple),
    fact.MALWARE_PROJECT: ids,
    fact.POPULARITY: st.sampled_from([None, None, 1]),
    fact.ASKED_BEFORE_EXISTED: st.none() | st.none() | instants,
    fact.INVENTED: st.sampled_from([(), (), ("list.test/names",)]),
    fact.SERVED_BEFORE: st.booleans(),
    fact.PUBLIC_EXISTS: st.booleans(),
    fact.NOWHERE: st.sampled_from([None, None, Nowhere(), Nowhere("did you mean right?")]),
    fact.PUBLISHED: instants,
    fact.FIRST_PUBLISHED: instants,
    fact.MALWARE: ids,
    fact.RECENT_FIX: st.none() | st.builds(RecentFix, st.just("GHSA-1"), instants),
    fact.NEW_EXECUTION_POINTS: st.sampled_from([(), ("postinstall",)]),
    fact.WEAKER_EVIDENCE: st.booleans(),
    fact.JOINED_LATE: st.booleans(),
    fact.GONE_UPSTREAM: st.booleans(),
    fact.UNPUBLISHED: st.none() | instants,
    fact.PROJECT_STATUS: st.sampled_from(
        [ProjectStatus(), ProjectStatus("archived"), ProjectStatus("quarantined"), ProjectStatus("quarantined", "why")]
    ),
    fact.NAME_REVIEW: st.none()
    | st.builds(NameReview, reviews, st.just("looks like right"), st.sampled_from(["", "why"])),
    fact.FIRST_SEEN: instants,
    fact.RESEMBLES: st.none() | st.just(Likeness("hold", "misspelling", 900, ("left-pad",), "why")),
    fact.RELEASE_HELD: st.none() | st.builds(HeldForReview, st.just("is in quarantine"), ends),
    fact.LISTED_DIGESTS: digests,
    fact.DIGESTS: st.builds(
        DigestCheck, digests, st.none() | digests, st.none() | digests, st.none() | st.none() | digests
    ),
}

scans = st.builds(
    ScanResult,
    st.sampled_from([GOOD.sha256, OTHER.sha256]),
    st.sampled_from(Verdict),
    st.just(50),
    st.just("rules"),
    instants,
    st.booleans(),
    st.just("hook-command"),
    st.just("package.json"),
    st.just(3),
    st.just("It fetches something and runs it"),
)
KNOWN[fact.SCAN_RESULT] = st.none() | scans

actors = st.builds(
    Actor,
    kind=st.sampled_from([*ActorKind, ActorKind.AGENT, ActorKind.AGENT]),
    account=st.sampled_from([None, 1, 2]),
    admin=st.booleans(),
    stepped_up_at=st.sampled_from([None, NOW, ago(4 * MINUTE), ago(5 * MINUTE)]),
)
settings = st.builds(
    RuleSetting,
    st.sampled_from([rule.name for rule in RULES]),
    st.sampled_from(Mode),
    version=st.integers(1, 2),
)
agents_too = st.builds(
    RuleSetting,
    st.just("agent_new_name"),
    st.just(Mode.ENFORCE),
    options=st.just({"treat_as_agent": ["ci", "nobody"]}),
)
waivers = st.builds(
    waiver,
    st.sampled_from([rule.name for rule in RULES]),
    st.sampled_from(RANGES),
    id=st.integers(1, 4),
    name=st.sampled_from(["left", "left", "right"]),
    actor_kinds=st.sampled_from([frozenset(), frozenset({"agent"}), frozenset({"user", "ci"})]),
    starts=st.sampled_from([ago(DAY), NOW, NOW + 1, NOW + HOUR]),
    expires=ends,
    files=st.sampled_from([{}, {}, {"left-1.0.1.tgz": GOOD}, {"left-other.tgz": GOOD}]),
)
policies = st.builds(
    lambda some, more: read_policy(
        [*{one.rule: one for one in some}.values()],
        [msgspec.structs.replace(one, id=place) for place, one in enumerate(more)],
    ),
    st.lists(settings | agents_too, max_size=3),
    st.lists(waivers, max_size=3),
)
moments = st.sampled_from(Moment)
stages = st.sampled_from(Stage)


@st.composite
def situations(draw, *, stage=Stage.FILE, absent=True):
    """Complete facts of a stage; unless told not, some of them may be absent."""
    excuse = st.just(Absent("its source failed"))
    drawn = {one: draw(values if not absent else values | excuse) for one, values in KNOWN.items()}
    return facts(
        drawn,
        stage=stage,
        origin=draw(st.sampled_from([Origin.UPSTREAM, *Origin])),
        actor=draw(actors),
        version=draw(st.sampled_from(VERSIONS)),
    )
