"""Cargo.toml inside a crate is the one truth about dependencies and features."""

from __future__ import annotations

import contextlib

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.core.errors import Invalid, TooLarge
from pratique.ecosystems.cargo.cargo_toml import (
    MAX_BYTES,
    PUBLIC_INDEX,
    description_fields,
    index_fields,
    read_cargo_toml,
)

HERE = "sparse+https://packages.example.test/main/cargo/members/index/"


def listed(more: str):
    """What an index line says of a package with these further lines."""
    return index_fields(read_cargo_toml(f'[package]\nname = "left"\nversion = "1.0.0"\n{more}'.encode()))


def dependency(**fields):
    plain = {"name": "a", "req": "^1", "features": [], "optional": False, "default_features": True, "target": None}
    return plain | {"kind": "normal", "registry": None, "package": None} | fields


def test_a_package_without_anything_needs_nothing():
    assert listed("") == {"deps": [], "features": {}}


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ('"1"', dependency()),
        ('{ version = "1" }', dependency()),
        ('{ version = " >=1 ,<2" }', dependency(req=">=1, <2")),
        ('{ version = "1", optional = true }', dependency(optional=True)),
        ('{ version = "1", default-features = false }', dependency(default_features=False)),
        ('{ version = "1", default_features = false }', dependency(default_features=False)),
        ('{ version = "1", features = ["x", "y"] }', dependency(features=["x", "y"])),
        ('{ version = "1", package = "Real-One" }', dependency(package="Real-One")),
        (f'{{ version = "1", registry-index = "{HERE}" }}', dependency(registry=HERE)),
        (f'{{ version = "1", registry-index = "{PUBLIC_INDEX}" }}', dependency()),
        ('{ version = "1", public = true, artifact = "bin" }', dependency()),
    ],
)
def test_a_dependency_is_listed_with_all_that_a_resolver_needs(stated, expected):
    assert listed(f"[dependencies]\na = {stated}")["deps"] == [expected]


@pytest.mark.parametrize(
    ("table", "kind"),
    [
        ("dependencies", "normal"),
        ("dev-dependencies", "dev"),
        ("dev_dependencies", "dev"),
        ("build-dependencies", "build"),
        ("build_dependencies", "build"),
    ],
)
def test_each_table_is_a_kind_also_below_a_target(table, kind):
    assert listed(f'[{table}]\na = "1"')["deps"] == [dependency(kind=kind)]
    target = "cfg(windows)"
    assert listed(f"[target.'{target}'.{table}]\na = \"1\"")["deps"] == [dependency(kind=kind, target=target)]


def test_one_crate_may_be_needed_in_several_ways():
    more = '[dependencies]\na = "1"\nb = { version = "2", package = "a" }\n[dev-dependencies]\na = "1"\n'
    assert [(one["name"], one["package"], one["kind"]) for one in listed(more)["deps"]] == [
        ("a", None, "normal"),
        ("b", "a", "normal"),
        ("a", None, "dev"),
    ]


@pytest.mark.parametrize(
    ("stated", "why"),
    [
        ("{}", "has no version"),
        ("7", "has no version"),
        ("[]", "has no version"),
        ("{ version = 1 }", "has no version"),
        ("{ workspace = true }", "has no version"),
        ('{ path = "../a" }', "has no version"),
        ('{ version = "1", path = "../a" }', "found by `path`"),
        ('{ version = "1", git = "https://example.test/a" }', "found by `git`"),
        ('{ version = "1", registry = "reg" }', "found by `registry`"),
        ('{ version = "1", workspace = true }', "found by `workspace`"),
        ('{ version = "1", features = "x" }', "no list of names"),
        ('{ version = "1", features = [1] }', "no list of names"),
        ('{ version = "1", package = 1 }', "no text"),
        ('{ version = "1", registry-index = [] }', "no text"),
        ('{ version = "1", package = "../x" }', "is on no crate"),
        ('{ version = "1", package = "" }', "is on no crate"),
        ('"latest"', "asks for the version 'latest'"),
        ('""', "asks for the version ''"),
        ('"1.2.3.4"', "which cargo does not read"),
    ],
)
def test_a_dependency_that_no_resolver_could_use_is_refused(stated, why):
    with pytest.raises(Invalid, match=f"the dependency 'a' .*{why}"):
        listed(f"[dependencies]\na = {stated}")


