import pytest

from pratique.core.errors import Invalid, TooLarge
from pratique.naming import feeds
from pratique.naming.feeds import MAX_BYTES, read_feed


def test_a_list_says_of_each_name_of_which_ecosystem_it_is() -> None:
    text = b"\xef\xbb\xbf# invented\nnpm:left  # why\n\npkg:npm/%40acme/x\npypi:Some_Thing\r\ncargo:a-b\n"

    assert read_feed(text) == {("npm", "left"), ("npm", "@acme/x"), ("pypi", "some-thing"), ("cargo", "a-b")}


def test_a_list_of_one_ecosystem_holds_bare_names() -> None:
    assert read_feed(b"Some_Thing\nother\n", "pypi") == {("pypi", "some-thing"), ("pypi", "other")}


def test_a_list_may_be_json() -> None:
    assert read_feed(b' {"npm": ["left"], "pypi": []}') == {("npm", "left")}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"left\n", "line 1 of the list is 'left'; write `npm:name`"),
        (b"npm:left\nnpm:bad name!\n", "line 2 of the list holds no name of npm"),
        (b"gem:left", "line 1 of the list names the ecosystem 'gem'"),
        (b'{"gem": ["left"]}', "names the ecosystem 'gem'"),
        (b'{"npm": ["left", "no name!"]}', r"npm\[1\] of the list holds no name of npm"),
        (b'{"npm": "left"}', "not JSON of ecosystems and their names"),
        (b'["left"]', "not JSON of ecosystems and their names"),
        (b"{", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"\xff\xfe", "no UTF-8 text"),
        (b"<html>404</html>", "line 1 of the list"),
        (b"", "the list is empty"),
        (b"# nothing\n", "the list is empty"),
        (b"npm:" + b"x" * 10_000, "line 1 of the list holds no name of npm"),
    ],
)
def test_a_bad_list_is_refused_whole_and_the_place_is_told(content: bytes, said: str) -> None:
    with pytest.raises(Invalid, match=said):
        read_feed(content)


def test_a_list_that_is_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(TooLarge, match="bytes"):
        read_feed(b" " * (MAX_BYTES + 1))
    monkeypatch.setattr(feeds, "MAX_NAMES", 2)
    with pytest.raises(TooLarge, match="more than 2 names"):
        read_feed(b"npm:a\nnpm:b\nnpm:c\n")
