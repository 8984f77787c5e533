"""Payments that are led elsewhere: wallet addresses looked for where requests, the clipboard or keys are taken."""

from __future__ import annotations

from collections.abc import Iterator

from pratique.scan.detectors.contract import RUNS, Wants
from pratique.scan.detectors.evidence import distinct, shown
from pratique.scan.findings import Finding, Severity, Specificity
from pratique.scan.reading.contract import Ability
from pratique.scan.reading.deeds import read_of
from pratique.scan.reading.words import WALLET_ADDRESSES
from pratique.scan.seen import Artefact, SeenFile

ID = "clipper"
VERSION = 1
WANTS = Wants(points=RUNS)


def look(file: SeenFile, _artefact: Artefact) -> Iterator[Finding]:
    """Wallet addresses beside a hook into requests or the clipboard; keys and screens that are recorded."""
    read = read_of(file)
    abilities = read.deeds.abilities
    addresses = abilities.get(Ability.WALLET_ADDRESSES)
    hook = abilities.get(Ability.HOOKS_REQUESTS) or abilities.get(Ability.CLIPBOARD)
    if addresses is not None and hook is not None:
        sentence = "Looks for wallet addresses in requests or the clipboard, where they can be replaced"
        several = distinct(WALLET_ADDRESSES, read.plain) > 1 or Ability.HOOKS_REQUESTS in abilities
        severity = Severity.CRITICAL if several else Severity.HIGH
        yield shown((ID, VERSION), file, addresses, severity, Specificity.TELLING, sentence)
    elif addresses is not None and Ability.SENDS in abilities and Ability.NETWORK in abilities:
        sentence = "Looks for wallet addresses or keys beside code that sends something to a host"
        yield shown((ID, VERSION), file, addresses, Severity.HIGH, Specificity.UNUSUAL, sentence)
    watch = abilities.get(Ability.WATCHES)
    if watch is not None and (Ability.NETWORK in abilities or Ability.DROP_HOST in abilities):
        severity = Severity.HIGH if watch.point.is_unasked else Severity.MEDIUM
        sentence = "Records keys or the screen beside code that connects to a host"
        yield shown((ID, VERSION), file, watch, severity, Specificity.UNUSUAL, sentence)
