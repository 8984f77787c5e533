"""What new names would be taken for, what follows, and what is not asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pratique.naming.check import At, Outcome, check
from pratique.naming.corpus import Known
from pratique.naming.exemptions import NameException, Standing
from pratique.naming.snapshot import build
from tests.unit.naming.names import counted, world

NOW = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("ecosystem", "name", "kind", "target"),
    [
        ("npm", "crossenv", "same_letters", "cross-env"),
        ("npm", "cross_env", "same_letters", "cross-env"),
        ("npm", "jsonstream", "same_letters", "JSONStream"),
        ("npm", "lodahs", "misspelling", "lodash"),
        ("npm", "expresss", "misspelling", "express"),
        ("npm", "1odash", "look_alike", "lodash"),
        ("npm", "@bable/core", "misspelling", "@babel/core"),
        ("pypi", "reqeusts", "misspelling", "requests"),
        ("pypi", "Djang0", "look_alike", "django"),
        ("pypi", "nurnpy", "look_alike", "numpy"),
        ("pypi", "python_date.util", "same_letters", "python-dateutil"),
        ("cargo", "serdejson", "same_letters", "serde_json"),
        ("cargo", "serde-json", "same_letters", "serde_json"),
        ("maven", "org.springframwork:spring-core", "misspelling", "org.springframework:spring-core"),
        ("rubygems", "rest_client", "same_letters", "rest-client"),
        ("rubygems", "Rails", "same_letters", "rails"),
        ("nuget", "NewtonsoftJson", "same_letters", "newtonsoft.json"),
        ("nuget", "Newtonsoft.Jsno", "misspelling", "newtonsoft.json"),
    ],
)
def test_what_would_be_taken_for_a_popular_name_is_held(ecosystem, name, kind, target):
    verdict = check(world(ecosystem), name)

    assert (verdict.verdict, verdict.kind, verdict.targets[0]) == (Outcome.HOLD, kind, target)
    assert verdict.score >= 0.65
    assert target in verdict.why
    assert verdict.why.isascii()
    assert verdict.why.isprintable()


@pytest.mark.parametrize(
    ("ecosystem", "name", "kind", "target"),
    [
        ("npm", "node-express", "language_affix", "express"),
        ("npm", "reactjs", "language_affix", "react"),
        ("npm", "@mear-js/wallet", "misspelled_scope", "@near-js/wallet"),
        ("npm", "@acme-near-js/crypto", "combined_scope", "@near-js/crypto"),
        ("npm", "azure-core-http", "flattened_scope", "@azure/core-http"),
        ("pypi", "openai-python", "language_affix", "openai"),
        ("maven", "me.org.apache.commons:commons-lang3", "combined_scope", "org.apache.commons:commons-lang3"),
        ("nuget", "Loop.SixLabors.ImageSharp", "contained_id", "sixlabors.imagesharp"),
        ("nuget", "Microsoft.Things", "vendor_prefix", "microsoft.*"),
    ],
)
def test_what_might_be_taken_for_one_waits_for_a_look(ecosystem, name, kind, target):
    others = ("@near-js/wallet",) if ecosystem == "npm" else ()

    verdict = check(world(ecosystem, *others), name)

    assert (verdict.verdict, verdict.kind, verdict.targets[0]) == (Outcome.REVIEW, kind, target)


def test_a_name_of_a_large_scope_without_the_scope_waits_whoever_uses_it():
    scope = [f"@azure/arm-part{number}" for number in range(60)]

    verdict = check(world("npm", *scope, "@azure/arm-analysisservices"), "arm-analysisservices")

    assert (verdict.verdict, verdict.kind) == (Outcome.REVIEW, "dropped_scope")
    assert verdict.targets[0] == "@azure/arm-analysisservices"


def test_descriptions_of_a_package_do_not_claim_its_name():
    types = [f"@types/package-{number}" for number in range(60)]

    assert check(world("npm", *types, "@types/angular-signalr-hub"), "angular-signalr-hub").verdict is Outcome.OK


@pytest.mark.parametrize(
    ("ecosystem", "name"),
    [
        ("npm", "my-own-thing"),
        ("npm", "@acme/express"),
        ("npm", "@azure/core-htpp"),
        ("npm", "audio-encode"),
        ("npm", "react-tabz-thing"),
        ("pypi", "acme-billing"),
        ("cargo", "acme"),
        ("maven", "io.github.me:guava"),
        ("maven", "org.apache.commons:commons-lang4"),
        ("maven", "org.apache.commons.more:commons-lang3"),
        ("rubygems", "acme-client"),
        ("nuget", "Acme.Thing"),
    ],
)
def test_ordinary_names_pass(ecosystem, name):
    verdict = check(world(ecosystem), name)

    assert verdict.verdict is Outcome.OK
    assert verdict.targets == ()


@pytest.mark.parametrize("name", ["react", "lodash", "@babel/core", "JSONStream", "cross-env", "react-tags"])
@pytest.mark.parametrize("at", At)
def test_a_popular_name_is_never_taken_for_another(name, at):
    assert check(world("npm"), name, at).verdict is Outcome.OK


def test_a_known_name_without_a_rank_is_compared_with_all_but_itself():
    assert check(world("npm", "my-own-thing"), "my-own-thing").verdict is Outcome.OK
    assert check(world("npm", "my-own-thing"), "my_own_thing").targets == ("my-own-thing",)


@pytest.mark.parametrize(
    ("ecosystem", "name"),
    [("pypi", "requirements"), ("pypi", "Requirements"), ("npm", "package-lock.json"), ("rubygems", "gemfile"),
     ("nuget", "install-package"), ("cargo", "cargo-toml")],
)  # fmt: skip
def test_what_people_type_by_mistake_cannot_be_taken(ecosystem, name):
    assert check(world(ecosystem), name).verdict is Outcome.HOLD
    assert check(world(ecosystem), name).kind == "reserved"
    assert check(world(ecosystem), name, At.INSTALL).verdict is Outcome.OK


@pytest.mark.parametrize(
    ("ecosystem", "name", "targets"),
    [
        ("npm", "r\u0435act", ("react",)),
        ("npm", "lo\u200bdash", ("lodash",)),
        ("npm", "\u202elodash", ("lodash",)),
        ("npm", "lodas\u0301h", ("lodash",)),
        ("npm", "Lodahs", ("lodash",)),
        ("pypi", "re\u051buests", ("requests",)),
        ("nuget", "\u041cicrosoft.Extensions.Logging", ("microsoft.extensions.logging",)),
        ("npm", "fs", ()),
        ("npm", "", ()),
        ("npm", "x" * 10_000, ()),
        ("npm", "@/x", ()),
        ("npm", "a\nb\x1b[31m<script>", ()),
        ("maven", ":", ()),
    ],
    ids=ascii,
)
def test_what_is_no_name_is_held_with_the_reason_and_what_it_looks_like(ecosystem, name, targets):
    verdict = check(world(ecosystem), name)

    assert (verdict.verdict, verdict.kind, verdict.targets[: len(targets)]) == (Outcome.HOLD, "invalid", targets)
    assert verdict.why.isascii()
    assert verdict.why.isprintable()
    assert len(verdict.why) < 1000


def test_the_sentence_says_which_registry_would_refuse_it_too():
    assert check(world("pypi"), "djang0").why.endswith("PyPI itself would refuse it")
    assert check(world("npm"), "crossenv").why.endswith("npm itself would refuse it")
    assert check(world("rubygems"), "rest_client").why.endswith("RubyGems.org itself would refuse it")
    assert check(world("cargo"), "serde-json").why.endswith("crates.io itself would refuse it")
    assert "would refuse" not in check(world("pypi"), "nurnpy").why


def test_the_sentence_tells_the_slip_and_the_rank():
    why = check(world("pypi"), "reqeusts").why

    assert why == '"reqeusts" could be taken for "requests", number 1 of the most used: "ue" is written "eu"'


def test_an_install_is_questioned_only_if_the_target_is_a_hundred_times_more_popular():
    others = [*((f"filler-{number}", 2_000) for number in range(10_000)), ("lodahs", 1_000)]
    near = counted("npm", [("lodash", 99_000), *others])
    far = counted("npm", [("lodash", 100_000), *others])

    assert check(near, "lodahs", At.INSTALL).verdict is Outcome.OK
    assert check(far, "lodahs", At.INSTALL).verdict is Outcome.HOLD
    assert check(far, "lodahs", At.PUBLISH).verdict is Outcome.OK


def test_an_install_of_a_name_nobody_knows_is_questioned_where_the_target_is_well_known():
    assert check(world("npm"), "lodahs", At.INSTALL).verdict is Outcome.HOLD
    rare = build("npm", [Known("lodash", 900)])
    assert check(rare, "lodahs", At.INSTALL).verdict is Outcome.OK


@pytest.mark.parametrize(
    "standing",
    [
        Standing(owned=frozenset({"lodash"})),
        Standing(existing=True),
        Standing(exceptions=(NameException("lodahs", "a parody"),)),
        Standing(exceptions=(NameException("lodahs", "a parody", NOW + timedelta(days=1)),)),
        Standing(exceptions=(NameException("lodahs", "a parody", target="lodash"),)),
    ],
)
def test_owners_old_projects_and_exceptions_are_not_asked(standing):
    assert check(world("npm"), "lodahs", standing=standing, now=NOW).verdict is Outcome.OK


@pytest.mark.parametrize(
    "standing",
    [
        Standing(owned=frozenset({"express"})),
        Standing(exceptions=(NameException("lodahs", "over", NOW),)),
        Standing(exceptions=(NameException("lodahss", "another", None),)),
        Standing(exceptions=(NameException("lodahs", "another target", target="express"),)),
    ],
)
def test_other_owners_and_exceptions_that_are_over_change_nothing(standing):
    assert check(world("npm"), "lodahs", standing=standing, now=NOW).verdict is Outcome.HOLD


def test_a_verified_scope_or_prefix_passes():
    assert check(world("npm"), "azure-core-http", standing=Standing(scopes=frozenset({"@azure"}))).verdict is Outcome.OK
    mine = Standing(scopes=frozenset({"microsoft."}))
    assert check(world("nuget"), "Microsoft.Things", standing=mine).verdict is Outcome.OK
    assert check(world("nuget"), "Acme.SixLabors.ImageSharp", standing=mine).verdict is Outcome.REVIEW


def test_the_reason_of_an_exception_is_shown_in_printable_characters():
    standing = Standing(exceptions=(NameException("lodahs", "a\x1b[31m parody"),))

    assert check(world("npm"), "lodahs", standing=standing).why == "excepted by a person: a\\x1b[31m parody"
