import pytest

from pratique.naming.placeholder import why_placeholder

NPM_BARE = [("package/package.json", 200), ("package/README.md", 4_000), ("package/LICENSE", 1_000)]
WHEEL_BARE = [("x-1.dist-info/METADATA", 900), ("x-1.dist-info/RECORD", 100)]
SDIST_BARE = [("x-1/PKG-INFO", 90), ("x-1/setup.py", 90), ("x-1/README.rst", 9), ("x-1/x.egg-info/SOURCES.txt", 90)]
CRATE_BARE = [("x-1/Cargo.toml", 90), ("x-1/Cargo.toml.orig", 90), ("x-1/.cargo_vcs_info.json", 90)]
EMPTY = "holds no file but such as are about it"


@pytest.mark.parametrize(
    ("ecosystem", "members"),
    [("npm", NPM_BARE), ("pypi", WHEEL_BARE), ("pypi", SDIST_BARE), ("cargo", CRATE_BARE), ("npm", [])],
)
def test_a_release_with_nothing_but_what_is_about_it_holds_a_name(ecosystem, members):
    assert why_placeholder(ecosystem, members, {}) == EMPTY


@pytest.mark.parametrize(
    ("ecosystem", "members", "fields"),
    [
        ("npm", [*NPM_BARE, ("package/index.js", 3)], {}),
        ("npm", NPM_BARE, {"dependencies": {"left": "1"}}),
        ("pypi", WHEEL_BARE, {"requires_dist": ["left"]}),
        ("cargo", CRATE_BARE, {"index": {"deps": [{"name": "left"}]}}),
        ("npm", [*NPM_BARE, ("package/data.json", 900)], {"description": "placeholder images"}),
        ("npm", [("package/readme/index.js", 5)], {}),
    ],
)
def test_what_holds_or_brings_something_is_no_placeholder(ecosystem, members, fields):
    assert why_placeholder(ecosystem, members, fields) == ""


@pytest.mark.parametrize(
    ("field", "text", "told"),
    [
        ("description", "A placeholder.", "placeholder"),
        ("summary", "Name reserved for Acme", "name reserv"),
        ("description", "Reserving this name", "reserving this name"),
        ("description", "COMING SOON", "coming soon"),
        ("readme", "please do not use", "do not use"),
    ],
)
def test_a_little_code_that_says_so_itself_holds_a_name(field, text, told):
    assert why_placeholder("npm", [("package/index.js", 120)], {field: text}) == f'holds 120 bytes and says "{told}"'
    assert why_placeholder("cargo", [("x-1/src/lib.rs", 120)], {"index": {field: text}}) != ""


def test_a_little_code_that_says_nothing_of_the_kind_is_a_small_package():
    assert why_placeholder("npm", [("package/index.js", 120)], {"description": "is it odd?"}) == ""


@pytest.mark.parametrize("fields", [{"index": 5}, {"description": 5}, {"description": "x" * 10_000_000}, {"index": {}}])
def test_odd_fields_are_no_trouble(fields):
    assert why_placeholder("cargo", [("x-1/src/lib.rs", 120)], fields) == ""
