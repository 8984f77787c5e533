"""What to paste, so that cargo uses this server."""

from __future__ import annotations

import tomllib

from pratique.ecosystems.cargo import CARGO
from tests.unit.ecosystems.cargo.reading import BASE


def test_the_lines_to_paste_are_settings_of_cargo():
    replaced, named = (tomllib.loads(lines) for _, lines in CARGO.client_setup(BASE))
    assert replaced == {
        "source": {"crates-io": {"replace-with": "pratique"}, "pratique": {"registry": f"sparse+{BASE}/index/"}}
    }
    assert named == {
        "registries": {"pratique": {"index": f"sparse+{BASE}/members/index/", "credential-provider": "cargo:token"}}
    }


def test_both_can_stand_in_one_file():
    assert tomllib.loads("\n".join(lines for _, lines in CARGO.client_setup(BASE))).keys() == {"source", "registries"}


def test_whoever_publishes_is_told_how_to_sign_in():
    assert "cargo login --registry pratique" in CARGO.client_setup(BASE)[1][1]
