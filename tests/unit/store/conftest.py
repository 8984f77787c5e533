"""The implementations under test."""

from tests.stores.implementations import blobs, c, database, empty_sqlite, url

__all__ = ["blobs", "c", "database", "empty_sqlite", "url"]