@pytest.mark.parametrize("alias", ["", "a b", "../a", "1a", "\u0430", "a" * 65, "a.b"])
def test_a_name_that_code_cannot_use_is_refused(alias):
    with pytest.raises(Invalid, match="name"):
        listed(f'[dependencies]\n"{alias}" = {{ version = "1", package = "a" }}')


def test_an_alias_may_begin_with_an_underscore():
    assert listed('[dependencies]\n_a = { version = "1", package = "a" }')["deps"][0]["name"] == "_a"


@pytest.mark.parametrize(
    "more",
    ["dependencies = 1", "[dependencies]\na = 1", "target = []", "[target]\nx = 1", "[target.x]\ndependencies = 2",
     "features = 1", "[features]\na = 1", "[features]\na = [1]", "[features]\na = [[]]"],
)  # fmt: skip
def test_tables_of_another_form_are_refused(more):
    text = f"{more}\n" if more[0] != "[" and "\n[" not in more else ""
    document = f'{text}[package]\nname = "left"\nversion = "1.0.0"\n{"" if text else more}'
    with pytest.raises(Invalid):
        index_fields(read_cargo_toml(document.encode()))


def test_features_that_old_clients_cannot_read_go_apart():
    more = '[features]\ndefault = ["std"]\nstd = ["a/std"]\nfull = ["dep:a"]\nweak = ["std", "a?/x"]\nnone = []\n'
    assert listed(more) == {
        "deps": [],
        "features": {"default": ["std"], "none": [], "std": ["a/std"]},
        "features2": {"full": ["dep:a"], "weak": ["std", "a?/x"]},
        "v": 2,
    }


def test_links_and_the_oldest_compiler_are_listed_where_they_are_stated():
    assert listed('links = "z"\nrust-version = "1.70"')["links"] == "z"
    assert listed('links = "z"\nrust-version = "1.70"')["rust_version"] == "1.70"
    assert listed('links = ""\nrust-version = 1') == {"deps": [], "features": {}}


def test_what_describes_a_crate_is_text_or_lists_of_text():
    document = {
        "package": {
            "description": "d",
            "keywords": ["a", "b"],
            "authors": ["a", 1],
            "categories": [[1]],
            "homepage": 7,
            "readme": False,
            "license-file": "L",
            "other": "x",
        }
    }
    assert description_fields(document) == {"description": "d", "keywords": ["a", "b"], "license-file": "L"}


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "has no .package."),
        (b"package = 1", "has no .package."),
        (b"[[package]]", "has no .package."),
        (b'[project]\nname = "left"\nversion = "1.0.0"', "has no .package."),
        (b"[package]", "states no `name`"),
        (b'[package]\nname = 1\nversion = "1.0.0"', "states no `name`"),
        (b'[package]\nname = "left"', "states no `version`"),
        (b'[package]\nname = "left"\nversion.workspace = true', "states no `version`"),
        (b"[package", "no readable TOML"),
        (b"\xff\xfe", "no readable TOML"),
        (b"a = " + b"9" * 5_000, "a number that is too long"),
        (b"a = " + b"[" * 9_000, "no readable TOML"),
        (b"a." * 90_000 + b"a = 1", "key of more than 16 parts"),
    ],
)
def test_a_file_that_describes_no_package_is_refused(content, why):
    with pytest.raises(Invalid, match=f"Cargo.toml in the crate .*{why}"):
        read_cargo_toml(content)


def test_a_file_of_absurd_length_is_not_read():
    with pytest.raises(TooLarge, match=r"Cargo\.toml in the crate has 262145 bytes"):
        read_cargo_toml(b"#" * (MAX_BYTES + 1))


texts = st.sampled_from(["1", "", "a", "../a", "dep:a", "a?/b", "cfg(x)"]) | st.text(max_size=3)
junk = st.recursive(
    st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["a", "version", "features", "package", "registry-index", "optional", "dependencies", "path"])
        | texts, inner, max_size=3),
    max_leaves=12,
)  # fmt: skip


@given(st.dictionaries(st.sampled_from(["dependencies", "dev-dependencies", "target", "features"]), junk), junk)
def test_any_document_becomes_json_or_is_refused(tables, stated):
    document = {"package": {"name": "left", "version": "1.0.0", "keywords": stated, "links": stated}} | tables
    with contextlib.suppress(Invalid):
        assert orjson.loads(orjson.dumps(index_fields(document))) == index_fields(document)
    orjson.dumps(description_fields(document))
