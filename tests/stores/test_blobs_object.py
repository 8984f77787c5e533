"""What blobs in an object store promise beyond the port: nothing wrong or cut is handed out, whatever goes wrong."""

from __future__ import annotations

import errno
import hashlib
import os
import threading
import time

import obstore
import pytest

from pratique.core.errors import Conflict, Unavailable
from pratique.store.arrivals import HELD_BACK
from pratique.store.blobs_object import ObjectBlobs
from pratique.store.copies import Copies
from pratique.store.object_client import PART, ObjectClient, ObjectStoreAddress, ObjectStorePatience
from tests.harness.faulty_proxy import FaultyProxy, as_it_is, half_a_body, internal_error, other_bytes
from tests.harness.seaweedfs import PLAIN_KEY, PLAIN_SECRET, object_store

BYTES = os.urandom(300_000)
SHA256 = hashlib.sha256(BYTES).hexdigest()
KEY = f"blobs/{SHA256[:2]}/{SHA256}"


@pytest.fixture
def proxy():
    with FaultyProxy(object_store().endpoint) as running:
        yield running


@pytest.fixture
def prefix():
    return object_store().new_prefix()


@pytest.fixture
def bucket(prefix):
    return object_store().bucket(prefix)


@pytest.fixture
def node(prefix, tmp_path, proxy):
    return new_node(prefix, tmp_path / "node", proxy)


def new_node(prefix, folder, proxy, limit=1 << 30):
    """A node that reaches the object store through the proxy, with copies of its own."""
    return ObjectBlobs(object_store().client(prefix, proxy.url), Copies(folder, limit))


def put(blobs, content=BYTES):
    draft = blobs.draft()
    draft.write(content)
    try:
        return draft.keep()
    finally:
        draft.discard()


def read_all(blobs, sha256=SHA256, piece=100_000):
    """As a download does: what came before it failed, and why it failed."""
    blob = blobs.open(sha256)
    got = b""
    try:
        while len(got) < blob.size:
            got += blob.read_at(len(got), piece)
    except OSError as error:
        return got, error
    finally:
        blob.close()
    return got, None


def test_what_one_node_keeps_another_reads_and_then_has_a_copy_of_its_own(node, prefix, tmp_path, proxy):
    put(node)
    other = new_node(prefix, tmp_path / "other", proxy)

    assert other.open_at_hand(SHA256) is None
    assert read_all(other) == (BYTES, None)
    proxy.break_it(internal_error)
    assert read_all(other) == (BYTES, None)
    at_hand = other.open_at_hand(SHA256)
    assert at_hand is not None
    at_hand.close()


