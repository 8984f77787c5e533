"""Claims of an upload against its artefact."""

from __future__ import annotations

from typing import Any

import pytest

from pratique.core.artifacts import Digests, Manifest, PublishDraft
from pratique.core.errors import Invalid
from pratique.ecosystems.pypi import PYPI

FIELDS = {
    "metadata_version": "2.4",
    "summary": "A demo",
    "description": "Hello\nworld\n",
    "keywords": ["a", "b"],
    "platforms": ["any"],
    "requires_python": ">=3.8",
    "requires_dist": ["six>=1", "toml; extra == 'x'"],
    "project_urls": {"Home": "https://example.test/a,b"},
}


def compare(name: str = "Demo.Pkg", version: str = "1.0", **claims: Any) -> tuple[str, ...]:
    draft = PublishDraft("demo-pkg", "1.0", "demo_pkg-1.0.tar.gz", Digests(), claims)
    return PYPI.compare_claims(draft, Manifest(name, version, FIELDS))


def test_claims_that_only_write_it_differently_agree():
    differing = compare(
        filetype="sdist",
        pyversion="source",
        metadata_version="2.4",
        summary="A demo",
        description="Hello\r\nworld",
        keywords="b, a",
        platform=("any",),
        requires_python=">= 3.8",
        requires_dist=("toml ; extra == 'x'", "six >=1"),
        project_urls=("Home, https://example.test/a,b",),
    )

    assert differing == ()


def test_every_field_that_differs_is_named():
    differing = compare(requires_python=">=2.7", requires_dist=("six>=1",), author="Somebody", summary="A demo")

    assert differing == ("author", "requires_dist", "requires_python")


def test_a_field_that_was_not_sent_claims_nothing():
    assert compare() == ()


@pytest.mark.parametrize(("name", "version"), [("other", "1.0"), ("demo-pkg", "1.1")])
def test_another_name_or_version_inside_is_refused(name, version):
    with pytest.raises(Invalid, match="nothing was stored"):
        compare(name, version)


def wheel_named(filename: str, tags: list[str], build: str = "") -> tuple[str, ...]:
    manifest = Manifest("Demo.Pkg", "1.0", FIELDS | {"_tags": tags, "_build": build})
    return PYPI.compare_claims(PublishDraft("demo-pkg", "1.0", filename, Digests()), manifest)


@pytest.mark.parametrize(
    ("filename", "tags", "build"),
    [
        ("demo_pkg-1.0-py3-none-any.whl", ["py3-none-any"], ""),
        ("demo_pkg-1.0-py2.py3-none-any.whl", ["py2-none-any", "py3-none-any"], ""),
        ("demo_pkg-1.0-1a-py2.py3-none-any.whl", ["py2.py3-none-any"], "1A"),
        ("demo_pkg-1.0-cp311-abi3-manylinux2014_x86_64.whl", ["cp311-abi3-manylinux2014_x86_64"], ""),
    ],
)
def test_a_wheel_that_bears_the_name_it_was_built_for_agrees(filename, tags, build):
    assert wheel_named(filename, tags, build) == ()


@pytest.mark.parametrize(
    ("filename", "tags", "build", "named"),
    [
        ("demo_pkg-1.0-py3-none-any.whl", ["cp311-cp311-linux_x86_64"], "", ("tags",)),
        ("demo_pkg-1.0-py2.py3-none-any.whl", ["py3-none-any"], "", ("tags",)),
        ("demo_pkg-1.0-2-py3-none-any.whl", ["py3-none-any"], "1", ("build number",)),
        ("demo_pkg-1.0-py3-none-any.whl", [], "1", ("build number", "tags")),
        ("demo_pkg-1.0-py3-none-any.whl", ["py3-none-any-x"], "", ("tags",)),
        ("demo_pkg-1.0-py3-none-any.whl", ["-".join([".".join("ab" * 5000)] * 3)], "", ("tags",)),
    ],
)
def test_a_wheel_that_was_renamed_differs_in_what_its_name_says(filename, tags, build, named):
    assert wheel_named(filename, tags, build) == named
