"""How the registries without an ecosystem of their own yet spell names, and what none of them takes."""

from __future__ import annotations

from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.core.errors import InvalidName
from pratique.formats.project_names import cargo, maven, npm, nuget, pypi, rubygems

ALL = (npm, pypi, cargo, maven, rubygems, nuget)
REGISTRIES = pytest.mark.parametrize("registry", ALL, ids=lambda one: one.__name__.rpartition(".")[2])


@pytest.mark.parametrize(
    ("registry", "name", "canonical"),
    [
        (rubygems, "rspec-core", "rspec-core"),
        (rubygems, "RedCloth", "RedCloth"),
        (nuget, "Newtonsoft.Json", "newtonsoft.json"),
        (nuget, "A_b-c.D1", "a_b-c.d1"),
        (nuget, "\u041c\u0438\u0440", "\u043c\u0438\u0440"),
        (maven, "org.slf4j:slf4j-api", "org.slf4j:slf4j-api"),
        (maven, "junit:junit", "junit:junit"),
    ],
)
def test_names_that_exist_have_a_canonical_form(registry: ModuleType, name, canonical):
    assert registry.canonical(name) == canonical


@pytest.mark.parametrize(
    ("registry", "name"),
    [
        (rubygems, "a/b"),
        (rubygems, "a" * 256),
        (nuget, "a..b"),
        (nuget, "$id$"),
        (nuget, ".a"),
        (nuget, "a."),
        (nuget, "a" * 129),
        (maven, "junit"),
        (maven, "a:b:c"),
        (maven, "a:"),
        (maven, ":b"),
        (maven, "a..b:c"),
        (maven, "..:c"),
        (maven, "a/b:c"),
        (maven, "a" * 255 + ":b"),
    ],
)
def test_what_no_project_can_be_called_is_refused(registry: ModuleType, name):
    with pytest.raises(InvalidName):
        registry.canonical(name)


@pytest.mark.parametrize(
    ("registry", "name"),
    [
        (rubygems, "-rails"),
        (rubygems, "123"),
        (rubygems, "rails_"),
        (rubygems, "rails.gemspec"),
        (nuget, "\u041cicrosoft.Graph"),
        (maven, "junit:junit"),
        (cargo, "COM1"),
        (cargo, "proc-macro"),
        (pypi, "asyncio"),
        (npm, "fs"),
    ],
)
def test_what_nobody_may_newly_take_exists_only_from_long_ago(registry: ModuleType, name):
    registry.canonical(name)
    with pytest.raises(InvalidName):
        registry.check_new_name(name)


@pytest.mark.parametrize(
    ("registry", "name", "meant"),
    [
        (rubygems, "r\u0430ils", "rails"),
        (rubygems, "rails.", "rails"),
        (nuget, "\u041cicrosoft.Graph", "Microsoft.Graph"),
        (nuget, "Serilog..Sinks", "Serilog-Sinks"),
        (maven, "org.slf4j:slf4j\u2010api", "org.slf4j:slf4j-api"),
    ],
)
def test_the_refusal_says_what_was_perhaps_meant(registry: ModuleType, name, meant):
    with pytest.raises(InvalidName) as refusal:
        registry.check_new_name(name)
    assert str(refusal.value).endswith(f'Did you mean "{meant}"?')


@REGISTRIES
@pytest.mark.parametrize(
    "name",
    ["", " ", "a" * 10_000, "a\u200bb", "\u202eabc", "e\u0301", "\u0430bc", "a\nb", "a\x1b[31mb", "<script>", "a\x00",
     "\udcff", "..", "../etc", "a b", "\U0001f4a9", '"', "${x}"],
    ids=ascii,
)  # fmt: skip
def test_hostile_names_are_refused_in_one_printable_line(registry: ModuleType, name):
    with pytest.raises(InvalidName) as refusal:
        registry.check_new_name(name)
    assert str(refusal.value).isascii()
    assert str(refusal.value).isprintable()
    assert len(str(refusal.value)) < 1000


@REGISTRIES
@given(name=st.text(max_size=40))
def test_a_canonical_name_is_its_own_canonical_form(registry: ModuleType, name):
    try:
        once = registry.canonical(name)
    except InvalidName:
        return
    assert registry.canonical(once) == once
