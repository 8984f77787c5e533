"""What real clients ask for, and what they get."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.core.errors import NotAcceptable
from pratique.ecosystems.pypi.negotiation import CONTENT_TYPES, HTML, JSON, VERSIONED_HTML, form_named, negotiate

V1 = "application/vnd.pypi.simple.v1"


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        pytest.param(f"{V1}+json, {V1}+html; q=0.1, text/html; q=0.01", JSON, id="pip"),
        pytest.param(f"{V1}+json, {V1}+html;q=0.2, text/html;q=0.01", JSON, id="uv"),
        pytest.param(f"{V1}+json, */*;q=0.1", JSON, id="poetry"),
        pytest.param("text/html", HTML, id="pip 19"),
        pytest.param("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", HTML, id="browser"),
        pytest.param("*/*", HTML, id="curl"),
        pytest.param(None, HTML, id="nothing"),
        pytest.param("", HTML, id="empty"),
        pytest.param(f"{V1}+html", VERSIONED_HTML, id="versioned html"),
        pytest.param("application/vnd.pypi.simple.latest+json", JSON, id="latest"),
        pytest.param(f"{V1}+json;q=0, {V1}+html", VERSIONED_HTML, id="json refused"),
        pytest.param(f"text/html, {V1}+json", JSON, id="equal"),
        pytest.param(f"{V1}+json;q=0.5, text/html;q=0.9", HTML, id="html preferred"),
        pytest.param(f"*/*, {V1}+json", JSON, id="named before wildcard"),
        pytest.param(f"{V1.upper()}+JSON;Q=1", JSON, id="upper case"),
        pytest.param(f"{V1}+json;q=nonsense", HTML, id="broken quality"),
        pytest.param("application/vnd.pypi.simple.v2+json", HTML, id="unknown version"),
    ],
)
def test_a_client_gets_the_form_it_rates_best(accept, form):
    assert negotiate(accept) == form


@given(st.text(max_size=200))
def test_any_header_leads_to_a_form(accept):
    assert negotiate(accept) in CONTENT_TYPES


@pytest.mark.parametrize(
    ("query", "form"),
    [
        ({}, None),
        ({"other": "x"}, None),
        ({"format": f"{V1}+json"}, JSON),
        ({"format": f"{V1} json"}, JSON),
        ({"format": f"{V1}+html"}, VERSIONED_HTML),
        ({"format": "text/html"}, HTML),
    ],
)
def test_the_url_may_name_a_form(query, form):
    assert form_named(query) == form


@pytest.mark.parametrize("named", ["", "json", "*/*", "text/*", f"{V1}+json;q=1", f"{V1}+json, text/html", "x" * 999])
def test_a_form_that_there_is_not_is_refused_with_those_there_are(named):
    with pytest.raises(NotAcceptable, match=r"there is no form .*; there are: application/vnd"):
        form_named({"format": named})
