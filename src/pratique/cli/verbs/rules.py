"""`pratique policy`: how each rule is set."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from cyclopts import App, Parameter

from pratique.cli.asking import HERE, Where, ask
from pratique.cli.showing import day, say, show_table
from pratique.core.decisions import Mode
from pratique.core.errors import Invalid
from pratique.services.governing.rule_settings import RuleShown, SetRule, ShowPolicy
from pratique.services.verbs import table

app = App(name="policy", help="How each rule is set.")


@app.command
def show(*, repository: str = "main", where: Where = HERE) -> None:
    """Show every rule with its mode and options."""
    found = ask(table.POLICY_SHOW, ShowPolicy(repository), where)
    if found:
        rows = [(one.rule, _mode(one), _options(one)) for one in found.rules]
        show_table(("rule", "mode", "options"), rows, "there are no rules")


@app.command(name="set")
def set_(
    rule: str,
    *,
    mode: Literal["enforce", "dry-run", "off"] | None = None,
    option: Annotated[list[str] | None, Parameter(negative=())] = None,
    dry_run_for: str | None = None,
    repository: str = "main",
    where: Where = HERE,
) -> None:
    """Set a rule's mode or options.

    Args:
        rule: as `pratique policy show` names it.
        mode: enforce; dry-run: its votes are recorded and do not count; off.
        option: `name=value`, repeated; the value is JSON, or text if it is none.
        dry_run_for: after how long a dry-run asks to be decided, like `7d`.
        repository: where.
        where: data folder or server.
    """
    chosen = None if mode is None else Mode(mode)
    options = dict(_read_option(one) for one in option or ())
    done = ask(table.POLICY_SET, SetRule(rule, chosen, options, dry_run_for, repository), where)
    if done:
        say(f"{done.rule}: {_mode(done)} {_options(done)}".rstrip())
        if mode == "dry-run" and done.until is None:
            say("it watches without an end and never asks; --dry-run-for 7d sets one")


def _read_option(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not equals:
        raise Invalid(f'write an option as name=value, not "{text}"')
    try:
        return name.strip(), msgspec.json.decode(value)
    except msgspec.DecodeError:
        return name.strip(), value


def _mode(rule: RuleShown) -> str:
    if rule.asks:
        return f"{rule.mode} is over: decide with `pratique policy set {rule.rule} --mode enforce`"
    return f"{rule.mode} until {day(rule.until)}" if rule.until else str(rule.mode)


def _options(rule: RuleShown) -> str:
    return " ".join(f"{name}={msgspec.json.encode(value).decode()}" for name, value in rule.options.items())
