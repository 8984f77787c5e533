"""What to paste so that cargo uses this server."""

from __future__ import annotations


def client_setup(base_url: str) -> tuple[tuple[str, str], ...]:
    """For cargo, lines of `.cargo/config.toml`: this server in place of the public index, and by a name of its own."""
    replaced = (
        f'[source.crates-io]\nreplace-with = "pratique"\n[source.pratique]\nregistry = "sparse+{base_url}/index/"'
    )
    named = (
        f'[registries.pratique]\nindex = "sparse+{base_url}/members/index/"\n# then: cargo login --registry pratique'
    )
    return (("cargo, for public crates", replaced), ("cargo, for your own crates", named))
