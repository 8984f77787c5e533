"""What publishers do to a Python project after its first upload, as stock clients see it."""

from __future__ import annotations

from pathlib import Path

from tests.harness import packages
from tests.harness.clients import Pip, Twine, Uv
from tests.harness.pair import Pair


def built(folder: Path, *files: tuple[str, bytes]) -> list[Path]:
    """Write built distributions into a folder."""
    paths = [folder / filename for filename, _ in files]
    for path, (_, content) in zip(paths, files, strict=True):
        path.write_bytes(content)
    return paths


def test_a_yanked_release_is_passed_over_and_its_pins_are_served_with_the_reason(
    pair: Pair, twine: Twine, pip: Pip, uv: Uv, tmp_path: Path
) -> None:
    wheels = [packages.wheel("our-yanked", version) for version in ("1.0", "1.1")]
    twine.upload(pair.front.pypi, pair.user, *built(tmp_path, *wheels)).must()
    pair.front.cli("yank", "pkg:pypi/our-yanked@1.1", "--reason", "breaks on Tuesdays").must()
    for client in (pip, uv):
        client.use(pair.front.pypi, pair.user)

        client.install("our-yanked").must()
        assert client.installed("our-yanked") == "1.0"

        pinned = client.install("--upgrade", "our-yanked==1.1").must()
        assert "breaks on Tuesdays" in pinned.shown

    pair.front.cli("unyank", "pkg:pypi/our-yanked@1.1").must()
    again = uv.install("--reinstall", "our-yanked").must()
    assert uv.installed("our-yanked") == "1.1"
    assert "Tuesdays" not in again.shown


def test_what_exists_already_is_the_same_or_refused_in_words_that_clients_know(
    pair: Pair, twine: Twine, uv: Uv, tmp_path: Path
) -> None:
    wheel, sdist = packages.wheel("our-twice", "1.0"), packages.sdist("our-twice", "1.0")
    same = built(tmp_path, wheel, sdist)
    twine.upload(pair.front.pypi, pair.user, *same).must()
    (tmp_path / "other").mkdir()
    other = built(tmp_path / "other", packages.wheel("our-twice", "1.0", ("six",)))
    uv.use(pair.front.pypi, pair.user)

    twine.upload(pair.front.pypi, pair.user, *same).must()
    uv.publish(pair.front.pypi, pair.user, *same).must()
    checked = uv.publish(pair.front.pypi, pair.user, "--check-url", uv.environment["UV_DEFAULT_INDEX"], *same).must()
    by_twine = twine.upload(pair.front.pypi, pair.user, *other)
    by_uv = uv.publish(pair.front.pypi, pair.user, *other)

    assert "already exists, skipping" in checked.shown
    for result in (by_twine, by_uv):
        assert result.failed
        assert "400" in result.shown
        assert "our_twice-1.0-py3-none-any.whl already exists with other content" in result.shown


def test_an_archived_project_installs_and_takes_no_uploads_and_a_quarantined_one_does_neither(
    pair: Pair, twine: Twine, pip: Pip, uv: Uv, tmp_path: Path
) -> None:
    twine.upload(pair.front.pypi, pair.user, *built(tmp_path, packages.wheel("our-old", "1.0"))).must()
    following = built(tmp_path, packages.wheel("our-old", "1.1"))
    for client in (pip, uv):
        client.use(pair.front.pypi, pair.user)

    pair.front.cli("project", "status", "pkg:pypi/our-old", "archived", "--reason", "use our-new").must()
    refused = twine.upload(pair.front.pypi, pair.user, *following)
    for client in (pip, uv):
        client.install("our-old").must()
    assert refused.failed
    assert "our-old is archived and takes no uploads: use our-new" in refused.shown

    pair.front.cli("project", "status", "pkg:pypi/our-old", "quarantined", "--reason", "steals tokens").must()
    for client in (pip, uv):
        assert client.install("--upgrade", "--force-reinstall", "our-old").failed
    pinned = pip.install(
        "--upgrade",
        f"{pip.environment['PIP_INDEX_URL'].removesuffix('/simple/')}/files/our-old/our_old-1.0-py3-none-any.whl",
    )
    assert pinned.failed
    assert "Blocked by policy quarantined: our-old@1.0" in pinned.shown
