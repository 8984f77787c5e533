"""What code can be seen doing, in one vocabulary for all languages."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from pratique.scan.findings import ExecutionPoint


class Ability(StrEnum):
    """One thing that code does. The last six are two things with data flowing from one into the other."""

    NETWORK = "network"
    SENDS = "sends"
    RESOLVES = "resolves"
    PROCESS = "process"
    EVALUATES = "evaluates"
    DECODES = "decodes"
    READS_ENVIRONMENT = "reads-environment"
    READS_SECRETS = "reads-secrets"
    READS_CREDENTIALS = "reads-credentials"
    READS_BROWSERS = "reads-browsers"
    READS_WALLETS = "reads-wallets"
    READS_SYSTEM = "reads-system"
    READS_METADATA = "reads-cloud-metadata"
    WRITES_PROGRAM = "writes-program"
    LOADS_NATIVE = "loads-native"
    STAYS = "stays"
    AGENT_SETTINGS = "agent-settings"
    AGENT_CALL = "agent-call"
    WORKFLOWS = "workflows"
    REPOSITORIES = "repositories"
    PUBLISHES = "publishes"
    CLIPBOARD = "clipboard"
    WATCHES = "watches"
    DESTROYS = "destroys"
    SCANS_SECRETS = "scans-secrets"
    MINES = "mines"
    REVERSE_SHELL = "reverse-shell"
    HOOKS_REQUESTS = "hooks-requests"
    WALLET_ADDRESSES = "wallet-addresses"
    DROP_HOST = "drop-host"
    MEMORY = "memory"
    DEFENCES = "defences"
    RUNS_DOWNLOADED = "runs-downloaded"
    RUNS_DECODED = "runs-decoded"
    LOADS_DECODED = "loads-decoded"
    SENDS_SECRETS = "sends-secrets"
    SENDS_SYSTEM = "sends-system"
    RESOLVES_SECRETS = "resolves-secrets"


class Tag(StrEnum):
    """Where a value comes from."""

    DOWNLOADED = "downloaded"
    DECODED = "decoded"
    SECRET = "secret"  # noqa: S105 - a word, no secret
    SYSTEM = "system"
    CODE = "code"


class Deed(msgspec.Struct, frozen=True):
    """One ability where it was seen: line from 1, excerpt, and when that line runs."""

    line: int
    excerpt: str
    point: ExecutionPoint


class Deeds:
    """The deeds of one file while it is read: of one ability, the first that runs earliest is kept."""

    def __init__(self, point: ExecutionPoint) -> None:
        self.point = point
        self.found: dict[Ability, Deed] = {}

    def add(self, ability: Ability, line: int, excerpt: str, *, reached: bool = True) -> None:
        """Take note of an ability.

        Args:
            ability: what was seen.
            line: where, from 1.
            excerpt: the evidence, as it stands there.
            reached: whether it runs when its file does, rather than when somebody calls it.
        """
        point = self.point if reached or not self.point.is_unasked else ExecutionPoint.RUN
        known = self.found.get(ability)
        if known is None or (known.point is not point and _ORDER[point] < _ORDER[known.point]):
            self.found[ability] = Deed(line, excerpt[:400], point)


_ORDER = {point: place for place, point in enumerate(ExecutionPoint)}


class Hidden:
    """A text or bytes that the module puts together at run time: what stands behind its arithmetic."""

    def __init__(self, line: int, value: str | bytes, *, runs: bool) -> None:
        self.line, self.value, self.runs = line, value, runs
