"""What is published has a line in the index that cargo can read."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.core.errors import Invalid
from pratique.ecosystems.cargo import CARGO
from pratique.ecosystems.cargo.platforms import is_platform
from tests.unit.ecosystems.cargo.reading import manifest_of

OPTIONAL = '[dependencies]\na = { version = "1", optional = true }\n'
NEEDED = '[dependencies]\nb = "1"\n'


def check(more: str) -> None:
    CARGO.check_release(manifest_of(more))


@pytest.mark.parametrize("version", ["1", "1.70", "1.70.1", "0.0"])
def test_a_version_of_rust_is_taken(version):
    check(f'rust-version = "{version}"')


@pytest.mark.parametrize("version", ["garbage", "1.70-beta", "1.70.0+x", "^1", "1.x", "1.2.3.4", "01.2", " 1", "1\\n"])
def test_what_is_no_version_of_rust_is_refused(version):
    with pytest.raises(Invalid, match=r"Cargo\.toml in the crate: `rust-version` is "):
        check(f'rust-version = "{version}"')


@pytest.mark.parametrize(
    "features",
    ["default = []", '"c++20" = []', '"1.0-x_y" = []', '"\u00e9t\u00e9" = []', '_x = ["y"]\ny = ["_x"]', 'x = ["a"]',
     'x = ["dep:a"]', 'x = ["a/y"]', 'x = ["a?/y"]', 'a = ["dep:a"]', 'x = ["a", "a/z"]', 'a = ["a/z"]'],
)  # fmt: skip
def test_features_that_cargo_knows_are_taken(features):
    check(f"[features]\n{features}\n{OPTIONAL}")


@pytest.mark.parametrize(
    ("features", "why"),
    [
        ('"a b" = []', "the feature 'a b' is no name"),
        ('"" = []', "the feature '' is no name"),
        ('"dep:x" = []', "the feature 'dep:x' is no name"),
        ('"a/x" = []', "the feature 'a/x' is no name"),
        ('"-x" = []', "the feature '-x' is no name"),
        ('"+" = []', "is no name"),
        ('x = ["dep:nothing"]', "'x' has 'dep:nothing', which is no optional dependency"),
        ('x = ["dep:b"]', "which is no optional dependency"),
        ('x = ["nothing"]', "'x' has 'nothing', which is neither a feature nor an optional dependency"),
        ('x = ["b"]', "which is neither a feature nor an optional dependency"),
        ('x = [""]', "neither a feature"),
        ('x = ["nothing/y"]', "which is a feature of no dependency"),
        ('x = ["dep:a/y"]', "which is a feature of no dependency"),
        ('x = ["b?/y"]', "but `.` is for optional dependencies"),
        ('x = ["a/y/z"]', "which names no feature of the dependency"),
        ('x = ["a/"]', "which names no feature"),
        ('x = ["dep:a"]\ny = ["a"]', "'y' has 'a', an optional dependency that is no feature: write `dep:a`"),
        ("a = []", "the optional dependency 'a' has the name of a feature"),
    ],
)
def test_features_that_cargo_calls_invalid_are_refused_by_name(features, why):
    with pytest.raises(Invalid, match=rf"Cargo\.toml in the crate: .*{why}"):
        check(f'[features]\n{features}\n{OPTIONAL}b = "1"\n')


@pytest.mark.parametrize("feature", ["a b", "", "dep:x", "x/y"])
def test_a_dependency_is_asked_for_features_that_can_be(feature):
    with pytest.raises(Invalid, match="the dependency 'a' asks in its `features` for "):
        check(f'[dependencies]\na = {{ version = "1", features = ["{feature}"] }}')


PLATFORMS = [
    "x86_64-pc-windows-gnu", "thumbv8m.main-none-eabi", "cfg(windows)", "cfg( unix )", 'cfg(target_os = "linux")',
    'cfg(all(unix, not(target_arch="x86"),))', "cfg(any())", 'cfg(any(all(a, b = ""), r#true))', "cfg(true)",
]  # fmt: skip
NO_PLATFORMS = [
    "", "cfg(", "cfg()", "cfg(a", "cfg(a))", "cfg(a b)", "cfg(a,b)", "cfg(a = b)", "cfg(a =)", 'cfg("a")', "cfg(not())",
    "cfg(not)", "cfg(all)", "cfg(all(a b))", "cfg(all(,))", "cfg(1a)", 'cfg(a = "x)', "a b", "cfg(a;b)",
    "cfg(" + "not(" * 60 + "a" + ")" * 60 + ")", "cfg(" + "not(" * 9_000 + "a" + ")" * 9_000 + ")",
]  # fmt: skip


@pytest.mark.parametrize("target", PLATFORMS)
def test_a_dependency_may_be_for_a_platform(target):
    check(f"[target.'{target}'.dependencies]\na = \"1\"")


@pytest.mark.parametrize("target", NO_PLATFORMS, ids=range(len(NO_PLATFORMS)))
def test_a_dependency_for_what_is_no_platform_is_refused(target):
    with pytest.raises(Invalid, match="the dependency 'a' is for the `target` "):
        check(f"[target.'{target}'.dependencies]\na = \"1\"")


@pytest.mark.parametrize(
    "address",
    ["sparse+https://x.example.test/index/", "sparse+http://127.0.0.1:7417/i/", "https://x.example.test/index.git",
     "https://who@x.example.test/index"],
)  # fmt: skip
def test_a_dependency_may_come_from_an_index_on_the_web(address):
    check(f'[dependencies]\na = {{ version = "1", registry-index = "{address}" }}')


@pytest.mark.parametrize(
    "address",
    ["file:///etc/passwd", "sparse+file:///etc", "javascript:alert(1)", "ssh://git@x.example.test/i", "x", "", "//x",
     "sparse+", "https://", "https:///x", "https://x y/", "registry+https://x", "https://[x/", "https://x:y/",
     "https://x\\\\y/"],
)  # fmt: skip
def test_a_dependency_from_anywhere_else_is_refused(address):
    with pytest.raises(
        Invalid, match=r"the dependency 'a' has the `registry-index` .*it takes the address of an index"
    ):
        check(f'[dependencies]\na = {{ version = "1", registry-index = "{address}" }}')


@given(st.text(alphabet='cfg()all,not= "x_', max_size=30))
def test_any_condition_is_read_or_not(text):
    with contextlib.suppress(Invalid):
        is_platform(f"cfg({text})")
