"""Views in memory: bounded by what they take up there, and what many have in common is kept once."""

from __future__ import annotations

from pratique.core.clock import Instant
from pratique.core.ecosystem import Rendered
from pratique.services.installing.views import DOCUMENT_OVERHEAD, VIEW_OVERHEAD, View, ViewCache, encode


def room(views: int, documents: int, body: int) -> int:
    """Bytes that so many views take up of so many documents with bodies of so many bytes."""
    return views * VIEW_OVERHEAD + documents * (DOCUMENT_OVERHEAD + body)


def view(body: bytes, revision: int = 1, kind: str = "application/json") -> View:
    return View(encode(Rendered(body, kind), "identity"), revision, "", Instant(0), None)


def test_the_view_used_least_recently_goes() -> None:
    cache = ViewCache(room(3, 3, 10))
    for name in "abc":
        cache.put(name, view(name.encode() * 10))
    cache.get("a")
    cache.put("d", view(b"d" * 10))

    assert [name for name in "abcd" if cache.get(name)] == ["a", "c", "d"]


def test_the_same_document_for_several_askers_takes_its_room_once() -> None:
    cache = ViewCache(room(10, 1, 20))
    for number in range(10):
        cache.put(f"class {number}", view(b"x" * 20, revision=number))

    kept = [cache.get(f"class {number}") for number in range(10)]
    assert [one.revision for one in kept if one] == list(range(10))
    assert len({id(one.encoded) for one in kept if one}) == 1


def test_room_is_free_again_once_nobody_has_a_document_any_more() -> None:
    cache = ViewCache(room(3, 2, 20))
    for body in (b"x", b"y", b"z"):
        for name in "ab":
            cache.put(name, view(body * 20))
    cache.put("c", view(b"c" * 10))

    assert [name for name in "abc" if cache.get(name)] == ["a", "b", "c"]


def test_the_same_bytes_under_another_heading_are_another_document() -> None:
    cache = ViewCache(room(2, 2, 20))
    cache.put("json", view(b"x" * 20))
    cache.put("text", view(b"x" * 20, kind="text/plain"))

    kinds = [one.encoded.rendered.content_type for one in map(cache.get, ("json", "text")) if one]
    assert kinds == ["application/json", "text/plain"]
    cache.put("more", view(b"y" * 20))
    assert cache.get("json") is None
    assert cache.get("text") is not None


def test_a_document_larger_than_all_room_is_not_kept() -> None:
    cache = ViewCache(room(1, 1, 30))
    cache.put("a", view(b"x" * 31))
    assert cache.get("a") is None


def test_many_small_views_take_no_more_memory_than_there_is_room_for() -> None:
    cache = ViewCache(room(50, 50, 10))
    for number in range(100):
        cache.put(f"{number}", view(b"%010d" % number))

    assert sum(1 for number in range(100) if cache.get(f"{number}")) == 50


def test_each_further_view_of_the_same_document_takes_room_as_well() -> None:
    cache = ViewCache(room(50, 1, 10))
    for number in range(100):
        cache.put(f"class {number}", view(b"x" * 10, revision=number))

    assert sum(1 for number in range(100) if cache.get(f"class {number}")) == 50
