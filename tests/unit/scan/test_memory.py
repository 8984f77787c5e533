"""However large an artefact is, little of it is in memory at a time."""

from __future__ import annotations

import io
import os
import random
import struct
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

import pytest

MB = 1 << 20

CHILD = """
import os, resource, sys
from pratique.scan.cage.server import Descriptor
from pratique.scan.engine import scan
from pratique.scan.limits import ScanLimits
from pratique.scan.report import Subject
from pratique.scan.detectors.registry import DETECTORS
from pratique.scan.warm_up import warm_up

def taken():
    return next(int(line.split()[1]) << 10 for line in open("/proc/self/status") if line.startswith("VmData"))

warm_up(DETECTORS, ScanLimits())
most = taken() + (64 << 20)
resource.setrlimit(resource.RLIMIT_DATA, (most, most))
descriptor = os.open(sys.argv[1], os.O_RDONLY)
artefact = Descriptor(descriptor, os.fstat(descriptor).st_size)
report = scan(Subject("pypi", "huge", "1.0"), artefact, None, (), ScanLimits())
print(report.verdict.value, report.files, report.unpacked)
"""


def sparse_wheel(path: Path, size: int) -> None:
    """A wheel with one stored member of so many zeros, which take no room on the disk."""
    name = b"huge/data.bin"
    crc = 0
    for _ in range(size // MB):
        crc = zlib.crc32(bytes(MB), crc)
    fields = (20, 0, 0, 0, 33, crc, size, size, len(name), 0)
    with path.open("wb") as wheel:
        wheel.write(struct.pack("<4s5H3L2H", b"PK\3\4", *fields) + name)
        start = wheel.seek(size, os.SEEK_CUR)
        line = struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, *fields[:9], 0, 0, 0, 0, 0, 0)
        wheel.write(line + name)
        wheel.write(struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 1, 1, len(line + name), start, 0))


def scanned(path: Path) -> str:
    done = subprocess.run([sys.executable, "-c", CHILD, path], capture_output=True, text=True, check=False, timeout=100)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("size", [96 * MB, pytest.param(2048 * MB - MB, marks=pytest.mark.long)], ids=["96MB", "2GB"])
def test_a_sparse_wheel_is_scanned_within_64_mb(tmp_path, size):
    sparse_wheel(tmp_path / "huge.whl", size)

    assert scanned(tmp_path / "huge.whl") == f"clear 1 {size}"


def test_archives_in_archives_and_long_texts_are_scanned_within_64_mb(tmp_path):
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("noise.bin", random.Random(1).randbytes(5 * MB))
        archive.writestr("text.txt", b"a line of text\n" * MB)
    with zipfile.ZipFile(tmp_path / "huge.whl", "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(3):
            archive.writestr(f"{number}.zip", inner.getvalue(), zipfile.ZIP_STORED)
            archive.writestr(f"long{number}.py", b"x" * (50 * MB))

    assert scanned(tmp_path / "huge.whl").split()[:2] == ["review", "12"]
