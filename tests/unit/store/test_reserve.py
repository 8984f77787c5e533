"""Room that is put by for a full disk, and given up by halves."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from pratique.store import reserve
from pratique.store.reserve import LEAST, LITTLE, PLENTY, WHOLE, Reserve


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "reserve"


def free(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    """Say that a disk has so many bytes left."""
    real = os.statvfs("/")
    fields = [*real]
    fields[1], fields[4] = 1, size
    monkeypatch.setattr(reserve.os, "statvfs", lambda _path: os.statvfs_result(fields))


def test_it_takes_room_that_only_its_owner_can_look_at(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    free(monkeypatch, WHOLE + PLENTY)
    for _ in range(2):
        Reserve(place).fill()

    told = place.stat()
    assert (told.st_size, stat.S_IMODE(told.st_mode)) == (WHOLE, 0o600)
    assert told.st_blocks * 512 >= WHOLE


def test_nothing_is_put_by_where_there_is_not_plenty(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    free(monkeypatch, WHOLE + PLENTY - 1)
    Reserve(place).fill()

    assert not place.exists()


def test_it_is_given_up_by_halves_until_nothing_is_left_and_is_made_whole_again(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    free(monkeypatch, WHOLE + PLENTY)
    kept, sizes = Reserve(place), []
    kept.fill()
    while kept.give_up_some():
        sizes.append(place.stat().st_size if place.exists() else 0)

    assert sizes == [WHOLE // 2, WHOLE // 4, WHOLE // 8, LEAST, 0]
    kept.fill()
    assert place.stat().st_size == WHOLE


@pytest.mark.parametrize(("left", "size"), [(LITTLE - 1, WHOLE // 2), (LITTLE, WHOLE)])
def test_a_start_takes_some_of_it_only_where_there_is_little_room(
    place: Path, monkeypatch: pytest.MonkeyPatch, left: int, size: int
) -> None:
    free(monkeypatch, WHOLE + PLENTY)
    Reserve(place).fill()
    free(monkeypatch, left)

    Reserve(place).make_room_to_start()

    assert place.stat().st_size == size


def test_a_disk_that_refuses_leaves_nothing_half_made(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    free(monkeypatch, WHOLE + PLENTY)

    def refuse(_size: int) -> bytes:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(reserve.os, "urandom", refuse)
    Reserve(place).fill()

    assert not place.exists()
    assert not Reserve(place / "no" / "folder").give_up_some()
