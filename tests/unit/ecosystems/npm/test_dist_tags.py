"""Tags of a package whose releases go."""

from __future__ import annotations

import pytest

from pratique.core.errors import Invalid
from pratique.ecosystems.npm.dist_tags import check_removable, read_tagged, tags_without


@pytest.mark.parametrize(
    ("tags", "gone", "left", "after"),
    [
        ({"latest": "1.0.0"}, "2.0.0", ["1.0.0"], {"latest": "1.0.0"}),
        ({"latest": "2.0.0", "old": "1.0.0"}, "2.0.0", ["1.0.0"], {"latest": "1.0.0", "old": "1.0.0"}),
        ({"latest": "2.0.0", "next": "2.0.0"}, "2.0.0", ["1.0.0", "1.1.0"], {"latest": "1.1.0"}),
        ({"latest": "1.0.0"}, "1.0.0", ["2.0.0", "3.0.0-b"], {"latest": "2.0.0"}),
        ({"latest": "2.0.0"}, "2.0.0", ["1.0.0", "3.0.0-b"], {"latest": "1.0.0"}),
        ({"latest": "2.0.0"}, "2.0.0", ["3.0.0-a", "3.0.0-b"], {"latest": "3.0.0-b"}),
        ({"latest": "2.0.0-a"}, "2.0.0-a", ["1.0.0"], {"latest": "1.0.0"}),
        ({"latest": "2.0.0", "next": "2.0.0"}, "2.0.0", [], {}),
        ({"beta": "2.0.0-b"}, "2.0.0-b", ["1.0.0"], {}),
    ],
)
def test_a_release_takes_its_tags_along_and_latest_goes_on(tags, gone, left, after):
    assert tags_without(tags, gone, left) == after


def test_latest_is_what_every_package_needs():
    check_removable("next")
    with pytest.raises(Invalid, match="set it to another version instead"):
        check_removable("latest")


@pytest.mark.parametrize("body", [b"", b"1.0.0", b"null", b"1", b"[]", b'""', b"\xff"])
def test_a_tag_is_pointed_to_a_version_by_a_json_string(body):
    assert read_tagged(b'"1.0.0"') == "1.0.0"
    with pytest.raises(Invalid, match="npm dist-tag add"):
        read_tagged(body)
