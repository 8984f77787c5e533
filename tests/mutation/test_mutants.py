import ast
from pathlib import Path

import pytest

from tests.mutation.mutants import mutants_of

MODULE = '''"""A rule in miniature."""

LIMIT: int = 48


def vote(age, exempt):
    """Hold what is young."""
    if age < LIMIT and not exempt:
        return hold("young", why="is young", until=LIMIT - age)
    return None
'''


@pytest.fixture
def changed(tmp_path, monkeypatch):
    (tmp_path / "young.py").write_text(MODULE)
    monkeypatch.chdir(tmp_path)
    return {mutant.key: ast.unparse(mutant.tree()) for mutant in mutants_of(Path(tmp_path, "young.py"), tmp_path)}


@pytest.mark.parametrize(
    ("key", "line"),
    [
        ("young.vote: age < LIMIT -> age <= LIMIT", "if age <= LIMIT and (not exempt):"),
        ("young.vote: age < LIMIT -> age >= LIMIT", "if age >= LIMIT and (not exempt):"),
        ("young.vote: age < LIMIT and (not exempt) -> age < LIMIT or not exempt", "if age < LIMIT or not exempt:"),
        ("young.vote: not exempt -> not negated", "if age < LIMIT and (not not exempt):"),
        ("young.vote: LIMIT - age -> Add", "until=LIMIT + age)"),
        ("young.vote: hold -> deny", "return deny('young', why='is young', until=LIMIT - age)"),
        ("young.: 48 -> 49", "LIMIT: int = 49"),
    ],
)
def test_every_small_change_is_made_once_and_described(changed, key, line):
    assert line in changed[key]


def test_a_dropped_return_a_dropped_argument_and_another_text_are_among_them(changed):
    kinds = {key.rpartition(" -> ")[2] for key in changed}

    assert {"return None", "without until", "without why", "other text", "negated"} <= kinds


def test_no_change_is_no_change_and_docstrings_are_left_alone(changed):
    plain = ast.unparse(ast.parse(MODULE))

    assert plain not in changed.values()
    assert all('"""Hold what is young."""' in text for text in changed.values())
