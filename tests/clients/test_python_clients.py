"""poetry, hatch and the oldest supported pip through Pratique, in front of a second one."""

from __future__ import annotations

from pathlib import Path

from tests.harness import packages
from tests.harness.clients import OldestPip, Pip
from tests.harness.pair import Pair
from tests.harness.python_projects import Hatch, Poetry


def test_the_oldest_supported_pip_installs_the_newest_allowed_version(pair: Pair, oldest_pip: OldestPip) -> None:
    pair.publish_wheel("old-leaf-py", "1.0")
    pair.publish_wheel("old-leaf-py", "1.1", age="1h")
    pair.publish_wheel("Old.Trunk", "2.0", requires=("old_leaf-py>=1",))

    oldest_pip.use(pair.front.pypi).install("old-trunk").must()

    assert (oldest_pip.installed("old-trunk"), oldest_pip.installed("old-leaf-py")) == ("2.0", "1.0")


def test_poetry_locks_installs_from_its_lock_and_uploads(pair: Pair, poetry: Poetry, pip: Pip, tmp_path: Path) -> None:
    pair.publish_wheel("poems-leaf", "1.0")
    pair.publish_wheel("poems-leaf", "1.1", age="1h")
    pair.publish_wheel("poems", "3.0", requires=("poems-leaf>=1",))
    poetry.use(pair.front.pypi, pair.user).want("poems>=3")

    poetry.run("lock").must()
    assert (poetry.locked("poems"), poetry.locked("poems-leaf")) == ("3.0", "1.0")
    poetry.forget().run("install").must()
    assert (poetry.installed("poems"), poetry.installed("poems-leaf")) == ("3.0", "1.0")

    poetry.package("our-poems", "1.0").upload(built(tmp_path / "dist", "our-poems")).must()
    pip.use(pair.front.pypi, pair.user).install("our-poems").must()
    assert pip.installed("our-poems") == "1.0"


def test_hatch_uploads_a_project_and_pip_installs_it_back(pair: Pair, hatch: Hatch, pip: Pip, tmp_path: Path) -> None:
    hatch.upload(pair.front.pypi, pair.user, built(tmp_path / "dist", "Our.Eggs")).must()

    pip.use(pair.front.pypi, pair.user).install("our-eggs").must()

    assert pip.installed("our-eggs") == "1.0"


def built(folder: Path, name: str) -> Path:
    """A folder with the sdist and the wheel of a project's first release."""
    folder.mkdir()
    for filename, content in (packages.sdist(name, "1.0"), packages.wheel(name, "1.0")):
        (folder / filename).write_bytes(content)
    return folder
