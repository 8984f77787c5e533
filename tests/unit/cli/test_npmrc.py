"""`.npmrc`: ours at the end, what said otherwise set aside, the rest untouched."""

from __future__ import annotations

from pratique.cli.configure.marks import mark
from pratique.cli.configure.npmrc import plan_npmrc
from pratique.cli.configure.setup import Setup

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
