"""Reading PEP 503 pages of upstreams that speak nothing else."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pratique.core.artifacts import Digests
from pratique.core.errors import BadUpstream
from pratique.ecosystems.pypi.index_html import MAX_PAGE
from tests.unit.ecosystems.pypi.documents import SHA, read

PAGE = f"""<!DOCTYPE html><html><head><title>Links for demo</title>
<meta name="pypi:repository-version" content="1.3"><meta name="pypi:project-status" content="archived">
<meta name="pypi:project-status-reason" content="done &amp; dusted"></head><body><h1>Links for demo</h1>
<a href="../../files/demo-1.0-py3-none-any.whl#sha256={SHA}" data-requires-python="&gt;=3.8"
   data-dist-info-metadata="sha256={"b" * 64}" data-core-metadata="sha256={"b" * 64}"
   data-provenance="https://index.example.test/p">demo</a><br/>
<A HREF='https://f.example.test/demo-1.0.tar.gz' data-yanked="bad &lt;build&gt;">demo-1.0.tar.gz</A>
<a href="demo-1.1.tar.gz" data-yanked>x</a>
<a href="demo-1.0-py2.7.egg">egg</a><a href="/">Home</a><a name="x">no href</a>
</body></html>""".encode()


def test_a_page_says_what_a_document_says():
    view = read(PAGE, "text/html; charset=utf-8")
    wheel, sdist, yanked = view.files

    assert wheel.url == "https://index.example.test/files/demo-1.0-py3-none-any.whl"
    assert wheel.digests == Digests(sha256=SHA)
    assert wheel.raw["requires-python"] == ">=3.8"
    assert wheel.metadata == Digests(sha256="b" * 64)
    assert wheel.attested
    assert (wheel.published, wheel.size) == (None, None)
    assert (sdist.filename, sdist.yanked) == ("demo-1.0.tar.gz", "bad <build>")
    assert yanked.yanked == ""
    assert view.raw["project-status"] == {"status": "archived", "reason": "done & dusted"}


def test_a_base_address_is_honoured():
    page = b'<base href="https://cdn.example.test/d/"><a href="demo-1.0.zip">x</a>'

    assert read(page, "text/html").files[0].url == "https://cdn.example.test/d/demo-1.0.zip"


def test_an_empty_project_page_is_empty():
    assert read(b"<html><title>Links for demo</title></html>", "text/html").files == ()
    assert read(b'<meta name="pypi:repository-version" content="1.0">', "text/html").files == ()


@pytest.mark.parametrize(
    "page",
    [
        b"",
        b"<html><title>Sign in</title><p>Please log in",
        b"<html><p>502 Bad Gateway</p></html>",
        b'<meta name="pypi:repository-version" content="2.0">',
        b"Links for demo \xff",
        b"<![",
        b"<![if",
    ],
)
def test_a_page_that_is_no_index_is_refused(page):
    with pytest.raises(BadUpstream):
        read(page, "text/html")


def test_an_endless_page_is_refused():
    with pytest.raises(BadUpstream, match=f"at most {MAX_PAGE} of HTML"):
        read(PAGE.ljust(MAX_PAGE + 1), "text/html")


@pytest.mark.parametrize(
    "unit", ["<a ", "<a b=c ", '<a href="', "<!--", "<![CDATA[", "<", "</", "&#1", "<a>" + " " * 999]
)
def test_a_page_of_unfinished_markup_takes_no_longer_than_its_length(unit):
    """A parser that goes back at each would outlast the time a test may take."""
    page = b"<title>Links for demo</title>" + unit.encode() * (500_000 // len(unit))

    assert read(page, "text/html").files == ()


def href(page: str) -> list[str]:
    return [file.url for file in read(b"<title>Links for demo</title>" + page.encode(), "text/html").files]


@pytest.mark.parametrize(
    "anchor",
    [
        "<a href=https://x.test/demo-1.0.zip>",
        "<a\nhref = 'https://x.test/demo-1.0.zip' >",
        '<a class=b href="https://x.test/demo-1.0.zip" href="https://x.test/demo-2.0.zip">',
        "<A HREF=https&#58;//x.test/demo-1.0.zip>",
        '<a title="1 > 0" href="https://x.test/demo-1.0.zip"/>',
        "<p <a href=x><a href=https://x.test/demo-1.0.zip>",
        "<script>'<a href=https://x.test/demo-3.0.zip>'</SCRIPT><a href=https://x.test/demo-1.0.zip>",
        "<!-- <a href=https://x.test/demo-3.0.zip> --><a href=https://x.test/demo-1.0.zip>",
    ],
)
def test_an_anchor_is_found_as_browsers_find_it(anchor):
    assert href(anchor) == ["https://x.test/demo-1.0.zip"]


@pytest.mark.parametrize(
    "anchor", ["<a href=https://x.test/demo-1.0.zip", "<a href='https://x.test/demo-1.0.zip>", "<a>"]
)
def test_an_unfinished_anchor_is_none(anchor):
    assert href(anchor) == []


def test_a_number_too_long_to_be_a_character_is_no_page():
    with pytest.raises(BadUpstream):
        href(f"<a href='&#{'9' * 5000};'>")


@given(st.text(alphabet='<>&;"=/!-[]a bhrefdt#x1.', max_size=120))
@settings(max_examples=200)
def test_any_page_is_read_or_refused(text):
    with contextlib.suppress(BadUpstream):
        read(PAGE + text.encode(), "text/html")
