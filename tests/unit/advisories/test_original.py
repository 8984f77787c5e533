import random

import orjson

from pratique.advisories.original import MAX_PACKED, pack, unpack
from tests.unit.advisories.records import affected, record


def test_a_record_comes_back_with_every_field():
    original = record(affected(versions=["1"]), unknown={"kept": [1, None]}, details="é")

    assert orjson.loads(unpack(pack(original))) == orjson.loads(original)


def test_what_is_too_long_or_no_json_to_others_is_not_kept():
    noise = "".join(random.Random(1).choices("0123456789abcdef", k=3 * MAX_PACKED))

    assert pack(record(affected(), details=noise)) == b""
    assert pack(b'{"id": "A-1", "x": "\xff"}') == b""
    assert pack(b'{"id": ' + b"[" * 100_000) == b""


def test_times_are_written_in_utc_with_a_z_and_what_is_none_stays():
    original = record(
        affected(), modified="2026-05-02T02:00:00+02:00", published="2026-05-02T00:00:00.123456Z", withdrawn="soon"
    )

    kept = orjson.loads(unpack(pack(original)))

    assert [kept[field] for field in ("modified", "published", "withdrawn")] == [
        "2026-05-02T00:00:00.000Z",
        "2026-05-02T00:00:00.123456Z",
        "soon",
    ]
    assert orjson.loads(unpack(pack(b"[]"))) == []
