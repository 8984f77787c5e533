"""A process that writes blobs is killed, or the disk refuses."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pratique.store.blobs_file import FileBlobs

ROOT = Path(__file__).parents[2]


def start(how, root):
    command = [sys.executable, "-m", "tests.stores.blob_writer", how, str(root)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def blobs_in(root):
    return [path for path in (root / "blobs").rglob("*") if path.is_file()]


def test_a_process_killed_in_the_middle_of_a_write_leaves_no_blob(tmp_path):
    with start("slow", tmp_path) as writer:
        for _ in range(5):
            assert writer.stdout.readline() == "wrote\n"
        writer.kill()

    assert blobs_in(tmp_path) == []


def test_what_a_killed_process_left_is_removed_by_the_next_start_after_an_hour(tmp_path):
    with start("slow", tmp_path) as writer:
        writer.stdout.readline()
        (left_over,) = (tmp_path / "tmp").iterdir()
        os.utime(left_over, (0, time.time() - 3_700))
        writer.kill()
    os.utime(left_over, (0, time.time() - 3_700))

    FileBlobs(tmp_path)

    assert list((tmp_path / "tmp").iterdir()) == []


@pytest.mark.parametrize("blobs_before_the_kill", [1, 7, 23, 40])
def test_a_process_killed_at_any_moment_leaves_only_whole_blobs(tmp_path, blobs_before_the_kill):
    with start("many", tmp_path) as writer:
        promised = [writer.stdout.readline().strip() for _ in range(blobs_before_the_kill)]
        writer.kill()

    present = blobs_in(tmp_path)
    assert {path.name for path in present} >= set(promised)
    for path in present:
        assert hashlib.sha256(path.read_bytes()).hexdigest() == path.name


def test_a_disk_that_refuses_is_an_oserror_and_leaves_nothing(tmp_path):
    with start("limited", tmp_path) as writer:
        shown = writer.stdout.read()

    assert shown.startswith("refused ")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
