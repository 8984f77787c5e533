"""Names of Python projects: canonical form, what is valid, and what nobody may newly take."""

from __future__ import annotations

from pratique.formats.project_names.pypi import MAX_LENGTH, canonical, check_new_name, normalise

__all__ = ["MAX_LENGTH", "canonical", "check_new_name", "normalise"]
