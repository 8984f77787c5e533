"""Every how-to is tried from top to bottom: the lines after `$` in its console blocks, in one shell.

The README's tour is tried as well, and what it shows is compared with what the commands print.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.arch.house import ROOT
from tests.harness import packages
from tests.harness.pair import Pair, Registry
from tests.harness.process import Result, run, stranger
from tests.harness.server import Server

BLOCK = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)
PLAIN = re.compile(r"^```\n(.*?)^```", re.MULTILINE | re.DOTALL)
END = "=== ended with"
WRITTEN = "127.0.0.1:7417"
REFUSED = "   # refused"
TRIED = sorted(path for path in (ROOT / "docs" / "how-to").glob("*.md") if "```console" in path.read_text("utf-8"))


@pytest.fixture(scope="module")
def popular_registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """What the documents take from the public registries, under the names that these have there."""
    registry = Registry(tmp_path_factory.mktemp("popular"))
    registry.server.cli("policy", "set", "shadows_public", "--mode", "off").must()
    yield registry
    registry.stop()


@pytest.fixture
def pair(popular_registry: Registry, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Pair]:
    """A server of its own for each document, which starts where a reader starts: without an account."""
    scanned = request.node.name.endswith("[review-and-quarantine]")
    settings = '\n[publish]\nscan = "before"\nscan_wait = "60 s"\n' if scanned else ""
    both = Pair(tmp_path / "pair", popular_registry, settings=settings)
    if not popular_registry.server.asked_for("left-pad"):
        publish_what_the_documents_take(both)
    yield both
    both.stop()


@pytest.mark.parametrize("document", TRIED, ids=lambda path: path.stem)
def test_a_how_to_works_as_written(pair: Pair, document: Path, tmp_path: Path) -> None:
    if "npm audit" in document.read_text("utf-8"):
        take_in_an_advisory(pair, tmp_path / "export")
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / ".npmrc").write_text(f"registry={pair.front.npm}/\n")

    result = in_one_shell(pair, [shell_line(one.command) for one in commands_of(document)], tmp_path)

    result.must()


def test_the_tour_of_the_readme_works_and_prints_what_it_shows(pair: Pair, tmp_path: Path) -> None:
    tour = commands_of(ROOT / "README.md")
    script = [f'{{ {one.command}\n}} 2>&1\necho "{END} $?"' for one in tour]

    printed = in_one_shell(pair, ["set +ex", *script], tmp_path).stdout.split(END)

    for command, before, after in zip(tour, printed, printed[1:], strict=False):
        output = before if command is tour[0] else before.partition("\n")[2]
        code = int(after.split(maxsplit=1)[0])
        shown = "\n".join(command.shown)
        assert (code != 0) == ("npm error" in shown), f"{command.command}\nexit code {code}\n{output}"
        assert_shows(shown, as_ann_sees_it(output, tmp_path / "home", pair.front.port))
    assert len(printed) == len(tour) + 1


def test_the_start_of_the_readme_is_what_up_prints(tmp_path: Path) -> None:
    shown = next(
        block for block in PLAIN.findall((ROOT / "README.md").read_text("utf-8")) if "new data folder" in block
    )
    server = Server(tmp_path, test_clock=False, workers=2)
    server.start()
    try:
        deadline = time.monotonic() + 30
        while "Ctrl-C" not in server.terminal() and time.monotonic() < deadline:
            time.sleep(0.1)
        printed = server.terminal()
    finally:
        server.stop()

    printed = printed.replace(str(server.data), "/home/ann/.local/share/pratique")
    assert_shows(shown, as_ann_sees_it(printed, tmp_path, server.port))


def publish_what_the_documents_take(pair: Pair) -> None:
    """Public releases, each as old as the document needs it."""
    for version, age in (("1.1.3", "300d"), ("1.2.0", "200d"), ("1.3.0", "100d")):
        pair.publish_npm("left-pad", version, age=age)
    pair.publish_npm("brand-new-name", "1.0.0", age="5d")
    pair.publish_wheel("sampleproject", "4.0.0")
    pair.publish_npm("express", "5.1.0")
    for version, age in (("1.5.486", "20d"), ("1.5.491", "4d"), ("1.5.492", "3d")):
        pair.publish_npm("electron-to-chromium", version, age=age)
    needed = ("blinker", "click", "itsdangerous", "jinja2", "markupsafe", "werkzeug")
    for name in needed:
        pair.publish_wheel(name, "1.0.0")
    pair.publish_wheel("flask", "3.1.3", requires=needed)


def take_in_an_advisory(pair: Pair, folder: Path) -> None:
    """What the daily import would have brought: a record of npm that is about nothing here."""
    folder.mkdir()
    record = {"schema_version": "1.7.0", "id": "GHSA-aaaa-aaaa-aaaa", "modified": "2026-05-02T00:00:00Z"}
    package = {"package": {"ecosystem": "npm", "name": "elsewhere"}, "versions": ["1.0.0"]}
    (folder / "1.json").write_text(json.dumps({**record, "summary": "A flaw", "affected": [package]}))
    pair.front.cli("advisories", "import", str(folder)).must()


class Command(NamedTuple):
    """A line after `$`, and what the document shows below it."""

    command: str
    shown: list[str]


def commands_of(document: Path) -> list[Command]:
    found: list[Command] = []
    for block in BLOCK.findall(document.read_text("utf-8")):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append(Command(line[2:], []))
            else:
                found[-1].shown.append(line)
    return found


def as_ann_sees_it(printed: str, home: Path, port: int) -> str:
    return printed.replace(str(home), "/home/ann").replace(f"127.0.0.1:{port}", WRITTEN)


def assert_shows(shown: str, printed: str) -> None:
    """Line by line the same, but for `...` and for what differs each time: numbers, ids, addresses of registries."""
    pattern = "".join(r"(?:.*\n)*?" if line == "..." else re.escape(line) + r"\n" for line in comparable(shown))
    assert re.fullmatch(pattern, "".join(f"{line}\n" for line in comparable(printed))), f"{shown}\n=====\n{printed}"


def comparable(text: str) -> list[str]:
    for pattern, same in (
        (r"\b[a-z2-7]{26}\b", "ID"),
        (r"(/admin/claim/)\S+", r"\1..."),
        (r"(?m)^(  (?:npm|pypi): https://)(?:\[.*?\]|[^/\s]+)", r"\1"),
        (r"\d+(?:[.,:]\d+)*", "N"),
        (r"N(?:ms|s)\b", "N s"),
        (r"N (day|hour|package)s?\b", r"N \1s"),
    ):
        text = re.sub(pattern, same, text)
    lines = [line.rstrip() for line in text.splitlines() if line.strip()]
    # Processes start side by side, and each says so in its own time.
    started = iter(sorted(line for line in lines if "started (pid" in line))
    return [next(started) if "started (pid" in line else line for line in lines]


def in_one_shell(pair: Pair, lines: list[str], folder: Path) -> Result:
    """Run the lines as somebody who follows them would; one that should be refused must be."""
    home, project = folder / "home", folder / "project"
    dist = project / "dist"
    dist.mkdir(parents=True)
    (project / "package.json").write_text('{"name": "the-project", "version": "1.0.0", "private": true}')
    for name in ("acme-tools", "acme-more"):
        filename, content = packages.wheel(name, "1.0")
        (dist / filename).write_bytes(content)
    environment = stranger(
        home,
        PRATIQUE_DATA=str(pair.front.data),
        PIP_DISABLE_PIP_VERSION_CHECK="1",
        UV_PYTHON=sys.executable,
        npm_config_globalconfig=str(home / "npmrc"),
        PIP_TARGET=str(folder / "there"),
        npm_config_audit="false",
        npm_config_update_notifier="false",
    )
    environment["PATH"] = f"{Path(sys.executable).parent}:{environment['PATH']}"
    script = "\n".join(["set -e", *lines]).replace(WRITTEN, f"127.0.0.1:{pair.front.port}")
    (folder / "script").write_text(script)
    return run(["bash", "-x", folder / "script"], project, environment, seconds=240)


def shell_line(line: str) -> str:
    if line.endswith(REFUSED):
        command = line.removesuffix(REFUSED)
        return f'if {command}; then echo "not refused: {command}"; exit 1; fi'
    return line
