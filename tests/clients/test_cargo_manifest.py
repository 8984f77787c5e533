"""What is read from the Cargo.toml inside a crate is what a stock cargo says of it beside the crate."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pratique.core.artifacts import Manifest, PublishDraft
from pratique.core.ecosystem import ArchiveLimits
from pratique.ecosystems.cargo import CARGO
from pratique.ecosystems.cargo.cargo_toml import PUBLIC_INDEX
from tests.harness.cargo_client import Cargo
from tests.harness.site import running_site
from tests.harness.taking_registry import TakingRegistry
from tests.unit.formats.archives import Bytes

TOKEN = "token"
OFFERED = {"alpha": ("std", "extra"), "beta": (), "gamma": ("x",), "delta": (), "epsilon": (), "zeta": (), "eta": ()}

WORKSPACE = """
[workspace]
members = ["member", "neighbour"]
resolver = "2"

[workspace.package]
version = "1.4.0-beta.1+build.7"
edition = "2021"
authors = ["Ann <ann@example.test>"]
description = '''  Inert,
with "quotes" and a second line '''
license = "MIT OR Apache-2.0"
repository = "https://example.test/repository"
keywords = ["one", "two"]
categories = ["development-tools"]
rust-version = "1.70"

[workspace.dependencies]
alpha = { version = "1.2", registry = "reg", default-features = false, features = ["std"] }
beta = { version = ">=1.0, <2", registry = "reg" }
"""

MEMBER = """
[package]
name = "Every_Way"
version.workspace = true
edition.workspace = true
authors.workspace = true
description.workspace = true
license.workspace = true
repository.workspace = true
keywords.workspace = true
categories.workspace = true
rust-version.workspace = true
homepage = "https://example.test/home"
documentation = "https://example.test/docs"
links = "z"

[badges]
maintenance = { status = "actively-developed" }

[dependencies]
alpha = { workspace = true, features = ["extra"] }
renamed = { package = "gamma", version = "=1.2.3", registry = "reg", optional = true }
delta = { version = "1", registry = "reg", optional = true }

[dev-dependencies]
beta = { workspace = true }
neighbour = { path = "../neighbour" }

[build-dependencies]
epsilon = { version = "^1", registry = "reg" }

[target.'cfg(windows)'.dependencies]
zeta = { version = "1.*", registry = "reg" }

[target.x86_64-unknown-linux-gnu.build-dependencies]
under-another_name = { package = "eta", version = "~1.2", registry = "reg", default-features = false }

[features]
default = ["std"]
std = ["alpha/std"]
full = ["dep:renamed", "renamed?/x"]
with-delta = ["delta"]
"""


@dataclass(frozen=True)
class Sent:
    """What cargo sent: its claims, and what is read from the crate."""

    draft: PublishDraft
    manifest: Manifest

    @property
    def listed(self) -> dict[str, Any]:
        listed: dict[str, Any] = self.manifest.fields["index"]
        return listed

    @property
    def differing(self) -> tuple[str, ...]:
        return CARGO.compare_claims(self.draft, self.manifest)


class Publisher:
    """cargo, which publishes to a registry that takes everything."""

    def __init__(self, folder: Path, registry: TakingRegistry) -> None:
        self.registry = registry
        self.cargo = Cargo(folder).use(registry.url, TOKEN)
        self.here = f"sparse+{registry.url}/members/index/"

    def write(self, files: Mapping[str, str]) -> Publisher:
        """Files of the project by their paths."""
        for path, text in files.items():
            target = self.cargo.project / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)
        return self

    def settle(self, lines: str) -> Publisher:
        """Further lines of cargo's own settings."""
        with (self.cargo.home / ".cargo" / "config.toml").open("a") as settings:
            settings.write(lines)
        return self

    def publish(self, *arguments: str) -> Sent:
        """Publish without building, and read what arrived."""
        self.cargo.run("publish", "--registry", "reg", "--allow-dirty", "--no-verify", *arguments).must()
        crate = bytearray()
        reader = CARGO.publish_reader({}, crate.extend)
        reader.feed(self.registry.bodies[-1])
        draft = reader.finish()
        return Sent(draft, CARGO.read_manifest(draft.filename, Bytes(bytes(crate)), ArchiveLimits()))


@pytest.fixture(scope="module")
def registry() -> Iterator[TakingRegistry]:
    with TakingRegistry() as taking:
        for name, features in OFFERED.items():
            taking.offers(name, "1.2.3", *features)
        yield taking


@pytest.fixture
def publisher(tmp_path: Path, registry: TakingRegistry) -> Publisher:
    return Publisher(tmp_path / "cargo", registry)


def as_listed(claims: dict[str, Any], here: str) -> dict[str, Any]:
    """What cargo says, in the form of an index. Source: The Cargo Book, "Registry Index" on the web API's fields."""
    plain = {name: enabled for name, enabled in claims["features"].items() if not _is_new(enabled)}
    new = {name: enabled for name, enabled in claims["features"].items() if _is_new(enabled)}
    stated = {"links": claims["links"], "rust_version": claims["rust_version"], "features2": new, "v": 2 if new else 0}
    deps = sorted((_dependency_as_listed(one, here) for one in claims["deps"]), key=_place)
    return {"deps": deps, "features": plain, **{field: said for field, said in stated.items() if said}}


def _is_new(enabled: list[str]) -> bool:
    return any(one.startswith("dep:") or "?/" in one for one in enabled)


def _dependency_as_listed(stated: dict[str, Any], here: str) -> dict[str, Any]:
    alias, registry = stated.get("explicit_name_in_toml"), stated.get("registry", here)
    same = {field: stated[field] for field in ("features", "optional", "default_features", "target", "kind")}
    return {
        **same,
        "name": alias or stated["name"],
        "package": stated["name"] if alias else None,
        "req": stated["version_req"],
        "registry": None if registry == PUBLIC_INDEX else registry,
    }


