"""Changes that no test can notice, each with the reason. Read by `tests/mutate_rules.py`."""

from __future__ import annotations

EQUIVALENT: dict[str, str] = {}
