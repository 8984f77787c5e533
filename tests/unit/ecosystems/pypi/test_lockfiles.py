"""What the lockfiles of uv, poetry, pip, pdm and pipenv pin, and where their clients go for it.

The files below `locks` were written by uv 0.13, pip 26.3 and poetry 2.5 for one project.
"""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypi_simple import PYPI_SIMPLE_ENDPOINT

from pratique.core.artifacts import Digests
from pratique.core.errors import Invalid, InvalidName, TooLarge
from pratique.core.lockfiles import Leads
from pratique.ecosystems.pypi import PYPI
from pratique.ecosystems.pypi.lockfiles.pins import MAX_BYTES, MAX_PARTS

LOCKS = Path(__file__).parent / "locks"
SERVER = "https://packages.example.test"
BASE = f"{SERVER}/main/pypi"
HERE, ELSEWHERE = [BASE], ["http://127.0.0.1:7417/main/pypi"]
SUM = "ab" * 32
PUBLIC = f"https://{urlsplit(PYPI_SIMPLE_ENDPOINT).hostname}"

SAVED = {
    "uv.lock": "uv.lock",
    "poetry.lock": "poetry.lock",
    "pylock.toml": "pylock.toml",
    "pylock-of-pip.toml": "pylock.dev.toml",
    "requirements.txt": "requirements-dev.txt",
}
"""File to the name under which its client looks for it."""


def read(filename: str, content: str):
    return PYPI.read_lockfile(filename, content.encode())


def saved(name: str) -> bytes:
    """What a client wrote; the file in the repository holds no addresses."""
    return (LOCKS / name).read_text(encoding="utf-8").replace("@SERVER@", SERVER).encode()


def uv(
    source: str = f'registry = "{BASE}/simple"', url: str = f"{BASE}/files/left/left-1.0.tar.gz", more: str = ""
) -> str:
    sdist = f'sdist = {{ url = "{url}", hash = "sha256:{SUM}" }}\n'
    return f'version = 1\n[[package]]\nname = "Left"\nversion = "1.0"\nsource = {{ {source} }}\n{more or sdist}'


def poetry(more: str = "", files: str = f'[{{file = "left-1.0.tar.gz", hash = "sha256:{SUM}"}}]') -> str:
    return f'[[package]]\nname = "left"\nversion = "1.0"\nfiles = {files}\n{more}\n[metadata]\nlock-version = "2.1"\n'


def pipfile(url: str = f"{BASE}/simple", **entry) -> str:
    pinned = {"version": "==1.0", "hashes": [f"sha256:{SUM}"]} | entry
    return json.dumps(
        {"_meta": {"sources": [{"name": "ours", "url": url}]}, "default": {"left": pinned}, "develop": {}}
    )


@pytest.mark.parametrize("name", SAVED)
def test_each_client_pins_the_same_releases_with_their_digests(name):
    found = PYPI.read_lockfile(SAVED[name], saved(name))

    assert {(pin.name, pin.version) for pin in found.pins} == {("acme-py-branch", "1.0"), ("acme-py-leaf", "1.0")}
    assert all(pin.digests.any_strong() or pin.any_of for pin in found.pins)


def test_a_direct_address_and_the_project_itself_are_told_apart():
    assert PYPI.read_lockfile("uv.lock", saved("uv.lock")).apart == (
        "acme-py-direct (an address of its own)",
        "the-project (folder)",
    )
    for name in ("pylock.toml", "requirements.txt"):
        assert PYPI.read_lockfile(name, saved(name)).apart == ("acme-py-direct (an address of its own)",)


@pytest.mark.parametrize("name", SAVED)
def test_addresses_of_this_server_lead_here(name):
    assert {PYPI.leads_to(pin, HERE) for pin in PYPI.read_lockfile(SAVED[name], saved(name)).pins} == {Leads.HERE}


