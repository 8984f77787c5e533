import pytest

from pratique.core.artifacts import Digests
from pratique.core.facts import DIGESTS, DigestCheck, Stage
from pratique.rules.decide import decide
from tests.unit.rules.cases import GOOD, OTHER, facts, judged, policy, said, without

UNSAFE = {"digest_mismatch": {"unsafe_accept_unlisted": True}}


def listed_only(**check):
    return decide(policy(), facts({DIGESTS: DigestCheck(**check)}), Stage.LISTING)


def test_a_file_that_changed_under_its_name_is_refused_already_in_the_listing():
    decision = listed_only(listed=OTHER, recorded=GOOD)

    assert said(decision) == (
        "digest_mismatch",
        "deny",
        "is listed with another sha256 than the bytes first accepted here",
    )


def test_bytes_that_are_not_what_the_index_states_are_refused():
    decision = judged({DIGESTS: DigestCheck(listed=GOOD, observed=OTHER)})

    assert said(decision) == ("digest_mismatch", "deny", "arrived with another sha256 than its index states")


def test_bytes_that_are_not_those_accepted_before_are_refused_even_if_no_digest_is_listed():
    decision = judged({DIGESTS: DigestCheck(listed=Digests(), recorded=GOOD, observed=OTHER)})

    assert said(decision) == (
        "digest_mismatch",
        "deny",
        "arrived with other bytes than those first accepted here",
    )


def test_bytes_that_agree_are_served():
    assert said(judged({DIGESTS: DigestCheck(listed=GOOD, observed=GOOD)})) is None
    assert said(judged({DIGESTS: DigestCheck(listed=GOOD, recorded=GOOD)})) is None
    assert said(judged({DIGESTS: DigestCheck(listed=GOOD, recorded=GOOD, observed=GOOD)})) is None
    assert said(judged({DIGESTS: DigestCheck(listed=Digests(), recorded=GOOD, observed=GOOD)})) is None


def test_stored_bytes_need_no_digest_in_the_index():
    assert said(judged({DIGESTS: DigestCheck(listed=Digests(), recorded=GOOD)})) is None


def test_a_file_without_any_digest_is_denied_before_it_is_fetched():
    decision = listed_only(listed=Digests())

    assert said(decision) == ("digest_mismatch", "deny", "comes without a digest, so its bytes cannot be checked")


def test_it_stays_denied_once_its_bytes_are_there():
    assert said(judged({DIGESTS: DigestCheck(listed=Digests(), observed=GOOD)}))[1] == "deny"


def test_an_admin_may_take_such_files_as_they_come_under_an_option_that_says_unsafe():
    seen = DigestCheck(listed=Digests(), observed=GOOD)
    changed = DigestCheck(listed=Digests(), recorded=GOOD, observed=OTHER)

    assert said(judged({DIGESTS: seen}, options=UNSAFE)) is None
    assert said(judged({DIGESTS: changed}, options=UNSAFE))[1] == "deny"


@pytest.mark.parametrize("options", [{}, UNSAFE])
def test_bytes_that_nobody_has_seen_are_listed_but_not_served(options):
    unseen = facts({DIGESTS: DigestCheck(listed=GOOD)})

    listing = decide(policy(**options), unseen, Stage.LISTING)
    download = decide(policy(**options), unseen, Stage.FILE)

    assert said(listing) is None
    assert listing.waiting == ("digest_mismatch",)
    assert said(download) == (
        "digest_mismatch",
        "deny",
        "cannot be judged: digests (digests as listed, as first recorded here, and as seen) was not fetched",
    )


def test_a_listing_without_file_facts_waits():
    listing = decide(policy(), without(facts(), DIGESTS), Stage.LISTING)

    assert (said(listing), listing.waiting) == (None, ("digest_mismatch",))


def test_digests_of_different_kinds_do_not_pass_for_agreement():
    decision = judged({DIGESTS: DigestCheck(listed=Digests(md5="11" * 16), observed=GOOD)})

    assert said(decision) == (
        "digest_mismatch",
        "deny",
        "states only md5, which was not computed, so its bytes cannot be checked",
    )


def test_stored_bytes_are_compared_with_the_record_where_the_index_states_another_kind():
    check = DigestCheck(listed=Digests(md5="11" * 16), recorded=GOOD, observed=GOOD)

    assert said(judged({DIGESTS: check})) is None


def test_a_record_that_cannot_be_compared_is_refused():
    check = DigestCheck(listed=GOOD, recorded=Digests(md5="11" * 16), observed=GOOD)

    assert said(judged({DIGESTS: check}))[2].startswith("states only md5")


def test_digests_without_any_value_are_none_at_all():
    nothing = Digests()

    assert said(judged({DIGESTS: DigestCheck(listed=nothing, recorded=nothing, observed=nothing)}))[1:] == (
        "deny",
        "comes without a digest, so its bytes cannot be checked",
    )
    unseen = facts({DIGESTS: DigestCheck(listed=GOOD, observed=nothing)})
    assert decide(policy(), unseen, Stage.LISTING).waiting == ("digest_mismatch",)


def test_a_file_whose_bytes_had_to_be_refused_once_stays_refused_whatever_its_index_says_now():
    decision = listed_only(listed=OTHER, observed=OTHER, refused=OTHER)

    assert said(decision) == (
        "digest_mismatch",
        "deny",
        "once arrived with bytes that had to be refused, and whoever sent them may have changed its index since",
    )


def test_bytes_accepted_before_any_were_refused_are_still_served():
    assert said(judged({DIGESTS: DigestCheck(listed=GOOD, recorded=GOOD, refused=OTHER)})) is None
