"""`pip.conf`: one index, in a file that pip's own parser still reads."""

from __future__ import annotations

import configparser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pratique.cli.configure.marks import mark, unmark
from pratique.cli.configure.pip_conf import plan_pip_conf
from pratique.cli.configure.setup import Setup
from pratique.core.errors import Invalid

SETUP = Setup("http://127.0.0.1:7417/main/pypi")


def configured(text: str, setup: Setup = SETUP) -> configparser.RawConfigParser:
    parser = configparser.RawConfigParser()
    parser.read_string(mark(text, plan_pip_conf(text, setup).change))
    return parser


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[global]",
        "[global]\n",
        "[global]\nindex-url = https://old.example.test/simple\ntimeout = 5\n",
        "[global]\nindex_url: https://old.example.test/simple\n",
        "[global]\nindex-url =\n    https://old.example.test/simple\ntimeout = 5",
        "# mine\n[install]\nindex-url = https://old.example.test/simple\n\n[global]\ntimeout = 5\n",
        "[install]\nno-binary = x\n",
    ],
)
def test_pip_asks_us_whatever_stood_there(text: str) -> None:
    parser = configured(text)
    assert parser["global"]["index-url"] == "http://127.0.0.1:7417/main/pypi/simple/"
    others = [parser[section] for section in parser.sections() if section != "global"]
    assert not any("index-url" in section for section in others)
    if "timeout" in text:
        assert parser["global"]["timeout"] == "5"


def test_the_token_travels_in_the_url() -> None:
    parser = configured("", Setup(SETUP.base_url, token="prq_x"))
    assert parser["global"]["index-url"] == "http://__token__:prq_x@127.0.0.1:7417/main/pypi/simple/"


def test_plain_http_to_another_machine_is_declared_and_to_this_one_need_not_be() -> None:
    far = configured("[global]\ntrusted-host = old\n", Setup("http://packages.example.test:8080/main/pypi"))
    assert far["global"]["trusted-host"] == "packages.example.test:8080"
    assert "trusted-host" not in configured("")["global"]
    assert "trusted-host" not in configured("", Setup("https://packages.example.test/main/pypi"))["global"]


def test_a_second_index_is_warned_about() -> None:
    notes = plan_pip_conf("[global]\nextra-index-url = https://x.example.test/simple\n", SETUP).notes
    assert "does not pass through Pratique" in notes[0]


def test_pips_own_age_gate_is_said_to_have_no_exemptions() -> None:
    notes = plan_pip_conf("[global]\nuploaded-prior-to = P7D\n", SETUP).notes
    assert "no exemptions" in notes[0]


def test_a_file_that_pip_cannot_read_is_not_touched() -> None:
    with pytest.raises(Invalid, match="mend it first"):
        plan_pip_conf("no section = here\n", SETUP)


@given(st.text(st.sampled_from("[]global\nindex-url= :x\t#;"), max_size=60))
@settings(max_examples=300, deadline=None)
def test_any_text_is_refused_or_changed_into_what_pip_reads_and_can_be_taken_back(text: str) -> None:
    try:
        plan = plan_pip_conf(text, SETUP)
    except Invalid:
        return
    marked = mark(text, plan.change)
    assert unmark(marked).text == text
    parser = configparser.RawConfigParser()
    parser.read_string(marked)
    assert parser["global"]["index-url"].endswith("/main/pypi/simple/")
