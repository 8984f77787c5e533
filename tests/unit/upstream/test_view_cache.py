"""Parsed documents in memory."""

from __future__ import annotations

from pratique.core.artifacts import ProjectView
from pratique.upstream.view_cache import ProjectViewCache

VIEW = ProjectView("left", ())


def test_documents_are_weighed_by_what_they_take_up_when_parsed() -> None:
    cache = ProjectViewCache(max_bytes=100)
    for name in ("a", "b", "c"):
        cache.put(1, name, "sha", 10, VIEW)
    assert [name for name in ("a", "b", "c") if cache.get(1, name, "sha")] == ["b", "c"]


def test_a_large_document_is_kept_alone_and_a_larger_one_not_at_all() -> None:
    cache = ProjectViewCache(max_bytes=100)
    cache.put(1, "small", "sha", 10, VIEW)
    cache.put(1, "large", "sha", 90, VIEW)
    assert cache.get(1, "large", "sha") is VIEW
    assert cache.get(1, "small", "sha") is None
    cache.put(1, "larger", "sha", 101, VIEW)
    assert cache.get(1, "larger", "sha") is None


def test_only_what_was_read_from_this_content_counts() -> None:
    cache = ProjectViewCache(max_bytes=100)
    cache.put(1, "left", "old", 10, VIEW)
    assert cache.get(1, "left", "new") is None
    assert cache.get(2, "left", "old") is None
