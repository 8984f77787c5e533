"""Where code of each ecosystem runs: a package around one piece of code."""

from __future__ import annotations

import json
import struct

from tests.lookalikes.cases import Files

PARAGRAPH = "A small library that pads text to a given width.\n\n## Use\n\nCall `pad` with a text and a width.\n"
PLAIN_PYTHON = "def pad(text, width):\n    return text + ' ' * (width - len(text))\n"
PLAIN_JS = "module.exports = function pad(text, width) { return text.padEnd(width); };\n"
PLAIN_RUBY = "module Padding\n  def self.pad(text, width)\n    text.ljust(width)\n  end\nend\n"
PLAIN_RUST = 'pub fn pad(text: &str, width: usize) -> String {\n    format!("{:<width$}", text, width = width)\n}\n'


def _files(**texts: str | bytes) -> Files:
    return {name: text.encode() if isinstance(text, str) else text for name, text in texts.items()}


def package_json(**more: object) -> str:
    """A plain package.json with more in it."""
    about = {"name": "padding-kit", "version": "1.0.1", "description": "Pads text", "license": "MIT"}
    return json.dumps(
        {**about, "main": "index.js", "repository": "https://git.example.test/padding-kit", **more}, indent=2
    )


def npm_hook(code: str, *, hook: str = "postinstall") -> Files:
    """An npm package whose hook runs a file."""
    manifest = package_json(scripts={hook: "node scripts/setup.js"})
    return _files(**{"package.json": manifest, "index.js": PLAIN_JS, "scripts/setup.js": code, "README.md": PARAGRAPH})


def npm_command(command: str, *, hook: str = "postinstall") -> Files:
    """An npm package whose hook is a command."""
    return _files(
        **{"package.json": package_json(scripts={hook: command}), "index.js": PLAIN_JS, "README.md": PARAGRAPH}
    )


def npm_main(code: str) -> Files:
    """An npm package whose main file is the code."""
    return _files(**{"package.json": package_json(), "index.js": code, "README.md": PARAGRAPH})


def npm_gyp(gyp: str, **more: str) -> Files:
    """An npm package with a binding.gyp."""
    return _files(**{"package.json": package_json(), "index.js": PLAIN_JS, "binding.gyp": gyp, **more})


def metadata(*lines: str) -> str:
    """Core metadata."""
    return "\n".join(
        ["Metadata-Version: 2.1", "Name: padding-kit", "Version: 1.0.1", "Summary: Pads text", *lines, "", PARAGRAPH]
    )


def sdist(code: str) -> Files:
    """An sdist whose setup.py is the code."""
    return _files(
        **{"setup.py": code, "PKG-INFO": metadata(), "padding_kit/__init__.py": PLAIN_PYTHON, "README.md": PARAGRAPH}
    )


def sdist_backend(code: str) -> Files:
    """An sdist that is built by a backend it brings along."""
    project = '[build-system]\nrequires = []\nbuild-backend = "builder"\nbackend-path = ["_build"]\n'
    return _files(
        **{
            "pyproject.toml": project,
            "_build/builder.py": code,
            "PKG-INFO": metadata(),
            "padding_kit/__init__.py": PLAIN_PYTHON,
        }
    )


def sdist_hatch(code: str) -> Files:
    """An sdist whose build hook is the code."""
    project = (
        '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
        '[tool.hatch.build.hooks.custom]\npath = "hatch_build.py"\n'
    )
    return _files(
        **{
            "pyproject.toml": project,
            "hatch_build.py": code,
            "PKG-INFO": metadata(),
            "padding_kit/__init__.py": PLAIN_PYTHON,
        }
    )


def wheel(files: dict[str, str | bytes], *lines: str) -> Files:
    """A wheel of these files."""
    return _files(
        **{
            **files,
            "padding_kit-1.0.1.dist-info/METADATA": metadata(*lines),
            "padding_kit-1.0.1.dist-info/WHEEL": "Wheel-Version: 1.0\nTag: py3-none-any\n",
        }
    )


def wheel_import(code: str) -> Files:
    """A wheel that does it when it is imported."""
    return wheel({"padding_kit/__init__.py": code})


def cargo_build(code: str) -> Files:
    """A crate with a build script."""
    manifest = '[package]\nname = "padding-kit"\nversion = "1.0.1"\nedition = "2021"\nbuild = "build.rs"\n'
    return _files(**{"Cargo.toml": manifest, "build.rs": code, "src/lib.rs": PLAIN_RUST})


