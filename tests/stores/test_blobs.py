"""What a blob store promises, on every implementation."""

from __future__ import annotations

import asyncio
import hashlib
import os
import stat
import threading
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pratique.store.blobs_file import FileBlobs

BYTES = b"nothing is served before it is cleared\n" * 1_000
SHA256 = hashlib.sha256(BYTES).hexdigest()


def put(blobs, content=BYTES):
    draft = blobs.draft()
    draft.write(content)
    stored = draft.keep()
    draft.discard()
    return stored


def everything(blobs, sha256):
    blob = blobs.open(sha256)
    try:
        return blob.read_at(0, blob.size)
    finally:
        blob.close()


def test_what_was_kept_comes_back_under_its_sha256(blobs):
    stored = put(blobs)

    assert (stored.sha256, stored.size) == (SHA256, len(BYTES))
    assert blobs.exists(SHA256)
    assert everything(blobs, SHA256) == BYTES


def test_every_digest_that_a_client_may_ask_for_is_computed(blobs):
    digests = put(blobs).digests

    assert digests.sha256 == SHA256
    assert digests.sha512 == hashlib.sha512(BYTES).hexdigest()
    assert digests.sha1 == hashlib.sha1(BYTES).hexdigest()
    assert digests.blake2b_256 == hashlib.blake2b(BYTES, digest_size=32).hexdigest()
    assert digests.md5 == hashlib.md5(BYTES).hexdigest()


def test_a_draft_is_nobody_elses_business(blobs):
    draft = blobs.draft()
    draft.write(BYTES)

    assert not blobs.exists(SHA256)
    with pytest.raises(FileNotFoundError):
        blobs.open(SHA256)
    draft.discard()


def test_a_draft_can_be_read_while_it_grows_and_after_it_was_kept(blobs):
    draft = blobs.draft()
    draft.write(b"one ")
    assert (draft.size, draft.read_at(0, 100)) == (4, b"one ")
    draft.write(b"two")
    assert draft.read_at(4, 100) == b"two"
    assert draft.read_at(7, 100) == draft.read_at(100, 1) == b""
    draft.keep()

    assert draft.read_at(0, 7) == b"one two"
    draft.discard()


def test_a_discarded_draft_leaves_nothing(blobs, tmp_path):
    draft = blobs.draft()
    draft.write(BYTES)
    draft.discard()
    draft.discard()

    assert files(tmp_path) == []
    with pytest.raises(ValueError, match="discarded"):
        draft.write(b"more")


def test_discarding_after_keeping_leaves_the_blob(blobs):
    draft = blobs.draft()
    draft.write(BYTES)
    draft.keep()
    draft.discard()

    assert everything(blobs, SHA256) == BYTES


def test_the_same_content_twice_is_stored_once(blobs, tmp_path):
    assert put(blobs) == put(blobs)

    assert [path.name for path in files(tmp_path)] == [SHA256]


def test_keeping_twice_is_keeping_once(blobs):
    draft = blobs.draft()
    draft.write(BYTES)

    assert draft.keep() == draft.keep()
    with pytest.raises(ValueError, match="cannot grow"):
        draft.write(b"more")
    draft.discard()


def test_an_open_blob_can_be_read_at_any_place(blobs):
    blob = blobs.open(put(blobs).sha256)

    assert blob.read_at(10, 20) == BYTES[10:30]
    assert blob.read_at(len(BYTES) - 5, 100) == BYTES[-5:]
    assert blob.read_at(len(BYTES), 100) == b""
    assert blob.read_at(len(BYTES) + 50, 100) == b""
    blob.close()
    blob.close()
    with pytest.raises(ValueError, match="closed"):
        blob.read_at(0, 1)


def test_ready_bytes_are_the_blobs_bytes(blobs):
    blob = blobs.open(put(blobs).sha256)
    ready, offset = b"", 0
    while offset < blob.size:
        chunk = blob.read_ready(offset, 4_096)
        if chunk is None:  # allowed at any time
            chunk = blob.read_at(offset, 4_096)
        ready, offset = ready + chunk, offset + len(chunk)
    end = blob.read_ready(blob.size, 10)
    blob.close()

    assert ready == BYTES
    assert end in (b"", None)