def test_many_who_read_a_large_blob_at_once_make_one_node_fetch_it_once_in_parts(node, prefix, tmp_path, proxy):
    large = os.urandom(2 * PART + 1_000)
    sha256 = put(node, large).sha256
    other = new_node(prefix, tmp_path / "other", proxy)
    proxy.asked.clear()
    found = []

    readers = [threading.Thread(target=lambda: found.append(read_all(other, sha256, 1 << 20))) for _ in range(8)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()

    assert found == [(large, None)] * 8
    assert sum(asked.startswith("GET ") for asked in proxy.asked) == 3


def test_a_blob_can_be_read_at_any_place_while_it_arrives(node, prefix, tmp_path, proxy):
    put(node)
    blob = new_node(prefix, tmp_path / "other", proxy).open(SHA256)

    assert blob.read_at(len(BYTES) - 10, 100) == BYTES[-10:]
    assert blob.read_at(5, 10) == BYTES[5:15]
    assert blob.read_at(len(BYTES), 1) == b""
    blob.close()
    with pytest.raises(ValueError, match="closed"):
        blob.read_at(0, 1)


def test_other_bytes_in_the_bucket_are_never_handed_out_whole_and_leave_no_copy(node, prefix, tmp_path, proxy, bucket):
    put(node)
    obstore.put(bucket, KEY, bytes(len(BYTES)))
    other = new_node(prefix, tmp_path / "other", proxy)

    got, error = read_all(other)

    assert len(got) <= len(BYTES) - HELD_BACK
    assert "damaged" in str(error)
    assert isinstance(error, Unavailable)
    assert other.open_at_hand(SHA256) is None
    assert not list((tmp_path / "other" / "tmp").iterdir())


@pytest.mark.parametrize("fault", [internal_error, half_a_body, other_bytes])
def test_a_store_that_fails_while_a_blob_is_read_gives_an_error_and_all_of_it_once_it_works(
    node, prefix, tmp_path, proxy, fault
):
    put(node)
    other = new_node(prefix, tmp_path / "other", proxy)
    proxy.break_it(fault, only="GET ")

    got, error = read_all(other)

    assert isinstance(error, Unavailable)
    assert len(got) <= len(BYTES) - HELD_BACK
    proxy.mend()
    assert read_all(other) == (BYTES, None)


def test_one_failed_request_is_tried_again_and_nobody_notices(node, prefix, tmp_path, proxy):
    proxy.break_it(internal_error, times=1, only="PUT ")
    put(node)
    other = new_node(prefix, tmp_path / "other", proxy)
    proxy.break_it(internal_error, times=1, only="GET ")

    assert read_all(other) == (BYTES, None)


def test_a_store_that_does_not_answer_is_given_up_and_the_next_is_refused_at_once(prefix, tmp_path, proxy):
    patience = ObjectStorePatience(connect=500, read=300, write=300, retry=300, rest=60_000)
    client = ObjectClient(object_store().address(prefix, proxy.url), patience)
    blobs = ObjectBlobs(client, Copies(tmp_path / "data", 1 << 30))
    proxy.break_it(proxy.hang)

    with pytest.raises(Unavailable, match="gives no whole answer"):
        blobs.open(SHA256)
    asked = len(proxy.asked)
    with pytest.raises(Unavailable, match="gives no whole answer"):
        blobs.open(SHA256)
    assert len(proxy.asked) == asked


@pytest.mark.parametrize("only", ["PUT ", "HEAD "])
def test_what_cannot_be_stored_is_not_called_stored_and_leaves_nothing_here(node, tmp_path, proxy, only):
    proxy.break_it(internal_error, only=only)

    with pytest.raises(Unavailable):
        put(node)

    proxy.mend()
    assert node.open_at_hand(SHA256) is None
    assert not list((tmp_path / "node" / "tmp").iterdir())
    assert put(node).sha256 == SHA256
    assert read_all(node) == (BYTES, None)


def test_where_there_is_no_room_for_a_copy_the_blob_is_read_from_the_store_and_checked_all_the_same(
    node, prefix, tmp_path, proxy, bucket, monkeypatch
):
    put(node)
    other = new_node(prefix, tmp_path / "other", proxy)
    draft = other._copies.draft

    def full():
        made = draft()

        def refuse(_chunk):
            raise OSError(errno.ENOSPC, "No space left on device")

        made.write = refuse
        return made

    monkeypatch.setattr(other._copies, "draft", full)
    assert read_all(other) == (BYTES, None)

    obstore.put(bucket, KEY, bytes(len(BYTES)))
    got, error = read_all(other)
    assert "damaged" in str(error)
    assert len(got) <= len(BYTES) - HELD_BACK


def test_the_original_is_what_is_in_the_bucket_not_the_copy(node, bucket):
    put(node)
    obstore.put(bucket, KEY, bytes(len(BYTES)))

    original = node.open_original(SHA256)

    assert original.read_at(0, 50) == bytes(50)
    assert node.set_aside(SHA256, original.identity)
    assert not node.exists(SHA256)
    assert bytes(obstore.get(bucket, f"damaged/{SHA256}").bytes()) == bytes(len(BYTES))


def test_whole_bytes_that_took_the_place_of_damaged_ones_are_not_set_aside(node, bucket):
    put(node)
    obstore.put(bucket, KEY, b"damaged")
    damaged = node.open_original(SHA256)
    put(node)

    assert not node.set_aside(SHA256, damaged.identity)
    assert node.exists(SHA256)


def test_bytes_kept_in_the_moment_of_their_removal_are_there_afterwards(node, prefix, tmp_path, proxy, monkeypatch):
    put(node)
    later = time.time() + 90_000
    monkeypatch.setattr(time, "time", lambda: later)
    kept = threading.Thread(target=put, args=(new_node(prefix, tmp_path / "other", proxy),))
    remove = ObjectClient.remove

    def remove_late(self, key):
        if key == KEY:
            kept.start()
            while not any("leaving" in asked for asked in proxy.asked[-3:] if asked.startswith("HEAD")):
                time.sleep(0.01)  # the other one has written its bytes and looks for the mark
        remove(self, key)

    monkeypatch.setattr(ObjectClient, "remove", remove_late)

    assert node.put_away_settled(SHA256)
    kept.join()
    assert node.exists(SHA256)


def test_what_was_put_away_can_be_found_for_a_month(node, bucket, monkeypatch):
    put(node)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 90_000)
    assert node.put_away_settled(SHA256)

    assert bytes(obstore.get(bucket, f"unrecorded/{SHA256}").bytes()) == BYTES
    assert node.open_at_hand(SHA256) is None
    assert node.remove_put_away() == ()
    monkeypatch.setattr(time, "time", lambda: now + 31 * 86_400)
    assert node.remove_put_away() == (SHA256,)


