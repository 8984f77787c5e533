import pytest

from pratique.naming.private_names import is_known, known_like, looks_private


@pytest.mark.parametrize(
    ("ecosystem", "name", "why"),
    [
        ("npm", "@acme-of-nowhere/core", "is in @acme-of-nowhere, a scope of no well-known package"),
        ("npm", "billing-internal", 'has "internal" in it'),
        ("pypi", "acme-private-sdk", 'has "private" in it'),
        ("cargo", "corp_net", 'has "corp" in it'),
        ("npm", "@babel/never-heard-of", ""),
        ("npm", "corpus", ""),
        ("npm", "react", ""),
        ("pypi", "requests", ""),
        ("pypi", "never-heard-of-it", ""),
    ],
)
def test_what_in_a_name_says_that_it_is_private(ecosystem: str, name: str, why: str) -> None:
    assert looks_private(ecosystem, name) == why


def test_well_known_names_are_known_whatever_words_they_have() -> None:
    assert is_known("npm", "@babel/core")
    assert not is_known("npm", "@acme-of-nowhere/core")


def test_well_known_names_under_a_prefix_or_scope_are_found() -> None:
    assert known_like("npm", "@babel/cor*", 5) == ["@babel/core"]
    assert known_like("npm", "@babel/*-transform-*", 2) != []
    assert known_like("npm", "*-core", 5) == []
    assert len(known_like("pypi", "a*", 7)) == 7
    assert known_like("nowhere", "a*", 7) == []
