"""`bench serve`: it runs, and its last line has the figures that are agreed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from bench.serving.bars import AT_LEAST, AT_MOST, Found
from bench.serving.load import zipf
from bench.serving.packages import packument

ROOT = Path(__file__).resolve().parents[2]
PEERS = {f"{peer}_{what}_ratio_nginx" for peer in ("verdaccio", "devpi") for what in ("listing", "file")}


def test_documents_have_the_sizes_that_figures_are_named_for() -> None:
    for name, size in (("project-0001", 21_000), ("large-1", 188_000)):
        document = json.loads(packument(name, "http://127.0.0.1:1", 1))
        sent = sum(len(json.dumps(one, separators=(",", ":"))) for one in document["versions"].values())
        assert 0.8 * size < sent < 1.3 * size


def test_the_same_seed_asks_for_the_same() -> None:
    import random

    draws = [zipf(20, 50, random.Random(7)) for _ in range(2)]
    assert draws[0] == draws[1]
    assert packument("project-0001", "", 7) == packument("project-0001", "", 7)
    assert packument("project-0001", "", 7) != packument("project-0001", "", 8)


def test_each_figure_is_told_beside_its_bar(capsys: pytest.CaptureFixture[str]) -> None:
    found = Found()
    found.put("listing_21k_ratio_nginx", 0.4)
    found.put("ready_s", 9)
    assert "bar >= 0.3: met" in capsys.readouterr().out
    assert "bar <= 1.5: NOT MET" in found.summary()


@pytest.mark.long
@pytest.mark.timeout(600)
def test_a_quick_run_ends_with_every_figure_as_one_line_of_json() -> None:
    command = [sys.executable, ROOT / "bench" / "serve.py", "--quick", "--json"]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, cwd=ROOT, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
    said = json.loads(done.stdout.splitlines()[-1])
    assert sorted(said) == ["bench", "figures", "notes", "peers"]
    unmeasured = " ".join(said["notes"])
    wanted = {*AT_LEAST, *AT_MOST} | PEERS
    if "not measured" not in unmeasured:
        assert wanted <= set(said["figures"])