@pytest.mark.parametrize("name", sorted(set(SAVED) - {"requirements.txt"}))
def test_addresses_of_another_server_lead_past_this_one(name):
    pins = PYPI.read_lockfile(SAVED[name], saved(name)).pins
    assert {PYPI.leads_to(pin, ELSEWHERE) for pin in pins} == {Leads.ELSEWHERE}


@pytest.mark.parametrize(
    ("content", "leads"),
    [
        (uv(), Leads.HERE),
        (uv(f'registry = "{BASE}/simple/"'), Leads.HERE),
        (uv(f'registry = "{BASE.replace("://", "://__token__:secret@")}/simple/"'), Leads.HERE),
        (uv('registry = "https://evil.example.test/simple"'), Leads.ELSEWHERE),
        (uv(f'registry = "{PUBLIC}/simple"'), Leads.PUBLIC),
        (uv(url=f"{PUBLIC}/left-1.0.tar.gz"), Leads.PUBLIC),
        (uv(url="https://evil.example.test/left-1.0.tar.gz"), Leads.ELSEWHERE),
        (uv(f'registry = "{PUBLIC}/simple"', "https://evil.example.test/left-1.0.tar.gz"), Leads.ELSEWHERE),
        (uv(f'registry = "{BASE}/legacy"'), Leads.ELSEWHERE),
        (uv(url=f"{BASE}/files/evil/left-1.0.tar.gz"), Leads.ASTRAY),
        (uv(url=f"{BASE}/files/left/../evil/left-1.0.tar.gz"), Leads.ASTRAY),
        (uv(url="https://packages.example.test/other/pypi/files/left/left-1.0.tar.gz"), Leads.ELSEWHERE),
    ],
)
def test_index_and_file_both_have_to_be_of_this_server(content, leads):
    (one,) = read("uv.lock", content).pins
    assert PYPI.leads_to(one, HERE) is leads


def test_each_file_of_a_release_is_a_pin_and_what_nobody_installs_is_none():
    wheels = "".join(f'{{url = "{BASE}/files/left/left-1.0-{tag}.whl", hash = "sha256:{SUM}"}},' for tag in ("a", "b"))
    found = read("uv.lock", uv(more=f'wheels = [{wheels} {{url = "{BASE}/files/left/left-1.0.egg"}}]'))
    assert [pin.filename for pin in found.pins] == ["left-1.0-a.whl", "left-1.0-b.whl"]


@pytest.mark.parametrize(
    ("filename", "content", "apart"),
    [
        ("uv.lock", uv('git = "https://git.example.test/x?rev=1"'), "Left (git)"),
        ("uv.lock", uv('editable = "."'), "Left (folder)"),
        ("uv.lock", uv('registry = "../wheels"'), "Left (folder)"),
        ("poetry.lock", poetry('[package.source]\ntype = "git"\nurl = "https://git.example.test/x"'), "left (git)"),
        ("poetry.lock", poetry('[package.source]\ntype = "directory"\nurl = "sub"'), "left (folder)"),
        ("pylock.toml", 'lock-version = "1.0"\n[[packages]]\nname = "left"\nvcs = {type = "git"}', "left (git)"),
        (
            "pylock.toml",
            (
                'lock-version = "1.0"\n[[packages]]\nname = "left"\nversion = "1"\n'
                'wheels = [{path = "left-1-py3-none-any.whl"}]'
            ),
            "left (folder)",
        ),
        ("pdm.lock", '[[package]]\nname = "left"\nversion = "1"\ngit = "x"\n[metadata]\n', "left (git)"),
        ("Pipfile.lock", pipfile(git="https://git.example.test/x"), "left (git)"),
        ("Pipfile.lock", pipfile(file="https://files.example.test/x"), "left (an address of its own)"),
        ("requirements.txt", "-e ./sub", "./sub (editable)"),
        ("requirements.txt", "-r other.txt", "other.txt (another file; check it by itself)"),
        ("requirements.txt", "left>=1", "left (not pinned to one version)"),
        ("requirements.txt", "left==1.*", "left (not pinned to one version)"),
        ("requirements.txt", "left", "left (not pinned to one version)"),
        ("requirements.txt", "left @ git+https://git.example.test/x", "left (git)"),
        ("requirements.txt", "./left.whl", "./left.whl (an address or folder)"),
        (
            "requirements.txt",
            "https://u:secret@files.example.test/left.whl",
            "files.example.test/left.whl (an address or folder)",
        ),
    ],
)
def test_what_comes_from_no_registry_is_told_apart(filename, content, apart):
    found = read(filename, content)
    assert (found.pins, found.apart) == ((), (apart,))


