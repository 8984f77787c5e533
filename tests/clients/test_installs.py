"""Daily work through Pratique, in front of a second one: what is old enough and nobody objects to just installs."""

from __future__ import annotations

import hashlib
import json

from tests.harness.clients import Npm, Pip, Uv
from tests.harness.pair import Pair


def test_npm_installs_a_package_with_its_dependencies(pair: Pair, npm: Npm) -> None:
    pair.publish_npm("tree-leaf", "1.0.0")
    pair.publish_npm("@tree/branch", "2.1.0", dependencies={"tree-leaf": "^1.0.0"})
    pair.publish_npm("tree-trunk", "3.0.0", dependencies={"@tree/branch": "~2.1.0"})

    npm.use(pair.front.npm).run("install", "tree-trunk").must()

    assert [npm.installed(name) for name in ("tree-trunk", "@tree/branch", "tree-leaf")] == ["3.0.0", "2.1.0", "1.0.0"]


def test_npm_ci_installs_what_npm_install_locked(pair: Pair, npm: Npm) -> None:
    pair.publish_npm("lock-a", "1.0.0", dependencies={"lock-b": "1"})
    pair.publish_npm("lock-b", "1.4.0")
    npm.use(pair.front.npm).run("install", "lock-a").must()
    resolved = {npm.locked()[f"node_modules/{name}"]["resolved"] for name in ("lock-a", "lock-b")}
    pair.publish_npm("lock-b", "1.5.0")

    npm.forget().run("ci").must()

    assert all(url.startswith(pair.front.npm) for url in resolved), resolved
    assert npm.installed("lock-b") == "1.4.0"


def test_npm_ci_never_lists_and_still_gets_its_files(pair: Pair, npm: Npm) -> None:
    npm.use(pair.front.npm).lock(pair.publish_npm("never-listed", "1.0.0"))

    npm.run("ci").must()

    assert npm.installed("never-listed") == "1.0.0"
    assert pair.front.asked_for("never-listed") == ["GET /main/npm/never-listed/-/never-listed-1.0.0.tgz"]


def test_npm_sees_tags_and_times_as_the_upstream_has_them(pair: Pair, npm: Npm) -> None:
    pair.publish_npm("tagged", "1.0.0", age="80d")
    pair.publish_npm("tagged", "2.0.0-rc.1", age="70d", tag="next")

    shown = json.loads(npm.use(pair.front.npm).run("view", "tagged", "dist-tags", "time", "--json").must().stdout)

    assert shown["dist-tags"] == {"latest": "1.0.0", "next": "2.0.0-rc.1"}
    assert set(shown["time"]) == {"created", "modified", "1.0.0", "2.0.0-rc.1"}


def test_pip_and_uv_install_a_project_with_its_dependencies(pair: Pair, pip: Pip, uv: Uv) -> None:
    pair.publish_wheel("tree-leaf-py", "1.0")
    pair.publish_wheel("Tree.Trunk", "2.0", requires=("tree_leaf-py>=1",))

    pip.use(pair.front.pypi).install("tree-trunk").must()
    uv.use(pair.front.pypi).install("tree-trunk").must()

    for client in (pip, uv):
        assert (client.installed("tree-trunk"), client.installed("tree-leaf-py")) == ("2.0", "1.0")


def test_pip_and_uv_install_from_requirements_with_hashes(pair: Pair, pip: Pip, uv: Uv) -> None:

    content = pair.publish_wheel("hashed-py", "1.2")
    line = f"hashed-py==1.2 --hash=sha256:{hashlib.sha256(content).hexdigest()}"

    pip.use(pair.front.pypi).install("--require-hashes", "-r", str(pip.require([line]))).must()
    uv.use(pair.front.pypi).install("--require-hashes", "-r", str(uv.require([line]))).must()

    assert pip.installed("hashed-py") == uv.installed("hashed-py") == "1.2"


def test_uv_resolves_from_metadata_alone_and_honours_its_own_age_gate(pair: Pair, uv: Uv) -> None:
    pair.publish_wheel("dated-py", "1.0", age="300d")
    pair.publish_wheel("dated-py", "2.0", age="80d")

    uv.use(pair.front.pypi).install("--exclude-newer", "P200D", "dated-py").must()

    assert uv.installed("dated-py") == "1.0"


def test_the_second_install_is_served_from_here(pair: Pair, npm: Npm) -> None:
    pair.publish_npm("twice", "1.0.0")
    npm.use(pair.front.npm).run("install", "twice").must()

    npm.forget().run("install", "twice").must()

    assert pair.downloads("twice-1.0.0.tgz") == 1
