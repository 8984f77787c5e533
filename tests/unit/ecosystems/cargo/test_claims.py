"""What `cargo publish` says beside the crate is compared with the crate, and an honest client differs in nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.core.artifacts import Digests, PublishDraft
from pratique.core.errors import Invalid
from pratique.ecosystems.cargo import CARGO
from pratique.ecosystems.cargo.cargo_toml import PUBLIC_INDEX
from tests.unit.ecosystems.cargo.reading import differing, manifest_of

HERE = "sparse+https://packages.example.test/main/cargo/members/index/"
THIRD = "sparse+https://elsewhere.example.test/index/"


def claimed(name: str = "a", version_req: str = "^1", **fields):
    """A dependency as cargo sends it."""
    plain = {"optional": False, "default_features": True, "name": name, "features": [], "version_req": version_req}
    return plain | {"target": None, "kind": "normal"} | fields


def needing(stated: str, table: str = "dependencies") -> str:
    return f"[{table}]\n{stated}"


def here(rest: str = "") -> str:
    return f'{{ version = "1", registry-index = "{HERE}"{rest} }}'


def test_the_same_said_twice_differs_in_nothing():
    more = 'license = "MIT"\nkeywords = ["k"]\nlinks = "z"\nrust-version = "1.70"\n[features]\nx = ["dep:a"]\ny = []'
    claims = {"license": "MIT", "keywords": ["k"], "links": "z", "rust_version": "1.70"}
    assert differing(more, features={"x": ["dep:a"], "y": []}, **claims) == ()


@pytest.mark.parametrize(
    ("more", "claim"),
    [
        (needing(f"a = {here()}"), claimed()),
        (needing('a = "1"'), claimed(registry=PUBLIC_INDEX)),
        (needing(f'a = {{ version = "1", registry-index = "{PUBLIC_INDEX}" }}'), claimed(registry=PUBLIC_INDEX)),
        (needing(f'a = {{ version = "1", registry-index = "{THIRD}" }}'), claimed(registry=THIRD)),
        (needing("b = " + here(', package = "a"')), claimed(explicit_name_in_toml="b")),
        (needing(f"a = {here(', optional = true')}"), claimed(optional=True)),
        (needing(f"a = {here(', default-features = false')}"), claimed(default_features=False)),
        (needing("a = " + here(', features = ["x", "y"]')), claimed(features=["y", "x"])),
        (needing(f"a = {here()}", "dev-dependencies"), claimed(kind="dev")),
        (needing(f"a = {here()}", "build-dependencies"), claimed(kind="build")),
        (needing(f"a = {here()}", "target.x86_64-unknown-linux-gnu.dependencies"),
         claimed(target="x86_64-unknown-linux-gnu")),
        (needing(f"a = {here()}", """target.'cfg( all(unix , feature="a b",) )'.dependencies"""),
         claimed(target='cfg(all(unix, feature = "a b"))')),
        (needing(f"a = {here()}").replace('"1"', '"1.x"'), claimed(version_req="1.*")),
        (needing(f"a = {here()}").replace('"1"', '">= 1.2.3+b , < 2"'), claimed(version_req=">=1.2.3, <2")),
    ],
)  # fmt: skip
def test_a_dependency_in_the_words_of_the_request_is_the_one_in_cargo_toml(more, claim):
    assert differing(more, deps=[claim]) == ()


@pytest.mark.parametrize(
    "claim",
    [
        {"name": "b"},
        {"version_req": "^2"},
        {"version_req": "nonsense"},
        {"features": ["x"]},
        {"optional": True},
        {"default_features": False},
        {"target": "cfg(unix)"},
        {"kind": "dev"},
        {"registry": PUBLIC_INDEX},
        {"registry": THIRD},
        {"explicit_name_in_toml": "c"},
        {"explicit_name_in_toml": "a", "name": "b"},
    ],
)
def test_a_dependency_that_differs_in_anything_is_noticed(claim):
    assert differing(needing(f"a = {here()}"), deps=[claimed(**claim)]) == ("deps",)


def test_blanks_inside_quotes_count():
    more = needing(f"a = {here()}", """target.'cfg(feature = "a b")'.dependencies""")
    assert differing(more, deps=[claimed(target='cfg(feature = "ab")')]) == ("deps",)


@pytest.mark.parametrize("deps", [[], [claimed()] * 2, [claimed(), claimed("b")]])
def test_dependencies_left_out_or_added_are_noticed(deps):
    assert differing(needing(f"a = {here()}"), deps=deps) == ("deps",)


def test_the_order_of_dependencies_does_not_matter():
    assert differing(needing(f"a = {here()}\nb = {here()}"), deps=[claimed("b"), claimed("a")]) == ()


@pytest.mark.parametrize(
    "field", ["authors", "categories", "description", "documentation", "features", "homepage", "keywords", "license",
              "links", "repository", "rust_version"]
)  # fmt: skip
def test_every_field_that_people_or_resolvers_read_is_compared(field):
    assert differing(**{field: "other"}) == (field,)


def test_every_way_of_saying_nothing_is_the_same():
    claims = dict.fromkeys(["authors", "categories", "homepage", "keywords", "license", "links", "rust_version"])
    assert differing('authors = []\nhomepage = ""', deps=None, features=None, **claims) == ()


@pytest.mark.parametrize("change", [{"name": "right"}, {"name": "Left"}, {"version": "1.0.1"}, {"version": "1.0.0+b"}])
def test_another_name_or_version_is_another_release(change):
    said = {"name": "left", "version": "1.0.0"} | change
    draft = PublishDraft(**said, filename="left-1.0.0.crate", digests=Digests())
    sentence = f"the request publishes {said['name']}@{said['version']}, Cargo.toml inside the crate says left@1.0.0"
    with pytest.raises(Invalid) as refused:
        CARGO.compare_claims(draft, manifest_of())
    assert str(refused.value).startswith(sentence)


NAMES = ["name", "version_req", "features", "optional", "target", "kind", "registry", "explicit_name_in_toml"]
junk = st.recursive(
    st.none() | st.booleans() | st.integers(0, 9) | st.sampled_from(["a", "^1", ""]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4),
    max_leaves=8,
)


@given(deps=junk | st.lists(st.dictionaries(st.sampled_from(NAMES), junk).map(lambda one: claimed() | one)),
       features=junk, authors=junk, links=junk)  # fmt: skip
def test_any_claim_is_compared(deps, features, authors, links):
    draft = PublishDraft("left", "1.0.0", "left-1.0.0.crate", Digests(),
                         {"deps": deps, "features": features, "authors": authors, "links": links,
                          "description": "Inert"})  # fmt: skip
    found = CARGO.compare_claims(draft, PLAIN)
    assert set(found) <= {"deps", "features", "authors", "links"}
    assert ("deps" in found) == bool(deps)


PLAIN = manifest_of()
DEEP: list = []
for _ in range(900):
    DEEP = [DEEP]


@pytest.mark.parametrize("field", ["deps", "features", "authors", "links"])
def test_claims_of_absurd_depth_are_compared(field):
    draft = PublishDraft("left", "1.0.0", "left-1.0.0.crate", Digests(), {"description": "Inert", field: DEEP})
    assert CARGO.compare_claims(draft, PLAIN) == (field,)