@pytest.mark.parametrize("spelt", ["Left", "left", "LEFT"])
def test_poetry_kept_the_files_of_all_apart_before_its_form_2(spelt):
    files = f'[metadata.files]\n{spelt} = [{{file = "left-1.0.tar.gz", hash = "sha256:{SUM}"}}]\n'
    (one,) = read("poetry.lock", '[[package]]\nname = "Left"\nversion = "1.0"\n[metadata]\n' + files).pins
    assert (one.name, one.filename, one.digests.sha256) == ("left", "left-1.0.tar.gz", SUM)


def test_pdm_names_files_as_poetry_does():
    files = f'files = [{{file = "left-1.0.tar.gz", hash = "sha256:{SUM}"}}]\n'
    (one,) = read("pdm.lock", '[[package]]\nname = "left"\nversion = "1.0"\n' + files + "[metadata]\n").pins
    assert (one.filename, one.digests.sha256) == ("left-1.0.tar.gz", SUM)


def test_pipenv_names_the_index_and_checksums_and_no_files():
    (one,) = read("Pipfile.lock", pipfile()).pins
    (other,) = read("Pipfile.lock", pipfile("https://evil.example.test/simple")).pins
    assert (one.filename, one.any_of, PYPI.leads_to(one, HERE)) == ("", (Digests(sha256=SUM),), Leads.HERE)
    assert PYPI.leads_to(other, HERE) is Leads.ELSEWHERE


def test_requirements_pin_releases_by_the_checksums_of_all_their_files():
    hashes = f"    --hash=sha256:{SUM} \\\n    --hash=sha512:{SUM * 2}  # why\n"
    text = f"Left==1.0 ; python_version >= '3' \\\n{hashes}right===2.0\n"
    left, right = read("requirements.txt", text).pins
    assert (left.name, left.version) == ("left", "1.0")
    assert left.any_of == (Digests(sha256=SUM), Digests(sha512=SUM * 2))
    assert (right.version, right.any_of) == ("2.0", ())


@pytest.mark.parametrize("option", ["-i {}", "--index-url {}", "--index-url={}"])
def test_an_index_of_requirements_is_that_of_every_pin(option):
    (one,) = read("requirements.txt", "left==1.0\n" + option.format("https://evil.example.test/simple")).pins
    (other,) = read("requirements.txt", option.format(f"{BASE}/simple/") + "\nleft==1.0\n").pins
    assert [PYPI.leads_to(pin, HERE) for pin in (one, other)] == [Leads.ELSEWHERE, Leads.HERE]


@pytest.mark.parametrize(
    "option",
    [
        "-i{}",
        "--index {}",
        "--index-url '{}'",
        "--trusted-host evil.example.test --index-url {}",
        "--index-url {} --no-binary x",
        "--pre \\\n  --index-url \\\n  {}",
        "\\--index-url {} \\\n",
    ],
)
def test_an_index_is_found_wherever_pip_finds_it(option):
    (one,) = read("requirements.txt", option.format("https://evil.example.test/simple") + "\nleft==1.0\n").pins
    assert one.index == "https://evil.example.test/simple"


