"""A change that is made twice is made once, and taken back leaves every byte as it was."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from pratique.cli.configure.marks import ASIDE, CLOSE, OPEN, Change, lines_of, mark, unmark

TEXTS = st.text(st.sampled_from("ab=[]#; \t\r\n\x0b\u2028é"), max_size=60).filter(
    lambda text: OPEN not in text and ASIDE not in text
)
BLOCKS = st.lists(st.text(st.sampled_from("abc=[]# "), max_size=10), max_size=4).filter(
    lambda lines: CLOSE not in lines
)


@st.composite
def changes(draw: st.DrawFn) -> tuple[str, Change]:
    text = draw(TEXTS)
    count = len(lines_of(text))
    aside = draw(st.frozensets(st.integers(0, count - 1))) if count else frozenset()
    more = draw(st.lists(st.tuples(st.integers(0, count), BLOCKS.map(tuple)), max_size=2))
    return text, Change(tuple(draw(BLOCKS)), draw(st.integers(0, count)), aside, tuple(more))


@given(changes(), st.booleans())
@settings(max_examples=300, deadline=None)
def test_taking_back_gives_every_byte_back(case: tuple[str, Change], new: bool) -> None:
    text, change = case
    former = unmark(mark(text, change, new_file=new))
    assert former.text == text
    assert former.was_new is new
    assert former.was_marked


@given(TEXTS)
@settings(max_examples=100, deadline=None)
def test_a_text_without_us_is_left_alone(text: str) -> None:
    assert unmark(text).text == text
    assert not unmark(text).was_marked


@given(TEXTS)
@settings(max_examples=100, deadline=None)
def test_lines_joined_give_the_text(text: str) -> None:
    assert "".join(lines_of(text)) == text


def test_what_others_write_around_our_block_later_stays() -> None:
    marked = mark("a=1\n", Change(("registry=x",), 1, frozenset()))
    assert unmark("first=0\n" + marked + "last=2\n").text == "first=0\na=1\nlast=2\n"
