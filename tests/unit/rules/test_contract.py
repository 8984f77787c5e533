import importlib
import inspect
import pkgutil
from types import ModuleType

import msgspec
import pytest

from pratique import rules
from pratique.core.decisions import Mode, Moment
from pratique.core.facts import PUBLISHED
from pratique.rules.contract import NoOptions, Options, rule_of
from pratique.rules.decide import Tally
from tests.unit.rules.cases import USER

MODULES = [importlib.import_module(f"pratique.rules.{found.name}") for found in pkgutil.iter_modules(rules.__path__)]
STRUCTS = {
    found
    for module in MODULES
    for _, found in inspect.getmembers(module, inspect.isclass)
    if issubclass(found, msgspec.Struct) and found.__module__ == module.__name__
}


def module(**content):
    made = ModuleType("made")
    made.__dict__.update(content)
    return made


def test_a_module_with_a_name_needs_and_a_vote_is_a_rule_with_the_usual_rest():
    rule = rule_of(module(NAME="odd", NEEDS=(PUBLISHED,), vote=len))

    assert (rule.name, rule.needs, rule.vote) == ("odd", (PUBLISHED,), len)
    assert (rule.version, rule.moments, rule.starts, rule.options) == (
        1,
        frozenset({Moment.INSTALL}),
        Mode.ENFORCE,
        NoOptions,
    )
    assert not rule.sees(USER, NoOptions())


def test_a_module_may_say_everything_itself():
    own = {
        "VERSION": 2,
        "MOMENTS": frozenset({Moment.PUBLISH}),
        "STARTS": Mode.DRY_RUN,
        "Options": Options,
        "sees": max,
    }
    rule = rule_of(module(NAME="odd", NEEDS=(), vote=len, **own))

    assert [rule.version, rule.moments, rule.starts, rule.options, rule.sees] == list(own.values())


@pytest.mark.parametrize("missing", ["NAME", "NEEDS", "vote"])
def test_a_module_without_its_essentials_is_no_rule(missing):
    content = {"NAME": "odd", "NEEDS": (), "vote": len}
    del content[missing]

    with pytest.raises(AttributeError, match=missing):
        rule_of(module(**content))


@pytest.mark.parametrize("struct", sorted(STRUCTS - {Tally}, key=str), ids=str)
def test_values_of_the_rules_never_change(struct):
    assert struct.__struct_config__.frozen


@pytest.mark.parametrize("struct", sorted((one for one in STRUCTS if issubclass(one, Options)), key=str), ids=str)
def test_options_refuse_unknown_keys_and_can_be_remembered(struct):
    assert struct.__struct_config__.forbid_unknown_fields
    assert hash(struct()) == hash(struct())
