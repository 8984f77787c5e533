"""Publish with stock clients and install back; refused publishes say why."""

from __future__ import annotations

import json
import time
from pathlib import Path

from tests.harness import packages
from tests.harness.clients import Npm, Pip, Twine, Uv
from tests.harness.pair import Pair
from tests.harness.server import ask


def package(npm: Npm, name: str, version: str) -> Npm:
    """Make the npm project a publishable package."""
    npm.manifest.pop("private", None)
    npm.write_manifest(name=name, version=version, main="index.js", description="An inert test package")
    return npm.write({"index.js": f"module.exports = {json.dumps(name)};\n", "README.md": "# Inert\n"})


def built(folder: Path, *files: tuple[str, bytes]) -> list[Path]:
    """Write built distributions into a folder."""
    paths = [folder / filename for filename, _ in files]
    for path, (_, content) in zip(paths, files, strict=True):
        path.write_bytes(content)
    return paths


def test_a_private_npm_package_is_published_and_installed_back(pair: Pair, npm: Npm, tmp_path: Path) -> None:
    package(npm, "our-own-thing", "1.0.0").use(pair.front.npm, pair.user).run("publish").must()

    other = Npm(tmp_path / "other").use(pair.front.npm, pair.user)
    other.run("install", "our-own-thing").must()

    assert other.installed("our-own-thing") == "1.0.0"
    assert pair.upstream.asked_for("our-own-thing/-/") == []


def test_a_scoped_npm_package_is_published_twice_and_its_tags_are_kept(pair: Pair, npm: Npm, tmp_path: Path) -> None:
    npm.use(pair.front.npm, pair.user)
    package(npm, "@ours/thing", "1.0.0").run("publish").must()
    package(npm, "@ours/thing", "2.0.0-beta.1").run("publish", "--tag", "beta").must()

    other = Npm(tmp_path / "other").use(pair.front.npm, pair.user)
    other.run("install", "@ours/thing").must()
    assert other.installed("@ours/thing") == "1.0.0"

    other.run("install", "@ours/thing@beta").must()
    assert other.installed("@ours/thing") == "2.0.0-beta.1"


def test_outsiders_cannot_tell_an_own_package_from_none(pair: Pair, npm: Npm) -> None:
    package(npm, "our-secret", "1.0.0").use(pair.front.npm, pair.user).run("publish").must()

    secret, nothing = pair.front.get("/main/npm/our-secret"), pair.front.get("/main/npm/our-nothing")

    assert secret.status == nothing.status == 404
    assert secret.text.replace("our-secret", "X") == nothing.text.replace("our-nothing", "X")
    assert secret.reason.replace("our-secret", "X") == nothing.reason.replace("our-nothing", "X")


def test_twine_publishes_a_project_and_pip_installs_it_back(pair: Pair, twine: Twine, pip: Pip, tmp_path: Path) -> None:
    files = built(tmp_path, packages.sdist("Our.Project", "1.0"), packages.wheel("Our.Project", "1.0"))

    twine.upload(pair.front.pypi, pair.user, *files).must()
    pip.use(pair.front.pypi, pair.user).install("our-project").must()

    assert pip.installed("our-project") == "1.0"


def test_uv_publishes_a_project_and_uv_installs_it_back(pair: Pair, uv: Uv, tmp_path: Path) -> None:
    files = built(tmp_path, packages.sdist("our-uv-project", "1.0"), packages.wheel("our-uv-project", "1.0"))

    uv.use(pair.front.pypi, pair.user)
    uv.publish(pair.front.pypi, pair.user, *files).must()
    uv.install("our-uv-project").must()

    assert uv.installed("our-uv-project") == "1.0"


def test_a_token_for_every_name_still_cannot_take_a_popular_name(pair: Pair, npm: Npm) -> None:
    result = package(npm, "react", "99.0.0").use(pair.front.npm, pair.user).run("publish")

    assert result.failed
    assert "Blocked by policy shadows_public: react" in result.shown