def test_an_index_that_another_one_replaces_is_told_as_well():
    ours = f"{BASE}/simple/"
    found = read(
        "requirements.txt", f"-i https://evil.example.test/a\n-i {ours}\nleft==1.0 -i https://evil.example.test/b"
    )
    assert [pin.index for pin in found.pins] == [ours]
    assert found.searched == ("https://evil.example.test/a", ours, "https://evil.example.test/b")


def test_an_index_for_another_file_alone_is_told():
    found = read("requirements.txt", "-i https://evil.example.test/a\n-r other.txt\n")
    assert (found.pins, found.searched) == ((), ("https://evil.example.test/a",))


@pytest.mark.parametrize(
    "option",
    [
        "--extra-index {}",
        "--extra-index-url='{}'",
        "--pre --extra-index-url {}",
        "--find {}",
        "-f{}",
        "--no-index -f {}",
        "--prefer-binary --no-binary :all: -f {}",
        "--hash=sha256:00 -f {}",
    ],
)
def test_what_else_is_searched_is_found_wherever_pip_finds_it(option):
    found = read("requirements.txt", option.format("https://evil.example.test/x") + "\nleft==1.0\n")
    assert found.searched == ("https://evil.example.test/x",)


@pytest.mark.parametrize(
    ("line", "apart"),
    [
        ("--requirem other.txt", "other.txt (another file; check it by itself)"),
        ("--prefer-binary -r other.txt", "other.txt (another file; check it by itself)"),
        ("-cother.txt", "other.txt (another file; check it by itself)"),
        ("--edit ./sub", "./sub (editable)"),
        ("-e git+https://me:secret@git.example.test/x@main", "git+https://git.example.test/x@main (editable)"),
    ],
)
def test_another_file_is_told_however_it_is_said(line, apart):
    assert read("requirements.txt", line).apart == (apart,)


@pytest.mark.parametrize(
    "line",
    [
        "--no binary",
        "--unheard-of x",
        "-i",
        "--pre junk",
        "--index-url 'x",
        "-x",
        "-",
        "-- junk",
        "--req x",
        "left==1.0 --unheard-of",
    ],
)
def test_an_option_that_is_not_wholly_understood_is_refused(line):
    with pytest.raises(Invalid, match="none of pip's, or may be several of them; spell it out: line 2"):
        read("requirements.txt", f"left==1.0\n{line}\n")


def test_requirements_of_another_encoding_are_refused():
    with pytest.raises(Invalid, match="no UTF-8"):
        read("requirements.txt", "# -*- coding: utf-7 -*-\nleft==1.0 +AC0-i x\n")


@pytest.mark.parametrize(
    ("filename", "content"),
    [
        ("uv.lock", uv('url = "https://evil.example.test/x.whl"')),
        ("poetry.lock", poetry('[package.source]\ntype = "url"\nurl = "https://evil.example.test/x.whl"')),
        (
            "pylock.toml",
            'lock-version = "1.0"\n[[packages]]\nname = "left"\narchive = {url = "https://evil.example.test/x.whl"}',
        ),
        ("pdm.lock", '[[package]]\nname = "left"\nurl = "https://evil.example.test/x.whl"\n[metadata]\n'),
        ("Pipfile.lock", pipfile(file="https://evil.example.test/x.whl")),
        ("requirements.txt", "left @ https://evil.example.test/x.whl"),
        ("requirements.txt", "https://evil.example.test/x.whl"),
        ("requirements.txt", "-r https://evil.example.test/x.whl"),
        ("requirements.txt", "-e https://evil.example.test/x.whl"),
    ],
    ids=["uv", "poetry", "pylock", "pdm", "pipenv", "pip-named", "pip-bare", "pip-file", "pip-editable"],
)
def test_what_is_no_registrys_and_has_an_address_is_a_detour(filename, content):
    found = read(filename, content)
    assert (found.pins, [address for _, address in found.detours]) == ((), ["https://evil.example.test/x.whl"])