def _place(dependency: dict[str, Any]) -> tuple[str, ...]:
    return tuple(str(dependency[field]) for field in ("target", "kind", "name"))


def test_a_package_with_dependencies_of_every_kind_is_listed_as_cargo_describes_it(publisher: Publisher) -> None:
    neighbour = '[package]\nname = "neighbour"\nversion = "0.1.0"\nedition = "2021"\n'
    publisher.write({"Cargo.toml": WORKSPACE, "member/Cargo.toml": MEMBER, "neighbour/Cargo.toml": neighbour})
    publisher.write({"member/src/lib.rs": "", "member/build.rs": "fn main() {}\n", "neighbour/src/lib.rs": ""})

    sent = publisher.publish("--package", "Every_Way")

    listed = sent.listed | {"deps": sorted(sent.listed["deps"], key=_place)}
    assert len(listed["deps"]) == 7
    assert listed.keys() == {"deps", "features", "features2", "v", "links", "rust_version"}
    assert listed == as_listed(sent.draft.claims, publisher.here)
    assert (sent.manifest.name, sent.manifest.version) == ("Every_Way", "1.4.0-beta.1+build.7")
    assert sent.manifest.execution_points == ("build.rs",)
    assert sent.differing == ()


def test_registries_are_told_apart_as_cargo_tells_them(publisher: Publisher) -> None:
    url = publisher.registry.url
    publisher.settle(f'[registries.third]\nindex = "sparse+{url}/third/index/"\n')
    publisher.settle(f'[source.crates-io]\nreplace-with = "x"\n[source.x]\nregistry = "sparse+{url}/x/index/"\n')
    publisher.cargo.package(
        "from-everywhere",
        "0.1.0",
        {
            "alpha": "1",
            "beta": '{ version = "1" }',
            "delta": '{ version = "1", registry = "third" }',
            "eta": '{ version = "1", registry-index = "https://github.com/rust-lang/crates.io-index" }',
        },
    )

    sent = publisher.publish()

    assert {one["name"]: one["registry"] for one in sent.listed["deps"]} == {
        "alpha": publisher.here,
        "beta": None,
        "delta": f"sparse+{url}/third/index/",
        "eta": None,
    }
    assert sent.differing == ()


def test_an_honest_package_without_anything_differs_in_nothing(publisher: Publisher) -> None:
    sent = publisher.write({"Cargo.toml": '[package]\nname = "bare"\nversion = "0.1.0"\n'}).publish()

    assert sent.listed == {"deps": [], "features": {}}
    assert sent.differing == ()


def test_spellings_that_cargo_writes_anew_differ_in_nothing(publisher: Publisher) -> None:
    more = """
homepage = ""
authors = []
readme = false

[target."cfg( all( unix , not(target_os=\'macos\') , ) )".dependencies]
alpha = { version = "1.x", registry = "reg", default_features = false }
beta = { version = " >= 1.2.3+build , < 2 ", registry = "reg" }
gamma = { version = "=1.*", registry = "reg", features = ["x"] }
delta = { version = "*", registry = "reg", optional = true }
"""
    publisher.cargo.package("spelled", "0.1.0", more=more.replace("'", '\\"'))

    sent = publisher.publish()

    assert {one["name"]: one["req"] for one in sent.listed["deps"]} == {
        "alpha": "1.*",
        "beta": ">=1.2.3, <2",
        "gamma": "=1",
        "delta": "*",
    }
    assert sent.differing == ()


def test_the_newest_edition_differs_in_nothing(publisher: Publisher) -> None:
    package = '[package]\nname = "newest"\nversion = "0.1.0"\nedition = "2024"\nlicense-file = "LICENCE"\n'
    needed = "".join(
        f'{name} = {{ version = "1", registry = "reg", optional = true }}\n' for name in ("alpha", "gamma")
    )
    features = '[features]\nx = ["dep:gamma", "gamma?/x"]\n'
    publisher.write({"Cargo.toml": f"{package}[dependencies]\n{needed}{features}", "LICENCE": "Inert"})

    sent = publisher.publish()

    assert [one["name"] for one in sent.listed["deps"]] == ["alpha", "gamma"]
    assert sent.listed["features2"] == {"x": ["dep:gamma", "gamma?/x"]}
    assert sent.differing == ()


@pytest.mark.parametrize(
    ("version", "library"), [("0.1.0", "proc-macro = true"), ("0.2.0", 'crate-type = ["proc-macro"]')]
)
def test_a_macro_is_known_as_code_that_runs_in_every_build(publisher: Publisher, version: str, library: str) -> None:
    publisher.cargo.package("a-macro", version, more=f"[lib]\n{library}\n")

    sent = publisher.publish()

    assert sent.manifest.execution_points == ("proc-macro",)
    assert sent.differing == ()


async def test_a_release_with_build_metadata_is_published_and_built(tmp_path: Path) -> None:
    async with running_site(tmp_path / "site", "[repositories.main.upstreams]\n") as site:
        author = Cargo(tmp_path / "author").use(f"{site.url}/main/cargo", site.token)
        author.package("ours", "1.0.0-rc.1+build.7")
        published = await asyncio.to_thread(author.run, "publish", "--registry", "reg", "--allow-dirty")
        user = Cargo(tmp_path / "user").use(f"{site.url}/main/cargo", site.token)
        user.package("the-user", "0.1.0", {"ours": "=1.0.0-rc.1"})
        built = await asyncio.to_thread(user.run, "check")

    published.must()
    built.must()
    assert user.locked("ours") == "1.0.0-rc.1+build.7"
