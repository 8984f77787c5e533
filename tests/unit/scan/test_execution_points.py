"""What of a package runs when."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pratique.formats.file_kind import FileKind
from pratique.scan.execution_points import ECOSYSTEMS, package_root, plan
from pratique.scan.findings import ExecutionPoint
from tests.lookalikes.places import (
    cargo_build,
    cargo_macro,
    gem_extension,
    gem_plugin,
    jar_processor,
    nuget_targets,
    sdist_backend,
)

INSTALL, BUILD, START, RUN, NONE = ExecutionPoint


def points(ecosystem, files):
    return plan(
        ecosystem,
        list(files),
        {name: text.encode() if isinstance(text, str) else text for name, text in files.items()}.get,
    )


def npm(files, **manifest):
    return points("npm", {"package.json": json.dumps({"name": "p", "version": "1", **manifest}), **files})


def test_the_file_that_a_hook_names_runs_at_install_and_what_it_loads_too():
    found = npm(
        {"a/setup.js": "require('./b'); read('../data.txt')", "a/b.js": "", "data.txt": "", "c.js": ""},
        scripts={"postinstall": "node a/setup"},
    )

    assert [found.point_of(path) for path in ("a/setup.js", "a/b.js", "data.txt", "c.js")] == [
        INSTALL,
        INSTALL,
        INSTALL,
        RUN,
    ]
    assert [(hook.name, hook.file) for hook in found.hooks] == [("postinstall", "a/setup.js")]


def test_a_hook_that_runs_another_script_runs_its_file():
    found = npm({"x.js": ""}, scripts={"install": "npm run inner", "inner": "node x.js"})

    assert found.point_of("x.js") is INSTALL


def test_a_binding_gyp_is_a_hook_and_so_is_what_it_runs():
    found = npm({"binding.gyp": '{"sources": ["<!(node probe.js)"]}', "probe.js": ""})

    assert found.point_of("probe.js") is INSTALL
    assert not npm({"binding.gyp": "{}"}, gypfile=False).hooks


def test_main_and_exports_run_at_start_tests_and_examples_never():
    found = npm(
        {"lib/a.js": "", "lib/b.js": "", "test/c.js": "", "d.js": ""},
        main="lib/a",
        exports={".": {"import": "./lib/b.js"}},
    )

    assert [found.point_of(path) for path in ("lib/a.js", "lib/b.js", "test/c.js", "d.js")] == [START, START, NONE, RUN]


def test_a_backend_in_the_package_and_what_it_imports_run_at_install():
    found = points(
        "pypi", {**sdist_backend("from . import more\nimport tool\n"), "_build/more.py": b"", "tool.py": b""}
    )

    assert (
        found.point_of("_build/builder.py") is found.point_of("_build/more.py") is found.point_of("tool.py") is INSTALL
    )


def test_start_files_of_a_wheel():
    files = dict.fromkeys(
        (
            "a.pth",
            "sitecustomize.py",
            "p/__init__.py",
            "p/x.py",
            "p-1.dist-info/METADATA",
            "p-1.data/purelib/b.pth",
            "p/c.pth",
        ),
        "",
    )
    found = points("pypi", files)

    assert [found.point_of(path) for path in files] == [START, START, START, RUN, RUN, START, RUN]


@pytest.mark.parametrize(
    ("ecosystem", "files", "path", "point"),
    [
        ("cargo", cargo_build("mod probe;"), "build.rs", BUILD),
        ("cargo", cargo_macro(""), "src/lib.rs", BUILD),
        ("rubygems", gem_extension(""), "ext/padding/extconf.rb", INSTALL),
        ("rubygems", gem_plugin(""), "lib/rubygems_plugin.rb", INSTALL),
        ("nuget", nuget_targets("<X/>"), "build/Padding.Kit.targets", BUILD),
        ("maven", jar_processor("x"), "test/example/Padder.class", BUILD),
    ],
)
def test_what_builds_run_in_other_ecosystems(ecosystem, files, path, point):
    assert points(ecosystem, files).point_of(path) is point


@pytest.mark.parametrize(
    ("ecosystem", "paths", "root"),
    [
        ("pypi", ["a-1.0/setup.py", "a-1.0/PKG-INFO"], "a-1.0/"),
        ("pypi", ["a/__init__.py", "a-1.0.dist-info/METADATA"], ""),
        ("cargo", ["a-1.0.0/Cargo.toml"], "a-1.0.0/"),
        ("nuget", ["a.nuspec", "lib/a.dll"], ""),
        ("npm", ["package/package.json", "package/a.js"], ""),
    ],
)
def test_the_folder_that_holds_the_package(ecosystem, paths, root):
    assert package_root(ecosystem, paths) == root


@pytest.mark.parametrize("ecosystem", sorted(ECOSYSTEMS))
@given(
    content=st.one_of(
        st.binary(max_size=300),
        st.text(max_size=200).map(str.encode),
        st.sampled_from([b"{}", b"[]", b'{"scripts": 3}', b"a: [b", b"<a", b"[build-system]\nrequires = 3\n"]),
    )
)
@settings(max_examples=30, deadline=None)
def test_no_manifest_whatever_raises(ecosystem, content):
    names = (
        "package.json",
        "binding.gyp",
        "pyproject.toml",
        "setup.cfg",
        "PKG-INFO",
        "a.dist-info/entry_points.txt",
        "Cargo.toml",
        "metadata",
        "a.nuspec",
    )
    more = ("build/a.targets", "META-INF/MANIFEST.MF", "META-INF/services/x", "META-INF/maven/a/b/pom.xml", "setup.py")

    found = plan(ecosystem, [*names, *more], dict.fromkeys([*names, *more], content).get)

    assert found.point_of("nothing") is RUN


@pytest.mark.parametrize(
    ("command", "path", "kind"),
    [
        ("node ./t.dat", "t.dat", FileKind.JAVASCRIPT),
        ("node scripts/", "scripts/index.js", FileKind.JAVASCRIPT),
        ("node lib/../setup.js", "setup.js", FileKind.JAVASCRIPT),
        ("cd lib && node x", "lib/x.js", FileKind.JAVASCRIPT),
        ("(cd lib; node x.js)", "lib/x.js", FileKind.JAVASCRIPT),
        ('node "scripts/a b.js"', "scripts/a b.js", FileKind.JAVASCRIPT),
        ("node -r ./t.dat -e 1", "t.dat", FileKind.JAVASCRIPT),
        ("node --require=./t.dat -e 1", "t.dat", FileKind.JAVASCRIPT),
        ("sh install-it", "install-it", FileKind.SHELL),
        ('sh -c "node ./t.dat"', "t.dat", FileKind.JAVASCRIPT),
        ("true || python3 build.txt", "build.txt", FileKind.PYTHON),
        ("node li*/x.js", "lib/x.js", FileKind.JAVASCRIPT),
        ("FOO=1 exec /usr/bin/env node ./t.dat", "t.dat", FileKind.JAVASCRIPT),
    ],
)
def test_a_hooks_file_is_what_it_is_run_as_however_its_path_is_written(command, path, kind):
    files = (
        "t.dat",
        "scripts/index.js",
        "setup.js",
        "lib/x.js",
        "scripts/a b.js",
        "install-it",
        "build.txt",
        "other.js",
    )

    found = npm(dict.fromkeys(files, ""), scripts={"postinstall": command})

    assert found.point_of(path) is INSTALL
    assert found.kind_of(path, FileKind.TEXT) is kind
    assert found.point_of("other.js") is RUN


def test_what_is_loaded_as_code_is_code_whatever_it_is_called():
    found = npm(
        {"index.js": "require('./t.dat'); read('./notes.txt'); require('./x.json')", "t.dat": "require('./u')"}
        | dict.fromkeys(("u", "notes.txt", "x.json"), ""),
    )
    module = points("pypi", {"PKG-INFO": "Name: p", "setup.py": "exec(open('v.txt').read())", "v.txt": ""})

    kinds = [found.kind_of(path, FileKind.TEXT) for path in ("t.dat", "u", "notes.txt", "x.json")]
    assert kinds == [FileKind.JAVASCRIPT, FileKind.JAVASCRIPT, FileKind.TEXT, FileKind.TEXT]
    assert module.kind_of("v.txt", FileKind.TEXT) is FileKind.PYTHON
    assert found.kind_of("t.dat", FileKind.ELF) is FileKind.ELF, "bytes that are a program are no script"


def test_hooks_of_packages_that_come_along_run_too():
    inner = json.dumps({"name": "q", "scripts": {"postinstall": "node hook"}})
    found = npm({"node_modules/@a/q/package.json": inner, "node_modules/@a/q/hook.js": "", "hook.js": ""})

    assert found.point_of("node_modules/@a/q/hook.js") is INSTALL
    assert found.point_of("hook.js") is RUN
    assert [hook.command for hook in found.hooks] == ["node hook"]


@pytest.mark.parametrize("build", ["true", '"./build.rs"', '"src/../build.rs"', None])
def test_a_crates_build_script_is_found_however_it_is_named(build):
    said = "" if build is None else f"build = {build}\n"
    found = points("cargo", {"Cargo.toml": f'[package]\nname = "p"\nversion = "1.0.0"\n{said}', "build.rs": ""})

    assert found.point_of("build.rs") is BUILD


def test_an_sdist_that_looks_like_a_wheel_is_built_all_the_same():
    found = points("pypi", {"p-1.dist-info/METADATA": "Name: p", "setup.py": ""})

    assert found.point_of("setup.py") is INSTALL
