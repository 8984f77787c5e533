"""Changes that no test can notice, each with the reason. Read by `tests/mutate_rules.py`."""

from __future__ import annotations

EQUIVALENT: dict[str, str] = {
    "agent_new_name.sees: 'other' -> other text": "a word that is only compared with itself",
    "canonical.: {type(None), bool, int, str} -> without str": "the way for everything else writes a text as itself",
    "decide._identity: [rules, self._class_of(facts), *subject, without_excuses(looked_at)] -> without rules": (
        "the policy class holds them too; the id names them so that it stands for itself"
    ),
    "decide.: 'T' -> other text": "the name of a type, which nobody asks while the code runs",
    "decide.: (int, ActiveRule, frozenset[str]) -> without int": "a type, which nobody asks while the code runs",
    "decide.: (int, ActiveRule, frozenset[str]) -> without ActiveRule": "a type, which nobody asks while the code runs",
    "decide._votes: len(tally.votes) > 1 -> len(tally.votes) >= 1": "one vote alone is in order",
    "decide._canonical: 0 -> 1": "then it is written anew each time, to the same",
    "shadows_public.sees: return 'operator' -> return None": "a word that is only compared with others",
    "shadows_public.sees: 'operator' -> other text": "a word that is only compared with others",
    "shadows_public.sees: 'other' -> other text": "a word that is only compared with others",
    "shadows_public.sees: 'admin until ' -> other text": "a word that is only compared with others",
    "policy.Policy: 0 -> 1": "stands for no repository in particular; only whether two are the same counts",
    "policy.read_policy: 0 -> 1": "stands for no repository in particular; only whether two are the same counts",
    "policy.short_hash: 17 -> 18": "only 26 characters are kept, which 17 bytes fill",
    "denylist._strictness: 0 -> 1": "stands for the end of an endless entry, which the place before has sorted already",
    "waivers.weigh: 0 -> 1": "stands for the end of an endless waiver, which the place before has sorted already",
    "globs.: [str] -> without str": "a type, which nobody asks while the code runs",
    "globs.last_end: for end -> without if end is not None": "no end is None there; it says so to the type checker",
}
