"""The corpus of look-alikes: each technique is seen, no harmless twin is quarantined."""

from __future__ import annotations

import pytest

from pratique.core.scans import Verdict
from tests.lookalikes.corpus import CORPUS, examined, quarantined_twins, recall


def test_there_are_enough_of_them_in_all_six_ecosystems():
    assert len(CORPUS) >= 150
    assert len({case.id for case in CORPUS}) == len(CORPUS)
    assert {case.ecosystem for case in CORPUS} == {"npm", "pypi", "cargo", "maven", "rubygems", "nuget"}


def test_they_point_nowhere():
    import re

    hosts = re.compile(rb"https?://([\w.-]+)")
    known = ("example.test", "discord.com", "api.telegram.org", "169.254.169.254", "127.0.0.1", "maven.apache.org")
    named = {
        host.decode()
        for case in CORPUS
        for files in (case.files, case.twin)
        for content in files.values()
        for host in hosts.findall(content)
    }

    assert [host for host in sorted(named) if not host.endswith(known) and not host.startswith("192.0.2.")] == []


@pytest.mark.parametrize("case", CORPUS, ids=lambda case: case.id)
def test_a_look_alike_is_not_cleared_and_says_why(case):
    found = examined(case)

    assert found.scored.verdict is not Verdict.CLEAR
    assert found.scored.because
    assert all(one.sentence and len(one.excerpt) <= 200 and one.excerpt.isprintable() for one in found.findings)


@pytest.mark.parametrize("case", CORPUS, ids=lambda case: case.id)
def test_its_harmless_twin_is_not_quarantined(case):
    assert examined(case, twin=True).scored.verdict is not Verdict.QUARANTINE


def test_recall_is_told_by_technique():
    few = CORPUS[:5]

    assert {name: counts[0] for name, counts in recall(corpus=few).items()} == {case.technique: 1 for case in few}
    assert quarantined_twins(corpus=few) == []
