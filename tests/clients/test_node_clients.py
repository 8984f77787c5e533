"""yarn 1, yarn 4, pnpm and bun through Pratique, in front of a second one: the day of a package, client by client."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.harness.node_clients import Bun, NodeClient, Pnpm, Yarn1, Yarn4
from tests.harness.pair import Pair

CLIENTS: tuple[type[NodeClient], ...] = (Yarn1, Yarn4, Pnpm, Bun)


@pytest.mark.parametrize("kind", CLIENTS, ids=lambda kind: kind.name)
def test_a_tree_with_a_scope_installs_freezes_updates_and_publishes(
    pair: Pair, tmp_path: Path, kind: type[NodeClient]
) -> None:
    leaf, branch = f"leaf-of-{kind.name}", f"@tree-{kind.name}/branch"
    pair.publish_npm(leaf, "1.0.0")
    for version in ("2.1.0", "2.2.0"):
        pair.publish_npm(branch, version, dependencies={leaf: "^1.0.0"})
    client = kind(tmp_path / "client").use(pair.front.npm, pair.user)

    client.add(f"{branch}@~2.1.0").must()
    assert client.installed(branch) == "2.1.0"
    assert leaf in client.locked()

    client.forget().install_frozen().must()
    assert client.installed(branch) == "2.1.0"

    client.update(branch, "^2.0.0").must()
    assert client.installed(branch) == "2.2.0"

    publish_and_install_back(pair, tmp_path, kind)


def publish_and_install_back(pair: Pair, folder: Path, kind: type[NodeClient]) -> None:
    name = f"@ours-{kind.name}/thing"
    author = kind(folder / "author")
    author.manifest.pop("private")
    author.write_manifest(name=name, version="1.0.0", main="index.js", description="Inert", license="MIT")
    author.write({"index.js": f"module.exports = {json.dumps(name)};\n", "README.md": "# Inert\n"})
    author.use(pair.front.npm, pair.user).publish().must()

    reader = kind(folder / "reader").use(pair.front.npm, pair.user)
    reader.add(name).must()
    assert reader.installed(name) == "1.0.0"
    assert pair.upstream.asked_for(f"{name}/-/") == []