@pytest.mark.parametrize("option", ["--extra-index-url {}", "-f {}", "--find-links={}"])
def test_what_requirements_have_searched_beside_that_is_kept(option):
    (place,) = read("requirements.txt", option.format("https://evil.example.test/simple") + "\nleft==1.0\n").searched
    assert not PYPI.searches_here(place, HERE)
    assert PYPI.searches_here(f"{BASE}/simple/", HERE)


@pytest.mark.parametrize(
    ("filename", "content", "why"),
    [
        ("uv.lock", "= =", "no readable TOML"),
        ("uv.lock", "", "no uv.lock of version 1"),
        ("uv.lock", "version = 2", "no uv.lock of version 1"),
        ("uv.lock", "version = 1\npackage = 1", "`package` is no list of tables"),
        ("uv.lock", "version = 1\n[[package]]\nsource = 1", "`source` is no table"),
        ("uv.lock", uv("registry = 7"), "`registry` is no text"),
        ("uv.lock", uv(more="wheels = 1"), "`wheels` is no list"),
        ("uv.lock", uv(more="wheels = [1]"), "a file of left is no mapping"),
        (
            "uv.lock",
            uv(more='wheels = [{url = "https://x.example.test/a%2f..whl", hash = "md5"}]'),
            "checksum that is none",
        ),
        ("uv.lock", uv(more='wheels = [{url = "https://x.example.test/a%1b.whl"}]'), r"pins left by 'a\\x1b\.whl'"),
        ("uv.lock", uv().replace('"1.0"', '"not one"'), "pins left 'not one', which is no version"),
        ("uv.lock", uv().replace('version = "1.0"', "version = 1.0"), "without name or version as text"),
        ("uv.lock", "a.b.c.d.e.f.g = 1", "key of more than 6 parts"),
        ("poetry.lock", "", "no `metadata`"),
        ("poetry.lock", "metadata = 1", "`metadata` is no table"),
        ("poetry.lock", poetry(files="1"), "`files` is no list"),
        ("poetry.lock", poetry(files=f'[{{file = "left-1.0.tar.gz", hash = "sha256:{SUM}0"}}]'), "no sha256"),
        ("poetry.lock", poetry(files='[{file = "../left-1.0.tar.gz"}]'), "no name of a file"),
        ("pylock.toml", "", "lock-version 1"),
        ("pylock.toml", "lock-version = 1", "`lock-version` is no text"),
        (
            "pylock.toml",
            (
                'lock-version = "1.0"\n[[packages]]\nname = "left"\nversion = "1"\n'
                f'wheels = [{{url = "{BASE}/files/left/l.whl", hashes = 1}}]'
            ),
            "checksums of left are no mapping",
        ),
        ("pdm.lock", "", "no `metadata`"),
        ("Pipfile.lock", "[", "no readable JSON"),
        ("Pipfile.lock", "[]", "no `_meta`"),
        ("Pipfile.lock", '{"_meta": {"sources": [1]}}', "`sources` is no list of tables"),
        ("Pipfile.lock", '{"_meta": {}, "default": {"left": {}}}', "'left' without a version"),
        ("Pipfile.lock", pipfile(hashes=["sha384:00"]), "checksums of kinds that nobody knows"),
        ("requirements.txt", "!!", "no requirement: line 1"),
        ("requirements.txt", "left;" + "(" * 30_000, "no requirement: line 1"),
        ("requirements.txt", "a" * 70_000, "line of 70000 characters"),
        ("requirements.txt", f"left==1 --hash=sha256:{SUM[:-1]}", "no sha256"),
        ("requirements.txt", "\xff".encode("latin-1").decode("utf-8", "surrogateescape"), "no UTF-8"),
    ],
)
def test_what_is_no_lockfile_is_refused_with_the_reason(filename, content, why):
    with pytest.raises(Invalid, match=why) as refused:
        PYPI.read_lockfile(filename, content.encode("utf-8", "surrogateescape"))
    assert str(refused.value).isprintable()
    assert len(str(refused.value)) < 400


