"""`.npmrc`: ours at the end, what said otherwise set aside, the rest untouched."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from pratique.cli.configure.marks import mark, unmark
from pratique.cli.configure.npmrc import plan_npmrc
from pratique.cli.configure.setup import Setup
from pratique.core.errors import Invalid

SETUP = Setup("http://127.0.0.1:7417/main/npm")


def configured(text: str, setup: Setup = SETUP) -> str:
    return mark(text, plan_npmrc(text, setup).change)


def counted(text: str) -> list[str]:
    """Lines that npm reads."""
    return [line for line in text.splitlines() if line.strip() and not line.startswith(("#", ";"))]


def test_the_registry_is_ours_and_no_other() -> None:
    text = configured("registry = https://old.example.test/\nfund=false\n@acme:registry=https://acme.example.test/\n")
    assert counted(text) == [
        "fund=false",
        "@acme:registry=https://acme.example.test/",
        "registry=http://127.0.0.1:7417/main/npm/",
    ]


def test_a_token_stands_under_the_registrys_address_and_replaces_an_old_one() -> None:
    old = "//127.0.0.1:7417/main/npm/:_authToken=old\n//other.example.test/:_authToken=kept\n"
    text = configured(old, Setup(SETUP.base_url, token="new"))
    assert counted(text) == [
        "//other.example.test/:_authToken=kept",
        "registry=http://127.0.0.1:7417/main/npm/",
        "//127.0.0.1:7417/main/npm/:_authToken=new",
    ]


def test_own_names_are_exempt_from_the_age_gate_and_it_is_said() -> None:
    setup = Setup(SETUP.base_url, own=("@acme/*", "tools"))
    assert "min-release-age-exclude[]=@acme/*" in counted(configured("", setup))
    assert "min-release-age-exclude[]=tools" in counted(configured("", setup))
    notes = " ".join(plan_npmrc("", setup).notes)
    assert "@acme/*, tools" in notes
    assert "pnpm" in notes


def test_a_section_does_not_swallow_our_lines() -> None:
    assert counted(configured("[odd]\nregistry=x\n"))[0] == "registry=http://127.0.0.1:7417/main/npm/"


def test_nothing_printed_of_a_setup_holds_the_token() -> None:
    assert "prq_secret" not in repr(Setup(SETUP.base_url, token="prq_secret"))


LINES = st.sampled_from(
    [
        "",
        "; mine",
        "# mine",
        "fund=false",
        " registry = https://old.example.test/",
        "registry",
        "registry=https://old.example.test/\r",
        '"registry"="https://old.example.test/"',
        "registry[]=x",
        "@acme:registry=https://acme.example.test/",
        "//127.0.0.1:7417/main/npm/:_authToken=old",
        "min-release-age-exclude[]=mine",
        "[odd]",
        "[",
        "=",
        "\t",
    ]
)
TEXTS = st.lists(LINES, max_size=10).map("\n".join) | st.text(st.sampled_from("registy=[]#; \"'\\\n\r\té"), max_size=40)
SETUPS = st.sampled_from([SETUP, Setup(SETUP.base_url, "new", ("@acme/*",))])


@given(TEXTS, SETUPS)
@settings(max_examples=500, deadline=None)
def test_any_file_is_changed_into_what_sends_npm_to_us_and_can_be_taken_back(text: str, setup: Setup) -> None:
    try:
        plan = plan_npmrc(text, setup)
    except Invalid:
        assert "\r" in text
        return
    marked = mark(text, plan.change)

    assert unmark(marked).text == text
    before, after = read(text), read(marked)
    assert after["registry"] == f"{SETUP.base_url}/"
    ours = {"registry", "//127.0.0.1:7417/main/npm/:_authToken"}
    if setup.token:
        assert after["//127.0.0.1:7417/main/npm/:_authToken"] == "new"
    assert {key: value for key, value in after.items() if key not in ours} == {
        key: value for key, value in before.items() if key not in ours
    }


def read(text: str) -> dict[str, str]:
    """What npm takes from a file: the last word of each key before the first section; it does not look into sections.

    Source: npm's documentation of npmrc ("ini-formatted"); lists (`key[]`) are left out here.
    """
    found: dict[str, str] = {}
    for line in re.split(r"[\r\n]+", text):
        if re.fullmatch(r"\[[^\]]*\]\s*", line):
            break
        key, equals, value = line.strip().partition("=")
        key = key.strip().strip("\"'")
        if key and not key.startswith((";", "#")) and not key.endswith("[]"):
            found[key] = value.strip() if equals else "true"
    return found
