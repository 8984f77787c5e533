"""Have everything that looks look once, so that nothing is left to be loaded when it can open no file any more."""

from __future__ import annotations

import codecs
import io
import json
import tarfile
from collections.abc import Sequence

from pratique.formats.survey import PiecesAt
from pratique.scan.detectors.contract import Detector
from pratique.scan.engine import scan
from pratique.scan.execution_points import ECOSYSTEMS
from pratique.scan.limits import ScanLimits
from pratique.scan.report import UNFINISHED, Subject

_LINES = {
    "package.json": json.dumps(
        {"name": "warm", "version": "1.0.0", "main": "a.js", "scripts": {"install": "node a.js"}}
    ),
    "PKG-INFO": "Metadata-Version: 2.1\nName: warm\nVersion: 1.0.0\n",
    "setup.py": "import base64\nfrom setuptools import setup\nexec(base64.b64decode('cGFzcw=='))\nsetup(name='warm')\n",
    "pyproject.toml": "[project]\nname = 'warm'\n",
    "warm.pth": "import os\n",
    "Cargo.toml": "[package]\nname = 'warm'\nversion = '1.0.0'\n",
    "build.rs": 'use std::process::Command;\nfn main() { Command::new("true").status(); }\n',
    "metadata": "--- !ruby/object:Gem::Specification\nname: warm\nextensions: [extconf.rb]\n",
    "extconf.rb": "require 'net/http'\nsystem('true')\n",
    "warm.nuspec": "<package><metadata><id>warm</id></metadata></package>",
    "build/warm.targets": "<Project><Target><Exec Command='true'/></Target></Project>",
    "tools/install.ps1": "Invoke-Expression $x\n",
    "pom.xml": "<project><artifactId>warm</artifactId></project>",
    "a.js": "const _0x12ab = ['x'];\neval(Buffer.from('MQ==', 'base64').toString());\nfetch('https://example.test');\n",
    "a.ts": "const a: number = 1;\n",
    "A.java": 'class A { void a() throws Exception { Runtime.getRuntime().exec("true"); } }\n',
    "A.cs": "class A { }\n",
    "a.sh": "#!/bin/sh\ntrue\n",
    "a.bat": "echo off\n",
    "a.yml": "a: 1\n",
    "README.md": "# Warm\n",
}


_ENCODINGS = (
    "ascii",
    "latin-1",
    "cp437",
    "cp1252",
    "utf-7",
    "utf-8",
    "utf-8-sig",
    "utf-16",
    "utf-16-le",
    "utf-16-be",
    "utf-32",
    "utf-32-le",
    "utf-32-be",
    "unicode_escape",
    "raw_unicode_escape",
    "idna",
    "punycode",
    "rot13",
    "hex",
    "base64",
    "quopri",
    "uu",
    "zlib",
    "bz2",
)


def warm_up(detectors: Sequence[Detector], limits: ScanLimits) -> None:
    """Scan a small artefact of each ecosystem that has a file of every kind; load how text may be encoded.

    Raises:
        RuntimeError: a detector cannot look here.
    """
    for name in _ENCODINGS:
        codecs.lookup(name)
    content = _packed()
    for ecosystem in ECOSYSTEMS:
        artefact = PiecesAt([content])
        report = scan(Subject(ecosystem, "warm", "1.0.1"), artefact, artefact, detectors, limits)
        for finding in report.findings:
            if finding.detector == UNFINISHED:
                raise RuntimeError(f"{finding.sentence}: {finding.excerpt}")


def _packed() -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w:gz") as archive:
        for path, text in _LINES.items():
            info = tarfile.TarInfo(path)
            info.size = len(text)
            archive.addfile(info, io.BytesIO(text.encode()))
    return target.getvalue()
