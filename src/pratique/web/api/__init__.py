"""The management API: every verb of `services.verbs.table` under /api/v1, as JSON."""

from pratique.web.api.table import routes

__all__ = ["routes"]
