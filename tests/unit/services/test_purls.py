"""Package URLs as people type them, to one project or with `*` for any characters."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pratique.core.errors import Invalid, InvalidName
from pratique.core.names import EcosystemId, ProjectKey
from pratique.ecosystems.npm import NPM
from pratique.ecosystems.pypi import PYPI
from pratique.services.name_globs import read_purl_glob
from pratique.services.purls import Named, read_purl

ECOSYSTEMS = {"npm": NPM, "pypi": PYPI}
NAMES = st.from_regex(r"[a-z0-9][a-z0-9-]{0,20}[a-z0-9]", fullmatch=True)
VERSIONS = st.none() | st.builds("{}.{}.{}".format, *[st.integers(0, 999)] * 3)
KEYS = st.builds(ProjectKey, st.sampled_from([EcosystemId("npm"), EcosystemId("pypi")]), NAMES) | st.builds(
    lambda scope, name: ProjectKey(EcosystemId("npm"), f"@{scope}/{name}"), NAMES, NAMES
)


def valid(key: ProjectKey) -> bool:
    try:
        return ECOSYSTEMS[key.ecosystem].canonical(key.name) == key.name
    except InvalidName:
        return False


@given(KEYS.filter(valid), VERSIONS)
def test_what_we_write_we_read(key: ProjectKey, version: str | None) -> None:
    version = version and ECOSYSTEMS[key.ecosystem].canonical_version(version)

    assert read_purl(key.purl(version), ECOSYSTEMS) == Named(key, version)
    assert read_purl_glob(key.purl(version), ECOSYSTEMS) == Named(key, version)


TEXTS = st.text() | st.text(st.sampled_from("pkg:npmyi/@%40A-_.*?[]#1&=\\ é\x00"), max_size=40).map(
    lambda text: f"pkg:npm/{text}"
)


@given(TEXTS)
def test_any_text_is_read_into_names_of_the_ecosystem_or_refused(text: str) -> None:
    try:
        named = read_purl(text, ECOSYSTEMS)
    except Invalid:
        return

    assert valid(named.key)
    assert read_purl(named.purl, ECOSYSTEMS) == named


@given(TEXTS)
def test_any_text_is_read_into_a_glob_or_refused(text: str) -> None:
    try:
        named = read_purl_glob(text, ECOSYSTEMS)
    except Invalid:
        return

    assert not set("?[]") & set(named.key.name)
    assert "zqanyqz" not in named.key.name or "zqanyqz" in text


@given(KEYS.filter(valid), st.data())
def test_a_star_may_stand_for_any_end_of_a_name(key: ProjectKey, data: st.DataObject) -> None:
    scope, _, bare = key.name.rpartition("/")
    kept = bare[: data.draw(st.integers(1, len(bare)))]
    assume(kept[-1] != "-")
    glob = f"{scope}/{kept}*" if scope else f"{kept}*"
    written = ProjectKey(key.ecosystem, glob).purl(None)

    assert read_purl_glob(written, ECOSYSTEMS).key.name == glob


@pytest.mark.parametrize("reader", [read_purl, read_purl_glob])
@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("left-pad", "is not a package URL; write for example pkg:npm/left-pad@1.3.0"),
        ("pkg:gem/rails", "speaks npm, pypi"),
        ("", "is not a package URL"),
    ],
)
def test_what_is_no_purl_of_ours_is_refused_with_what_would_be(reader, text: str, sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence):
        reader(text, ECOSYSTEMS)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("pkg:pypi/Typing_Extensions", "typing-extensions"),
        ("pkg:npm/%40acme/tools", "@acme/tools"),
        ("pkg:npm/@acme/tools", "@acme/tools"),
    ],
)
def test_a_name_is_spelled_as_its_ecosystem_does(text: str, name: str) -> None:
    assert read_purl(text, ECOSYSTEMS).key.name == name
