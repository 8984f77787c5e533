"""Which figures are wanted how good, and how all of it is said."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

AT_LEAST = {
    "listing_21k_ratio_nginx": 0.30,
    "listing_188k_ratio_nginx": 0.60,
    "not_modified_ratio_nginx": 0.27,
    "file_1m_ratio_best_nginx": 0.65,
}
AT_MOST = {
    "listing_cpu_us": 45,
    "p99_ratio_with_revokes_and_cold_render": 3,
    "render_webpack_cpu_ms": 30,
    "ready_s": 1.5,
    "idle_web_mb": 130,
    "loaded_total_mb": 400,
    "revoke_to_refused_ms_p99": 1000,
}


@dataclass
class Found:
    """What a bench found."""

    figures: dict[str, float] = field(default_factory=dict)
    peers: dict[str, dict[str, float]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def put(self, name: str, value: float, digits: int = 3) -> None:
        """Keep a figure, and tell it at once: a long bench is watched."""
        self.figures[name] = round(value, digits)
        print(self._line(name), flush=True)

    def note(self, sentence: str) -> None:
        """Keep a sentence, and tell it at once."""
        self.notes.append(sentence)
        print(f"  {sentence}", flush=True)

    def _line(self, name: str) -> str:
        value = self.figures[name]
        if name in AT_LEAST:
            return f"{name:42}{value:>10}   bar >= {AT_LEAST[name]}: {_met(value >= AT_LEAST[name])}"
        if name in AT_MOST:
            return f"{name:42}{value:>10}   bar <= {AT_MOST[name]}: {_met(value <= AT_MOST[name])}"
        return f"{name:42}{value:>10}"

    def summary(self) -> str:
        """All figures, one a line, each beside its bar."""
        return "\n".join(map(self._line, self.figures))

    def as_json(self, bench: str) -> str:
        """The object that `--json` ends with."""
        return json.dumps({"bench": bench, "figures": self.figures, "peers": self.peers, "notes": self.notes})


def _met(met: object) -> str:
    return "met" if met else "NOT MET"