def test_the_mark_of_a_removal_that_was_killed_keeps_nobody_out_for_long(node, bucket, monkeypatch):
    obstore.put(bucket, f"leaving/{SHA256}", b"")
    later = time.time() + 700
    monkeypatch.setattr(time, "time", lambda: later)

    put(node)
    obstore.put(bucket, "leaving/" + "0" * 64, b"")
    later += 700
    node.remove_left_over_drafts()

    assert [one["path"] for page in obstore.list(bucket, "leaving") for one in page] == []


def test_copies_over_the_limit_go_the_least_used_first_and_come_back_when_they_are_wanted(prefix, tmp_path, proxy):
    blobs = new_node(prefix, tmp_path / "data", proxy, limit=1_000_000)
    first, second, third = (os.urandom(400_000) for _ in range(3))
    old = [put(blobs, content).sha256 for content in (first, second)]
    for number, sha256 in enumerate(old):
        os.utime(blobs._copies.files.path_of(sha256), (1_000 + number, 1_000))
    reading = blobs.open(old[0])  # notes the use: now the second is the oldest

    put(blobs, third)

    assert blobs.open_at_hand(old[1]) is None
    assert read_all(blobs, old[1]) == (second, None)
    assert reading.read_at(0, len(first)) == first
    reading.close()


def test_all_nodes_on_one_prefix_see_one_identity_and_others_another(node, prefix, tmp_path, proxy):
    other = new_node(prefix, tmp_path / "other", proxy)

    assert node.identity() == other.identity()
    assert node.identity() != new_node(object_store().new_prefix(), tmp_path / "third", proxy).identity()


def test_a_bucket_that_was_emptied_is_no_new_beginning_until_that_is_said(node, bucket, prefix, tmp_path, proxy):
    before = node.identity()
    obstore.delete(bucket, "identity")

    with pytest.raises(Conflict, match=r"was used before .* restore") as told:
        node.identity()
    assert [one["path"] for page in obstore.list(bucket) for one in page] == []

    (remembers,) = (tmp_path / "node").glob("identity-*")
    assert str(remembers) in str(told.value)
    other = new_node(prefix, tmp_path / "other", proxy).identity()  # of a node that never saw the first one
    with pytest.raises(Conflict, match="was used before"):
        node.identity()
    remembers.unlink()
    assert node.identity() == other != before


def client(**options):
    bucket = options.pop("bucket", "files")
    said = object_store().address("x", **options)
    patience = ObjectStorePatience(connect=300, read=500, write=500, retry=300)
    return ObjectClient(ObjectStoreAddress(f"s3://{bucket}/x", said.options, allow_http=True), patience)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"secret_access_key": "wrong"}, "refuses the server's credentials"),
        ({"access_key_id": "nobody"}, "refuses the server's credentials"),
        (
            {"bucket": "no-such-bucket", "access_key_id": PLAIN_KEY, "secret_access_key": PLAIN_SECRET},
            "the bucket of files does not exist",
        ),
        ({"endpoint": "http://127.0.0.1:1"}, "gives no whole answer"),
    ],
    ids=["secret", "key", "bucket", "unreachable"],
)
def test_what_is_wrong_with_the_store_is_a_sentence_without_any_secret(tmp_path, wrong, sentence):
    blobs = ObjectBlobs(client(**wrong), Copies(tmp_path, 1 << 30))

    uses = (blobs.identity,) if "bucket" in wrong else (blobs.identity, lambda: blobs.stored(0), lambda: put(blobs))
    for use in uses:
        with pytest.raises(Unavailable, match=sentence) as caught:
            use()
        assert "tests-secret" not in str(caught.value)
    assert not list((tmp_path / "tmp").iterdir())


def test_a_clock_that_the_store_refuses_is_named(node, proxy):
    def skewed(handler, *_answer):
        body = b"<Error><Code>RequestTimeTooSkewed</Code></Error>"
        as_it_is(handler, 403, [("Content-Length", str(len(body)))], body)

    proxy.break_it(skewed)

    with pytest.raises(Unavailable, match="clocks of both by NTP"):
        put(node)


def test_an_address_does_not_show_its_secrets():
    assert "tests-secret" not in repr(object_store().address("x"))
