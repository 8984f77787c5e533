"""What `pip install pratique` would bring: the wheel holds everything the server reads at run time."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

from tests.arch.house import ROOT, SOURCE


def test_the_wheel_holds_every_file_of_the_package_its_licence_and_the_command(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")

    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        info = next(name for name in names if name.endswith("METADATA")).partition("/")[0]
        points = archive.read(f"{info}/entry_points.txt").decode()

    files = (path for path in SOURCE.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    missing = {path.relative_to(SOURCE.parent).as_posix() for path in files} - names
    assert not missing
    assert {f"{info}/licenses/LICENSE", f"{info}/licenses/NOTICE"} <= names
    assert "pratique = pratique.cli.main:run" in points