def test_an_empty_blob_is_a_blob(blobs):
    stored = put(blobs, b"")

    assert stored.size == 0
    assert everything(blobs, stored.sha256) == b""


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "0" * 63, "A" * 64, SHA256 + "\n", "..", "\0" * 64, "٠" * 64])
def test_what_is_no_digest_is_not_found_and_no_path(blobs, name):
    assert not blobs.exists(name)
    with pytest.raises(FileNotFoundError):
        blobs.open(name)


async def test_many_who_store_the_same_at_once_all_succeed(blobs, tmp_path):
    stored = await asyncio.gather(*(asyncio.to_thread(put, blobs) for _ in range(20)))

    assert {blob.sha256 for blob in stored} == {SHA256}
    assert [path.name for path in files(tmp_path)] == [SHA256]


def test_a_draft_discarded_under_a_running_write_harms_no_other_file(blobs, tmp_path):
    victim = tmp_path / "victim"
    for _ in range(50):
        draft = blobs.draft()
        writer = threading.Thread(target=_write_until_closed, args=(draft,))
        writer.start()
        draft.discard()
        with victim.open("wb") as other:  # may get the descriptor that the draft had
            writer.join()
            other.write(b"untouched")
        assert victim.read_bytes() == b"untouched"


def _write_until_closed(draft):
    try:
        while True:
            draft.write(b"x" * 100_000)
    except ValueError:
        return


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(chunks=st.lists(st.binary(max_size=300), max_size=8), offset=st.integers(0, 2_500), length=st.integers(0, 2_500))
def test_any_chunks_come_back_at_any_offset(blobs, chunks, offset, length):
    whole = b"".join(chunks)
    draft = blobs.draft()
    for chunk in chunks:
        draft.write(chunk)
    stored = draft.keep()
    from_draft = draft.read_at(offset, length)
    draft.discard()
    blob = blobs.open(stored.sha256)
    from_blob = blob.read_at(offset, length)
    blob.close()

    assert stored.sha256 == hashlib.sha256(whole).hexdigest()
    assert from_draft == from_blob == whole[offset : offset + length]


