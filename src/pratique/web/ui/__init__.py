"""The pages: start, sign-in, admin link, account, and the explanation behind every refusal."""

from pratique.web.ui.table import routes

__all__ = ["routes"]
