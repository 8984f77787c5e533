"""Names of Python projects, as people type them and as attackers do."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.utils import canonicalize_name

from pratique.core.errors import InvalidName
from pratique.ecosystems.pypi.names import canonical, check_new_name

VALID = st.from_regex(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,30}[A-Za-z0-9])?", fullmatch=True)


@pytest.mark.parametrize(
    ("written", "meant"),
    [("Flask", "flask"), ("zope.interface", "zope-interface"), ("a__b-._c", "a-b-c"), ("x", "x"), ("2to3", "2to3")],
)
def test_every_spelling_of_a_name_meets_in_one(written, meant):
    assert canonical(written) == meant


@given(VALID)
def test_valid_names_normalise_as_installers_do_and_stay_put(name):
    assert canonical(name) == canonicalize_name(name, validate=True)
    assert canonical(canonical(name)) == canonical(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "-x",
        "x-",
        ".",
        "..",
        "../x",
        "a/b",
        "a b",
        "a\x00b",
        "a\nb",
        "re\u0301quests",
        "ｒequests",
        "рequests",
        "x" * 201,
    ],
)
def test_what_is_no_name_is_refused_in_printable_ascii(name):
    with pytest.raises(InvalidName) as refused:
        canonical(name)
    assert str(refused.value).isascii()
    assert str(refused.value).isprintable()


@given(st.text(max_size=60))
def test_any_text_is_a_name_or_refused(text):
    with contextlib.suppress(InvalidName):
        assert canonical(text).isascii()


@pytest.mark.parametrize(
    ("typed", "offered"), [("my project", "my-project"), ("réquests", "requests"), ("ｆlask", "flask"), ("-x-", "x")]
)
def test_the_nearest_valid_name_is_offered(typed, offered):
    with pytest.raises(InvalidName, match=f'Did you mean "{offered}"'):
        canonical(typed)


@pytest.mark.parametrize("name", ["json", "Asyncio", "distutils", "urllib", "concurrent", "imp", "_thread".strip("_")])
def test_a_module_of_the_standard_library_is_no_new_project(name):
    with pytest.raises(InvalidName, match="standard library"):
        check_new_name(name)


@pytest.mark.parametrize("name", ["requirements.txt", "setup.py", "pyproject_toml"])
def test_a_forgotten_dash_r_finds_no_project(name):
    with pytest.raises(InvalidName, match="forget"):
        check_new_name(name)


@pytest.mark.parametrize("name", ["acme-billing", "json-extras", "Flask"])
def test_an_ordinary_new_name_passes(name):
    check_new_name(name)
