"""Cargo.lock says which release of which crate, from where, with which checksum."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.core.artifacts import Digests
from pratique.core.errors import Invalid, InvalidName, TooLarge
from pratique.core.lockfiles import Leads, LockedFile
from pratique.ecosystems.cargo import CARGO
from pratique.ecosystems.cargo.lockfile import MAX_BYTES, MAX_PARTS

PUBLIC = "registry+https://github.com/rust-lang/crates.io-index"
OURS = "sparse+http://127.0.0.1:7417/main/cargo/index/"
SUM = "ab" * 32


def package(name: str = "left", version: str = "1.0.0", source: str | None = PUBLIC, more: str = "") -> str:
    stated = f'source = "{source}"\n' if source is not None else ""
    return f'[[package]]\nname = "{name}"\nversion = "{version}"\n{stated}{more}\n'


def read(*parts: str):
    return CARGO.read_lockfile("Cargo.lock", "".join(parts).encode()).pins


@pytest.mark.parametrize("form", [3, 4])
def test_each_crate_of_a_registry_is_pinned_by_its_checksum(form):
    found = read(
        f"version = {form}\n",
        package(more=f'checksum = "{SUM}"\ndependencies = ["b"]'),
        package("Right_One", "2.0.0-rc.1+b", OURS, f'checksum = "{SUM}"'),
    )
    assert found == (
        LockedFile("left", "1.0.0", "left-1.0.0.crate", Digests(sha256=SUM), PUBLIC),
        LockedFile("right_one", "2.0.0-rc.1+b", "Right_One-2.0.0-rc.1+b.crate", Digests(sha256=SUM), OURS),
    )


def test_the_first_form_keeps_checksums_apart():
    found = read(package(), package("right"), "[metadata]\n", f'"checksum left 1.0.0 ({PUBLIC})" = "{SUM}"\n',
                 f'"checksum right 1.0.0 ({PUBLIC})" = "<none>"\n')  # fmt: skip
    assert [one.digests.sha256 for one in found] == [SUM, None]


def test_what_comes_from_a_folder_or_from_git_is_told_apart():
    git = package("b", "1.0.0", "git+https://example.test/b#0123456789")
    found = CARGO.read_lockfile("Cargo.lock", (package("caf\u00e9", "1.0.0", None) + git + package()).encode())

    assert found.pins == (LockedFile("left", "1.0.0", "left-1.0.0.crate", Digests(), PUBLIC),)
    assert found.apart == ("b (git)", "caf? (folder)")


@pytest.mark.parametrize(
    "source",
    [
        PUBLIC,
        "sparse+https://index.crates.io/",
        OURS,
        "sparse+http://127.0.0.1:7417/main/cargo/members/index/",
        "sparse+https://packages.example.test/main/cargo/index/",
    ],
)
def test_pins_of_the_public_index_and_of_our_own_are_asked_for_here(source):
    (one,) = read(package(source=source))
    bases = ["http://127.0.0.1:7417/main/cargo", "https://packages.example.test/main/cargo"]
    assert CARGO.leads_to(one, bases) is Leads.HERE


@pytest.mark.parametrize(
    "source",
    [
        "registry+https://crates.example.test/index",
        "sparse+https://crates.example.test/index/",
        "registry+https://github.com/rust-lang/crates.io-index-of-ours",
        "sparse+https://index.crates.io.example.test/",
        "sparse+http://127.0.0.1:7417/other/cargo/index/",
        "sparse+http://127.0.0.1:7417/main/cargo/index/x/",
        "registry+http://127.0.0.1:7417/main/cargo/index/",
    ],
)
def test_pins_of_other_registries_are_not_asked_for_here(source):
    (one,) = read(package(source=source))
    assert CARGO.leads_to(one, ["http://127.0.0.1:7417/main/cargo"]) is Leads.ELSEWHERE


def test_one_crate_may_be_pinned_in_two_versions():
    assert [one.version for one in read(package(), package(version="2.0.0"))] == ["1.0.0", "2.0.0"]


def test_a_lockfile_may_pin_nothing():
    assert read("") == read("version = 4\n") == ()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("package = 1", "`package` is no list of tables"),
        ("package = [1]", "`package` is no list of tables"),
        ("[package]", "`package` is no list of tables"),
        (package(version="1.0"), "pins left '1.0', which is no release of a crate"),
        (package(version="../1"), "no release of a crate"),
        ('[[package]]\nsource = "registry+x"', "without name, version or source as text"),
        ('[[package]]\nname = "a"\nsource = "registry+x"', "without name, version or source"),
        ('[[package]]\nname = 1\nversion = "1.0.0"\nsource = "registry+x"', "without name, version or source"),
        ('[[package]]\nname = "a"\nversion = "1.0.0"\nsource = 1', "without name, version or source"),
        ('[[package]]\nname = [[[[1]]]]\nversion = "1.0.0"\nsource = "registry+x"', "without name, version or source"),
        (package(more='checksum = "abc"'), "pins left by a checksum that is no sha256"),
        (package(more=f'checksum = "{SUM.upper()}"'), "no sha256"),
        (package(more="checksum = 7"), "no sha256"),
        (package() + f'[metadata]\n"checksum left 1.0.0 ({PUBLIC})" = []', "no sha256"),
        ("[[package", "no readable TOML"),
        ("x = " + "9" * 5_000, "a number that is too long"),
        ("x = " + "[" * 9_000, "no readable TOML"),
        ("a." * 500_000 + "a = 1", "key of more than 4 parts"),
    ],
)
def test_what_pins_no_release_is_refused_with_the_reason(text, why):
    with pytest.raises(Invalid, match=f"Cargo.lock.*{why}") as refused:
        read(text)
    assert len(str(refused.value)) < 300


@pytest.mark.parametrize("name", ["../left", "le ft", "", "caf\u00e9"])
def test_a_crate_of_no_name_is_refused(name):
    with pytest.raises(InvalidName):
        read(package(name))


def test_bytes_that_are_no_text_and_absurd_lengths_are_refused():
    with pytest.raises(Invalid, match="no readable TOML"):
        CARGO.read_lockfile("Cargo.lock", b"\xff")
    with pytest.raises(TooLarge, match=r"the Cargo\.lock has"):
        CARGO.read_lockfile("Cargo.lock", b"#" * (MAX_BYTES + 1))


@pytest.mark.parametrize(
    "text",
    ["x=[" + "1," * MAX_PARTS + "]", "[[a]]\n" * (MAX_BYTES // 6), "x=[" + "{}," * (MAX_PARTS // 2) + "]",
     "\n" * (MAX_PARTS + 1)],
    ids=["numbers", "tables", "inline", "lines"],
)  # fmt: skip
def test_more_values_than_a_lockfile_has_are_refused_unparsed(text):
    with pytest.raises(TooLarge, match=rf"the Cargo\.lock has \d+ lines and values; at most {MAX_PARTS} are read"):
        read(text)


def test_four_thousand_packages_with_their_dependencies_are_read():
    more = f'checksum = "{SUM}"\ndependencies = [\n "a",\n "b",\n "c",\n]\n'
    assert len(read(*(package(f"c{number}", more=more) for number in range(4_000)))) == 4_000


values = st.sampled_from(['"left"', '"1.0.0"', f'"{PUBLIC}"', f'"{SUM}"', "1", "[]", "{}", '""', "1979-05-27", "nan"])
fields = st.sampled_from(["name", "version", "source", "checksum", "dependencies"])


@given(st.lists(st.dictionaries(fields, values), max_size=3))
def test_any_list_of_packages_is_read_or_refused(packages):
    text = "".join("[[package]]\n" + "".join(f"{key} = {said}\n" for key, said in one.items()) for one in packages)
    with contextlib.suppress(Invalid):
        for one in read(text):
            assert one.filename == f"left-{one.version}.crate"


@given(st.binary(max_size=60))
def test_any_bytes_are_a_lockfile_or_refused(content):
    with contextlib.suppress(Invalid, TooLarge):
        CARGO.read_lockfile("Cargo.lock", content)
