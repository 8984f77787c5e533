"""What registries and tools make of a new name: each rule a function from a name to the known names it objects to.

Told anew from descriptions of the rules, not copied: npm's rule on punctuation of 2017; PyPI's `ultranormalize_name`
and TypoSnyper; the typomania checks as crates.io sets them; the signals of TypoGard; and edit distances of 1 and 2 with
neighbours swapped counting as one edit (Damerau and Levenshtein).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import permutations

Rule = Callable[[str], set[str]]

LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
TYPED_FOR = {
    "1": "2qil", "2": "1qw3", "3": "2we4", "4": "3er5", "5": "4rt6s", "6": "5ty7", "7": "6yu8", "8": "7ui9",
    "9": "8io0", "0": "9op-", "-": ["_", "0", "p", ".", ""], "_": ["-", "0", "p", ".", ""], ".": ["-", "_", ""],
    "q": "12wa", "w": [*"23esaq", "vv"], "e": "34rdsw", "r": "45tfde", "t": "56ygfr", "y": "67uhti", "u": "78ijyv",
    "i": "189olkjuy", "o": "90pli", "p": "0-o", "a": "qwsz", "s": "wdxza5", "d": "erfcxs", "f": "rgvcd", "g": "thbvf",
    "h": "yjnbg", "j": "uikmnh", "k": "iolmj", "l": "iopk1", "z": "asx", "x": "zsdc", "c": "xdfv", "v": "cfgbu",
    "b": "vghn", "n": "bhjm", "m": [*"njk", "rn"],
}  # fmt: skip
"""What is tried for each character of a new name."""
AFFIXES = {
    "cargo": ("api", "cargo", "cli", "core", "lib", "rs", "rust", "sys"),
    "npm": ("api", "cli", "core", "lib", "js", "node", "npm", "utils"),
    "pypi": ("api", "cli", "core", "lib", "py", "python", "pip", "utils"),
    "rubygems": ("api", "cli", "core", "lib", "rb", "ruby", "gem", "rails"),
}


def rules(ecosystem: str, popular: Sequence[str], everything: Iterable[str]) -> dict[str, Rule]:
    """All rules over the same names, by what a reader calls them."""
    known = list(dict.fromkeys([*popular, *everything]))
    top = {rank: set(popular[:rank]) for rank in (3_000, 10_000)}
    affixes = AFFIXES.get(ecosystem, AFFIXES["npm"])
    return {
        "npm moniker, all names": same(known, lambda name: re.sub(r"[._-]", "", name)),
        "PyPI ultranormalize, all names": same(known, ultranormal),
        "TypoSnyper, top 10,000": within(top[10_000], typosnyper),
        "typomania as crates.io, top 3,000": within(top[3_000], lambda name: typomania(name, affixes)),
        "TypoGard, top 10,000": within(top[10_000], typogard),
        "edit distance 1, top 10,000": edits(popular[:10_000], 1),
        "edit distance 2, top 10,000": edits(popular[:10_000], 2),
    }


def same(known: Iterable[str], form: Callable[[str], str]) -> Rule:
    """Object to names that have a form in common."""
    by_form: dict[str, list[str]] = defaultdict(list)
    for name in known:
        by_form[form(name)].append(name)
    return lambda name: {one for one in by_form.get(form(name), ()) if one != name}


def within(corpus: set[str], variants: Callable[[str], Iterable[str]]) -> Rule:
    """Object to names of a corpus that are variants of the new one."""
    return lambda name: {one for one in variants(name) if one in corpus and one != name}


def ultranormal(name: str) -> str:
    """As PyPI compares names."""
    return re.sub(r"[lLiI]", "1", re.sub(r"[oO]", "0", re.sub(r"[._-]", "", name))).lower()


def typosnyper(name: str) -> set[str]:
    """Repeated, omitted, swapped characters; swapped words; common typos."""
    found = repeated(name) | swapped(name) | mistyped(name) | swapped_words(name, 8)
    return found | omitted(name, LETTERS + ".-_") if len(name) >= 4 else found


def typomania(name: str, affixes: Iterable[str]) -> set[str]:
    """Repeated, swapped, version, bit flips, omitted, swapped words, typos, affixes."""
    found = repeated(name) | swapped(name) | mistyped(name) | omitted(name, LETTERS + "-_") | swapped_words(name, 5)
    found |= {re.sub(r"\d+$", "", name).removesuffix("-")}
    found |= {
        name[:place] + flipped + name[place + 1 :]
        for place, char in enumerate(name)
        for bit in range(8)
        if re.fullmatch(r"[A-Za-z0-9_-]", flipped := chr(ord(char) ^ 1 << bit))
    }
    for affix in affixes:
        for joint in "-_":
            found |= {affix + joint + name, name + joint + affix}
            found |= {name.removeprefix(affix + joint), name.removesuffix(joint + affix)}
    return found


def typogard(name: str) -> set[str]:
    """Repeated, omitted, swapped characters; swapped words and delimiters; common typos; one digit of a version."""
    found = repeated(name) | swapped(name) | mistyped(name) | swapped_words(name, 6)
    found |= omitted(name, LETTERS + "-_.") if len(name) >= 4 else set()
    words = re.split(r"[-_.]", name)
    found |= {joint.join(words) for joint in ("-", "_", ".", "")}
    return found | ({name[:-1].rstrip("-._")} if name[-1:].isdigit() else set())


def repeated(name: str) -> set[str]:
    """Without one of two equal neighbours."""
    return {name[:place] + name[place + 1 :] for place in range(1, len(name)) if name[place] == name[place - 1]}


def omitted(name: str, alphabet: str) -> set[str]:
    """With one character more."""
    return {name[:place] + char + name[place:] for place in range(len(name) + 1) for char in alphabet}


def swapped(name: str) -> set[str]:
    """With two neighbours swapped."""
    return {
        name[:place] + name[place + 1] + name[place] + name[place + 2 :]
        for place in range(len(name) - 1)
    }  # fmt: skip


def mistyped(name: str) -> set[str]:
    """With one character for another that is near or alike."""
    return {
        name[:place] + other + name[place + 1 :]
        for place, char in enumerate(name)
        for other in TYPED_FOR.get(char, ())
    }  # fmt: skip


def swapped_words(name: str, most: int) -> set[str]:
    """With its words in another order."""
    words = re.split(r"[-_]", name)
    return {"-".join(order) for order in permutations(words)} if 2 <= len(words) <= min(most, 6) else set()


def edits(corpus: Iterable[str], most: int) -> Rule:
    """Object to names within so many edits, found by leaving characters out on both sides."""
    by_form: dict[str, list[str]] = defaultdict(list)
    for name in corpus:
        for form in shortened(name, most):
            by_form[form].append(name)

    def rule(name: str) -> set[str]:
        near = {one for form in shortened(name, most) for one in by_form.get(form, ())}
        return {one for one in near if one != name and distance(one, name) <= most}

    return rule


def shortened(name: str, most: int) -> set[str]:
    """The name, and all with up to so many characters left out."""
    found = {name}
    for _ in range(most):
        found |= {one[:place] + one[place + 1 :] for one in found for place in range(len(one))}
    return found


def distance(one: str, other: str) -> int:
    """Edits between two texts: a character more, less, other, or two neighbours swapped."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for place, char in enumerate(one, 1):
        older, before, row = before, row, [place]
        for spot, opposite in enumerate(other, 1):
            cost = min(before[spot] + 1, row[-1] + 1, before[spot - 1] + (char != opposite))
            if place > 1 and spot > 1 and char == other[spot - 2] and one[place - 2] == opposite:
                cost = min(cost, older[spot - 2] + 1)
            row.append(cost)
    return row[-1]
