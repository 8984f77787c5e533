"""Which names npm knows, which it lets new packages have, and what the refusal says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.core.errors import InvalidName
from pratique.ecosystems.npm import NPM


@pytest.mark.parametrize(
    "name", ["left-pad", "a", "7zip", "@acme/x", "@acme/_x", "@ACME/Legacy", "JSONStream", "x.y_z", "http", "name!"]
)
def test_names_that_exist_are_their_own_canonical_form(name):
    assert NPM.canonical(name) == name


@pytest.mark.parametrize(
    "name",
    ["", " ", "..", "../x", "@../x", "@x/..", "@x/.y", ".x", "_x", "-x", "-", "a/b", "@x", "@/x", "@x/", "@x/y/z",
     "x/..", "node_modules", "Favicon.ico", "x ", " x", "x\n", "x\x00", "x\r\nSet-Cookie: a", "%2e%2e", "a%2fb", "x\\y",
     "x@1", "x?y", "x#y", "r\u0435act", "\uff52eact", "x\u202ey", "a" * 513],
)  # fmt: skip
def test_traversal_control_characters_and_look_alikes_are_no_names(name):
    with pytest.raises(InvalidName) as refusal:
        NPM.canonical(name)
    assert "not a name npm accepts" in str(refusal.value)
    assert str(refusal.value).isascii()
    assert str(refusal.value).isprintable()


@pytest.mark.parametrize("name", ["JSONStream", "@acme/X", "http", "zlib", "name!", "a~b", "a" * 215])
def test_names_from_long_ago_can_be_installed_but_not_published(name):
    assert NPM.canonical(name) == name
    with pytest.raises(InvalidName):
        NPM.check_new_name(name)


def test_a_new_package_may_have_an_ordinary_name():
    for name in ("left-pad", "@acme/http", "a" * 214, "x.y", "x_y"):
        NPM.check_new_name(name)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("Requets", "requets"),
        ("r\u0435act", "react"),
        ("\uff52eact", "react"),
        ("re\u0301act", "react"),
        (" react\n", "react"),
        ("my package", "my-package"),
        ("@Acme/Lib", "@acme/lib"),
        ("_private", "private"),
    ],
)
def test_the_refusal_suggests_what_was_meant(name, meant):
    with pytest.raises(InvalidName) as refusal:
        NPM.check_new_name(name)
    assert str(refusal.value).endswith(f'Did you mean "{meant}"?')


def test_a_look_alike_letter_is_called_by_its_name():
    with pytest.raises(InvalidName, match=r"U\+0435 CYRILLIC SMALL LETTER IE"):
        NPM.canonical("r\u0435act")


def test_upper_case_is_refused_with_the_reason():
    with pytest.raises(InvalidName, match=r'"Requets": not a name npm accepts: upper case letters are not allowed'):
        NPM.check_new_name("Requets")


def test_nothing_that_could_be_a_path_is_suggested():
    for name in ("../../etc", "..%2f..", "\uff0e\uff0e/x", "@a/..\uff0f"):
        with pytest.raises(InvalidName) as refusal:
            NPM.canonical(name)
        assert "Did you mean" not in str(refusal.value)


@given(st.text(max_size=40))
def test_any_text_is_a_safe_name_or_refused(name):
    try:
        canonical = NPM.canonical(name)
    except InvalidName:
        return
    assert canonical == name
    assert name.isascii()
    assert name.isprintable()
    assert all(part not in ("", ".", "..") for part in name.split("/"))
