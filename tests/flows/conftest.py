"""The store on a real database and a real folder."""

from tests.stores.implementations import blobs, database, empty_sqlite, url

__all__ = ["blobs", "database", "empty_sqlite", "url"]