@pytest.mark.parametrize("name", ["../left", "le ft", "\\u001b[31m", ""])
def test_a_project_of_no_name_is_refused(name):
    with pytest.raises(InvalidName) as refused:
        read("uv.lock", uv().replace('"Left"', f'"{name}"'))
    assert str(refused.value).isprintable()


@pytest.mark.parametrize(
    "filename", ["uv.lock", "poetry.lock", "pylock.toml", "pdm.lock", "Pipfile.lock", "requirements.txt"]
)
def test_what_is_too_long_is_refused_unread(filename):
    with pytest.raises(TooLarge, match=f"at most {MAX_BYTES} are read"):
        PYPI.read_lockfile(filename, b" " * (MAX_BYTES + 1))


def test_more_values_than_a_lockfile_has_are_refused():
    with pytest.raises(TooLarge, match=f"at most {MAX_PARTS} are read"):
        read("uv.lock", "x = [" + "1," * (MAX_PARTS + 1) + "]")
    with pytest.raises(TooLarge, match="lines"):
        read("requirements.txt", "\n" * 200_000)
    with pytest.raises(TooLarge, match="beside checksums"):
        read("requirements.txt", f"left{' ' * 60_000}==1\n" * 20)
    with pytest.raises(TooLarge, match="lines with options"):
        read("requirements.txt", "--pre\n" * 5_001)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.data(), st.sampled_from(sorted(SAVED)))
def test_a_damaged_lockfile_is_read_or_refused(data, name):
    content = saved(name)
    begin = data.draw(st.integers(0, len(content)))
    end = data.draw(st.integers(begin, min(len(content), begin + 40)))
    put = data.draw(
        st.one_of(st.binary(max_size=8), st.sampled_from([b"[", b"{}", b'"', b"\n", b" = 1", b"\\\n", b"--"]))
    )
    with contextlib.suppress(Invalid, TooLarge):
        for pin in PYPI.read_lockfile(SAVED[name], content[:begin] + put + content[end:]).pins:
            PYPI.leads_to(pin, HERE)


_values = st.recursive(
    st.booleans()
    | st.integers(0, 9)
    | st.sampled_from(["", "left", "1.0", "1.", "==1.0", f"sha256:{SUM}", "../x.whl"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "name",
                    "version",
                    "source",
                    "registry",
                    "url",
                    "wheels",
                    "sdist",
                    "files",
                    "file",
                    "hash",
                    "hashes",
                    "path",
                    "index",
                    "type",
                    "sources",
                    "left",
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


def _toml(value) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {_toml(one)}" for key, one in value.items()) + "}"
    return "[" + ", ".join(map(_toml, value)) + "]" if isinstance(value, list) else json.dumps(value)


@given(_values, st.sampled_from(["uv.lock", "poetry.lock", "pylock.toml", "pdm.lock"]))
def test_any_packages_are_a_lockfile_or_refused(packages, filename):
    text = f'version = 1\nlock-version = "1.0"\npackage = {_toml(packages)}\npackages = {_toml(packages)}\n[metadata]\n'
    with contextlib.suppress(Invalid, TooLarge):
        read(filename, text)


@given(_values, _values)
def test_any_entries_are_a_pipfile_lock_or_refused(sources, entries):
    with contextlib.suppress(Invalid, TooLarge):
        read("Pipfile.lock", json.dumps({"_meta": {"sources": sources}, "default": entries}))


@given(st.text(alphabet=st.sampled_from("ab=<> -#\\\n;@:/.1[]'\""), max_size=60))
def test_any_lines_are_requirements_or_refused(text):
    with contextlib.suppress(Invalid, TooLarge):
        read("requirements.txt", text)
