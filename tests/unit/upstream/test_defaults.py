"""The addresses of PyPI and the npm registry are found, never written; here stand only their hashes."""

import hashlib
import subprocess
import sys

import pytest

from pratique.core.errors import Unavailable
from pratique.upstream import defaults

SHA256 = {
    "npm": "036b43b16792c643378e95923ed2f4cc78e800de141b764aeea70d47580396df",
    "pypi": "5a06749b2297be54ac5699f6f2761716adc5001a2d5f8b915ab2172922dd5706",
}


def test_the_public_registries_are_found():
    found = defaults.discover_defaults()

    assert {name: hashlib.sha256(url.encode()).hexdigest() for name, url in found.items()} == SHA256


def test_the_server_never_imports_the_libraries_that_know():
    program = (
        "import sys, pratique.upstream.defaults;"
        "print({'pypi_simple', 'packageurl.contrib.purl2url'} & set(sys.modules))"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "set()"


@pytest.mark.parametrize("program", ["/nowhere/python", "/bin/false", "/bin/echo"])
def test_without_them_the_sentence_says_what_to_write(monkeypatch, program):
    monkeypatch.setattr(sys, "executable", program)

    with pytest.raises(Unavailable, match=r"write them under upstreams in the settings"):
        defaults.discover_defaults()
