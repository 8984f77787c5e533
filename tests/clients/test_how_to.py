"""Every how-to is tried from top to bottom: the lines after `$` in its console blocks, in one shell."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.arch.house import ROOT
from tests.harness import packages
from tests.harness.pair import Pair
from tests.harness.process import Result, run, stranger

BLOCK = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)
WRITTEN = "127.0.0.1:7417"
REFUSED = "   # refused"
TRIED = sorted(path for path in (ROOT / "docs" / "how-to").glob("*.md") if "```console" in path.read_text("utf-8"))


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    """Servers of its own for each document, which starts where a reader starts: without an account."""
    both = Pair(tmp_path / "pair")
    both.upstream.cli("policy", "set", "shadows_public", "--mode", "off").must()
    for version, age in (("1.1.3", "300d"), ("1.2.0", "200d"), ("1.3.0", "3h")):
        both.publish_npm("left-pad", version, age=age)
    both.publish_npm("brand-new-name", "1.0.0", age="5d")
    both.publish_wheel("sampleproject", "4.0.0")
    yield both
    both.stop()


@pytest.mark.parametrize("document", TRIED, ids=lambda path: path.stem)
def test_a_how_to_works_as_written(pair: Pair, document: Path, tmp_path: Path) -> None:
    lines = [line[2:] for block in BLOCK.findall(document.read_text("utf-8")) for line in block.splitlines()]

    result = in_one_shell(pair, lines, tmp_path)

    result.must()


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
        npm_config_audit="false",
        npm_config_update_notifier="false",
    )
    environment["PATH"] = f"{Path(sys.executable).parent}:{environment['PATH']}"
    (home / ".npmrc").write_text(f"registry={pair.front.npm}/\n")
    script = "\n".join(["set -e", *map(shell_line, lines)]).replace(WRITTEN, f"127.0.0.1:{pair.front.port}")
    (folder / "script").write_text(script)
    return run(["bash", "-x", folder / "script"], project, environment, seconds=240)


def shell_line(line: str) -> str:
    if line.endswith(REFUSED):
        command = line.removesuffix(REFUSED)
        return f'if {command}; then echo "not refused: {command}"; exit 1; fi'
    return line
