"""Sizes and times as people write them: `64 MB`, `48 h`; plain numbers are bytes and seconds."""

from __future__ import annotations

import re
from typing import Any

_SIZES = {"b": 1, "kb": 1 << 10, "mb": 1 << 20, "gb": 1 << 30, "tb": 1 << 40}
_TIMES = {"ms": 0.001, "s": 1, "min": 60, "h": 3_600, "d": 86_400}
_WRITTEN = {"b": "B", "kb": "kB", "mb": "MB", "gb": "GB", "tb": "TB"}
_QUANTITY = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*([a-z]*)")


class Size(int):
    """Bytes. Written `512`, `64 MB`, `1.5 GB`; a kilobyte is 1,024 bytes."""


class Duration(float):
    """Seconds. Written `30`, `500 ms`, `30 s`, `10 min`, `48 h`, `7 d`."""


def read_quantity(kind: type, value: Any) -> Any:
    """Read a Size or Duration, as msgspec's hook for types it does not know.

    Raises:
        ValueError: the value is neither a number nor a number with a unit, or negative.
        NotImplementedError: the type is none of the two.
    """
    if kind is Size:
        return Size(_read(value, _SIZES, "64 MB", "B, kB, MB, GB or TB"))
    if kind is Duration:
        return Duration(_read(value, _TIMES, "30 s", "ms, s, min, h or d"))
    raise NotImplementedError(kind)


def _read(value: Any, units: dict[str, Any], example: str, names: str) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e18:
        return value
    match = _QUANTITY.fullmatch(value.strip().lower()) if isinstance(value, str) and len(value) <= 32 else None
    if match is None or (match[2] and match[2] not in units):
        raise ValueError(f'{value!r} is no quantity; write a number, or one with a unit such as "{example}" ({names})')
    return float(match[1]) * units[match[2]] if match[2] else float(match[1])


def in_units(value: Size | Duration) -> str:
    """A quantity as TOML, in the largest unit that keeps it whole: `"64 MB"`, `30`."""
    units, plain = (_SIZES, "b") if isinstance(value, Size) else (_TIMES, "s")
    for name, length in sorted(units.items(), key=lambda unit: -unit[1]):
        count = round(value / length)
        if count and abs(value - count * length) < 1e-9:
            return str(count) if name == plain else f'"{count} {_WRITTEN.get(name, name)}"'
    return f"{value:.15g}"