class TestFiles:
    """What a local folder promises beyond the port."""

    @pytest.fixture
    def root(self, tmp_path):
        return tmp_path / "data"

    @pytest.fixture
    def blobs(self, root):
        return FileBlobs(root)

    def test_nobody_but_the_owner_can_read_it(self, blobs, root):
        put(blobs)
        draft = blobs.draft()

        modes = {stat.S_IMODE(path.stat().st_mode) for path in [root, *root.rglob("*")] if path.is_dir()}
        assert modes == {0o700}
        assert {stat.S_IMODE(path.stat().st_mode) for path in files(root)} == {0o600}
        draft.discard()

    def test_a_blob_lies_under_its_digest(self, blobs, root):
        put(blobs)

        assert (root / "blobs" / SHA256[:2] / SHA256[2:4] / SHA256).is_file()

    def test_a_blob_that_lost_its_tail_is_replaced_when_its_content_comes_again(self, blobs, root):
        put(blobs)
        path = root / "blobs" / SHA256[:2] / SHA256[2:4] / SHA256
        os.truncate(path, 10)

        put(blobs)

        assert everything(blobs, SHA256) == BYTES

    def test_a_descriptor_is_not_inherited_by_programs(self, blobs):
        draft = blobs.draft()
        assert not os.get_inheritable(draft._descriptor)
        draft.discard()

    def test_an_old_draft_of_a_dead_process_is_removed_at_start(self, root):
        FileBlobs(root)
        old = root / "tmp" / "1-dead"
        old.write_bytes(b"half")
        os.utime(old, (0, time.time() - 3_700))

        FileBlobs(root)

        assert not old.exists()

    def test_a_young_draft_stays_at_start(self, root):
        FileBlobs(root)
        young = root / "tmp" / "1-dead"
        young.write_bytes(b"half")

        FileBlobs(root)

        assert young.exists()

    def test_an_old_draft_that_is_still_being_written_stays_at_start(self, blobs, root):
        draft = blobs.draft()
        draft.write(BYTES)
        os.utime(draft._path, (0, time.time() - 3_700))

        FileBlobs(root)

        assert draft.keep().sha256 == SHA256
        assert everything(blobs, SHA256) == BYTES
        draft.discard()

    def test_bytes_that_are_kept_while_they_are_removed_stay(self, blobs, monkeypatch, tmp_path):
        stored = put(blobs)
        path = next(path for path in tmp_path.rglob(stored.sha256))
        os.utime(path, (0, 0))
        real = type(path).rename

        def kept_first(self, target):
            if self == path:
                monkeypatch.setattr(type(path), "rename", real)
                put(blobs)
            return real(self, target)

        monkeypatch.setattr(type(path), "rename", kept_first)

        assert not blobs.put_away_settled(stored.sha256)
        assert everything(blobs, stored.sha256) == BYTES

    def test_what_is_put_away_is_found_for_a_month_and_then_goes(self, blobs, monkeypatch, tmp_path):
        stored = put(blobs)
        now = time.time()
        os.utime(next(tmp_path.rglob(stored.sha256)), (0, 0))
        assert blobs.put_away_settled(stored.sha256)
        (away,) = tmp_path.rglob(stored.sha256)

        assert (away.parent.name, away.read_bytes()) == ("unrecorded", BYTES)
        monkeypatch.setattr(time, "time", lambda: now + 29 * 86_400)
        assert blobs.remove_put_away() == ()
        monkeypatch.setattr(time, "time", lambda: now + 31 * 86_400)
        assert blobs.remove_put_away() == (stored.sha256,)
        assert not away.exists()

    def test_bytes_that_come_back_into_their_place_replace_none_that_were_kept_in_that_moment(
        self, blobs, monkeypatch, tmp_path
    ):
        stored = put(blobs)
        path = next(tmp_path.rglob(stored.sha256))
        path.rename(path.with_name(stored.sha256 + ".removed"))
        real = {name: getattr(type(path), name) for name in ("exists", "rename")}

        def kept_meanwhile(self, *given):
            found = real["exists"](self, *given)
            if self == path and not found:
                monkeypatch.undo()
                put(blobs)
            return found

        monkeypatch.setattr(type(path), "exists", kept_meanwhile)
        real_link = os.link

        def link(source, target):
            monkeypatch.undo()
            put(blobs)
            real_link(source, target)

        monkeypatch.setattr(os, "link", link)
        (aside,) = tmp_path.rglob("*.removed")
        old = aside.stat().st_ino

        blobs.stored(int(stored.sha256[:2], 16))

        assert path.stat().st_ino != old
        assert not aside.exists()

    def test_a_blob_comes_back_where_the_disk_knows_no_hard_links(self, blobs, monkeypatch, tmp_path):
        stored = put(blobs)
        path = next(tmp_path.rglob(stored.sha256))
        path.rename(path.with_name(stored.sha256 + ".removed"))

        def link(source, target):
            raise PermissionError(1, "Operation not permitted")

        monkeypatch.setattr(os, "link", link)

        assert blobs.stored(int(stored.sha256[:2], 16)) == (stored.sha256,)
        assert everything(blobs, stored.sha256) == BYTES

    def test_a_blob_whose_removal_was_broken_off_is_back_in_its_place(self, blobs, tmp_path):
        stored = put(blobs)
        path = next(path for path in tmp_path.rglob(stored.sha256))
        path.rename(path.with_name(stored.sha256 + ".removed"))

        assert blobs.stored(int(stored.sha256[:2], 16)) == (stored.sha256,)
        assert everything(blobs, stored.sha256) == BYTES


def files(folder):
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_what_is_stored_is_told_by_the_first_byte_of_its_digest(blobs):
    stored = put(blobs)
    part = int(stored.sha256[:2], 16)

    assert blobs.stored(part) == (stored.sha256,)
    assert blobs.stored((part + 1) % 256) == ()


def test_what_was_kept_within_a_day_is_not_removed(blobs):
    stored = put(blobs)

    assert not blobs.put_away_settled(stored.sha256)
    assert everything(blobs, stored.sha256) == BYTES


def test_what_was_kept_long_ago_is_removed_unless_it_was_kept_again(blobs, monkeypatch):
    stored = put(blobs)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 90_000)

    assert blobs.put_away_settled(stored.sha256)
    assert blobs.put_away_settled(stored.sha256)
    assert not blobs.exists(stored.sha256)
    assert blobs.stored(int(stored.sha256[:2], 16)) == ()