def test_a_name_that_exists_upstream_cannot_be_taken(pair: Pair, npm: Npm, twine: Twine, tmp_path: Path) -> None:
    pair.publish_npm("theirs", "1.0.0")
    pair.publish_wheel("theirs-py", "1.0")

    by_npm = package(npm, "theirs", "9.0.0").use(pair.front.npm, pair.user).run("publish")
    by_twine = twine.upload(pair.front.pypi, pair.user, *built(tmp_path, packages.wheel("theirs-py", "9.0")))

    assert by_npm.failed
    assert "Blocked by policy shadows_public: theirs" in by_npm.shown
    assert by_twine.failed
    assert "Blocked by policy shadows_public: theirs-py" in by_twine.shown


def test_a_token_for_some_names_publishes_only_those(pair: Pair, npm: Npm) -> None:
    token = pair.front.token("narrow", operations=("read", "publish"), names=("@narrow/*",))
    npm.use(pair.front.npm, token)

    package(npm, "@narrow/inside", "1.0.0").run("publish").must()
    outside = package(npm, "outside-of-it", "1.0.0").run("publish")

    assert outside.failed
    assert "outside-of-it" in outside.shown
    assert "403" in outside.shown


def test_a_revoked_token_publishes_nothing(pair: Pair, npm: Npm) -> None:
    token = pair.front.token("short-lived", operations=("read", "publish"))
    listed = json.loads(pair.front.cli("token", "list", "--json").must().stdout)
    ours = next(entry for entry in listed["tokens"] if entry["name"] == "short-lived")
    pair.front.cli("token", "revoke", str(ours["id"])).must()

    result = package(npm, "never-lands", "1.0.0").use(pair.front.npm, token).run("publish")

    assert result.failed
    assert token not in pair.front.terminal()


def test_a_version_published_again_with_other_bytes_is_refused(
    pair: Pair, npm: Npm, twine: Twine, tmp_path: Path
) -> None:
    package(npm, "once-only", "1.0.0").use(pair.front.npm, pair.user).run("publish").must()
    npm.write({"index.js": "module.exports = 'other bytes';\n"})

    again = npm.run("publish")

    assert again.failed
    assert "once-only" in again.shown


def test_an_upload_with_attestations_is_refused_with_a_sentence(pair: Pair) -> None:
    from tests.harness.publishing import post_python

    filename, content = packages.wheel("attested", "1.0")
    answer = post_python(
        pair.front.pypi, pair.user, "attested", "1.0", filename, content, fields={"attestations": "[{}]"}
    )

    assert answer.status == 400
    assert "cannot verify attestations yet" in answer.reason + answer.text


def test_nobody_publishes_nothing(pair: Pair, npm: Npm) -> None:
    body = json.dumps(packages.npm_publish_body("anon", "1.0.0", packages.npm_tarball("anon", "1.0.0"))).encode()

    answer = ask("PUT", f"{pair.front.npm}/anon", body=body, headers={"Content-Type": "application/json"})

    assert answer.status == 401
    assert pair.front.get("/main/npm/anon").status == 404


def test_npm_logout_ends_the_token_and_leaves_it_in_no_log(pair: Pair, npm: Npm) -> None:
    token = pair.front.token("for-an-afternoon", operations=("read", "explain"))
    npm.use(pair.front.npm, token).run("whoami").must()

    npm.run("logout").must()

    assert token not in npm.settings.read_text()
    assert _refused_in_the_end(pair, token)
    logs = [path for path in pair.front.data.rglob("*") if path.is_file() and token.encode() in path.read_bytes()]
    assert logs == []
    assert pair.front.asked_for("/-/user/token/") == ["DELETE /main/npm/-/user/token/..."]


def _refused_in_the_end(pair: Pair, token: str) -> bool:
    """Other processes hear of it at most 200 ms late; a slow machine may need longer."""
    for _ in range(100):
        if pair.front.get("/main/npm/-/whoami", token).status == 401:
            return True
        time.sleep(0.05)
    return False
