"""What to paste so that cargo uses this server."""

from __future__ import annotations


def client_setup(base_url: str) -> tuple[tuple[str, str], ...]:
    """Lines of `~/.cargo/config.toml`: this server in place of the public index, and by a name of its own."""
    replaced = f"""\
[source.crates-io]
replace-with = "pratique"
[source.pratique]
registry = "sparse+{base_url}/index/\""""
    named = f"""\
[registries.pratique]
index = "sparse+{base_url}/members/index/"
credential-provider = "cargo:token"
# then: cargo login --registry pratique"""
    return (("cargo, for public crates", replaced), ("cargo, for your own crates", named))


def right_address(base_url: str, _method: str) -> str:
    """The index for everybody; that for members and the API stand in its `config.json`."""
    return f"cargo's index is sparse+{base_url}/index/"