def cargo_macro(code: str) -> Files:
    """A procedural macro."""
    manifest = '[package]\nname = "padding-kit"\nversion = "1.0.1"\nedition = "2021"\n[lib]\nproc-macro = true\n'
    return _files(**{"Cargo.toml": manifest, "src/lib.rs": "use proc_macro::TokenStream;\n" + code})


def gem_metadata(*, extensions: bool = False) -> str:
    """The metadata of a gem, as RubyGems writes it."""
    listed = "extensions:\n- ext/padding/extconf.rb\n" if extensions else "extensions: []\n"
    return (
        "--- !ruby/object:Gem::Specification\nname: padding_kit\nversion: !ruby/object:Gem::Version\n  version: 1.0.1\n"
        "platform: ruby\nauthors:\n- A. Writer\n" + listed + "files:\n- lib/padding_kit.rb\n"
    )


def gem_extension(code: str) -> Files:
    """A gem whose extension is configured by the code."""
    return _files(
        **{"metadata": gem_metadata(extensions=True), "ext/padding/extconf.rb": code, "lib/padding_kit.rb": PLAIN_RUBY}
    )


def gem_plugin(code: str) -> Files:
    """A gem with a plugin of RubyGems."""
    return _files(**{"metadata": gem_metadata(), "lib/rubygems_plugin.rb": code, "lib/padding_kit.rb": PLAIN_RUBY})


def gem_require(code: str) -> Files:
    """A gem that does it when it is required."""
    return _files(**{"metadata": gem_metadata(), "lib/padding_kit.rb": code})


NUSPEC = (
    '<?xml version="1.0"?>\n<package><metadata><id>Padding.Kit</id><version>1.0.1</version><authors>A. Writer</authors>'
    "<description>Pads text</description></metadata></package>\n"
)


def nuget_targets(inside: str) -> Files:
    """A NuGet package whose targets hold this."""
    targets = f'<Project>\n  <Target Name="PadText" BeforeTargets="Build">\n    {inside}\n  </Target>\n</Project>\n'
    return _files(**{"Padding.Kit.nuspec": NUSPEC, "build/Padding.Kit.targets": targets})


def nuget_script(code: str) -> Files:
    """A NuGet package whose init script is the code."""
    return _files(**{"Padding.Kit.nuspec": NUSPEC, "tools/init.ps1": code})


def pom(inside: str = "") -> str:
    """A POM with this in it."""
    return (
        '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion><groupId>test.example</groupId>'
        f"<artifactId>padding-kit</artifactId><version>1.0.1</version>\n{inside}\n</project>\n"
    )


def java_class(*texts: str) -> bytes:
    """A class file that holds nothing but texts: what it would name, if there were code in it."""
    constants = b"".join(b"\x01" + struct.pack(">H", len(text.encode())) + text.encode() for text in texts)
    return b"\xca\xfe\xba\xbe\0\0\0\x34" + struct.pack(">H", len(texts) + 1) + constants + b"\0" * 16


def jar(files: dict[str, str | bytes]) -> Files:
    """A jar of these files."""
    return _files(
        **{
            "META-INF/MANIFEST.MF": "Manifest-Version: 1.0\n",
            "META-INF/maven/test.example/padding-kit/pom.xml": pom(),
            **files,
        }
    )


def jar_processor(*texts: str) -> Files:
    """A jar with an annotation processor."""
    return jar(
        {
            "META-INF/services/javax.annotation.processing.Processor": "test.example.Padder\n",
            "test/example/Padder.class": java_class("test/example/Padder", *texts),
        }
    )


def jar_service(*texts: str) -> Files:
    """A jar with a service that is loaded at start."""
    return jar(
        {
            "META-INF/services/java.sql.Driver": "test.example.Padder\n",
            "test/example/Padder.class": java_class("test/example/Padder", *texts),
        }
    )


def pom_plugin(artifact: str, inside: str) -> Files:
    """A POM alone, with a plugin bound to a phase."""
    plugin = (
        f"<build><plugins><plugin><groupId>org.codehaus.mojo</groupId><artifactId>{artifact}</artifactId><executions>"
        f"<execution><phase>validate</phase><configuration>{inside}</configuration></execution></executions></plugin>"
        "</plugins></build>"
    )
    return _files(**{"padding-kit-1.0.1.pom": pom(plugin)})
