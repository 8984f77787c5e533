"""The names that projects of Maven, Gradle, Bundler and .NET depend on."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.core.errors import Invalid, PratiqueError
from pratique.formats.manifests import maven, nuget, rubygems

READERS = {"pom.xml": maven, "build.gradle": maven, "x.versions.toml": maven, "gradle.lockfile": maven,
           "Gemfile": rubygems, "x.gemspec": rubygems, "Gemfile.lock": rubygems, "x.csproj": nuget,
           "packages.config": nuget, "packages.lock.json": nuget}  # fmt: skip

POM = """<?xml version="1.0"?>
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <parent><groupId>com.acme</groupId><artifactId>acme-parent</artifactId></parent>
  <artifactId>shop</artifactId>
  <properties><spring.group>org.springframework</spring.group></properties>
  <dependencyManagement><dependencies>
    <dependency><groupId>${spring.group}</groupId><artifactId>spring-core</artifactId></dependency>
  </dependencies></dependencyManagement>
  <dependencies>
    <dependency><groupId>${project.groupId}</groupId><artifactId>acme-core</artifactId><exclusions>
      <exclusion><groupId>log4j</groupId><artifactId>log4j</artifactId></exclusion></exclusions></dependency>
    <dependency><groupId>old</groupId><artifactId>jar</artifactId><scope>system</scope></dependency>
    <dependency><groupId>${unknown}</groupId><artifactId>x</artifactId></dependency>
  </dependencies>
  <build><plugins><plugin><artifactId>maven-jar-plugin</artifactId></plugin></plugins></build>
</project>"""

GRADLE = """plugins { id "java" }
dependencies {
    implementation 'com.google.guava:guava:33.0.0-jre'
    api("com.acme:acme-core:1.0")
    testImplementation platform("org.junit:junit-bom:5.10.0")
    runtimeOnly group: 'org.postgresql', name: 'postgresql', version: '42.7.0'
    implementation project(":shop")
    // implementation "left:out:1"
}
repositories { maven { url "https://repo.acme.test:8443/maven" } }
"""

CATALOGUE = """[versions]
x = "1"
[libraries]
guava = "com.google.guava:guava:33.0.0-jre"
core = { module = "com.acme:acme-core", version.ref = "x" }
web = { group = "com.acme", name = "acme-web", version = "1" }
"""

GEMFILE = """source "https://rubygems.org"
gem "rails", "~> 7.1"
gem 'acme-core', git: "https://code.acme.test/core.git"
gem("acme-web", path: "../web")
group :test do
  gem "rspec"
end
source "https://gems.acme.test" do
  gem "acme-billing"
end
gem "puma" # gem "left-out"
# gem "left-out"
"""

GEMFILE_LOCK = """PATH
  remote: ../web
  specs:
    acme-web (0.1.0)
      rails (~> 7.1)

GEM
  remote: https://rubygems.org/
  specs:
    rails (7.1.3)
      rack (>= 2)
    nokogiri (1.16.0-x86_64-linux)

PLATFORMS
  ruby

DEPENDENCIES
  acme-web!
  rails (~> 7.1)

BUNDLED WITH
   2.5.0
"""

GEMSPEC = """Gem::Specification.new do |spec|
  spec.name = "mine"
  spec.add_dependency "rack", ">= 2"
  spec.add_development_dependency("rspec")
end
"""

CSPROJ = """<Project Sdk="Microsoft.NET.Sdk"><ItemGroup>
  <PackageReference Include="Newtonsoft.Json" Version="13.0.3" />
  <PackageReference Include="$(Prefix).Core" /><PackageReference Update="Serilog" />
  <ProjectReference Include="../web/web.csproj" />
</ItemGroup></Project>"""

CONFIG = """<packages><package id="NUnit" version="4.0.1" targetFramework="net48" /></packages>"""

LOCK = """{"version": 1, "dependencies": {"net8.0": {"Newtonsoft.Json": {"type": "Direct"},
  "Acme.Web": {"type": "Project"}}}}"""


def names(filename: str, text: str | bytes) -> dict[str, str]:
    content = text if isinstance(text, bytes) else text.encode()
    return {one.name: one.private for one in READERS[filename].read_manifest_names(filename, content)}


@pytest.mark.parametrize(
    ("filename", "text", "found"),
    [
        ("pom.xml", POM, {"com.acme:acme-parent": "", "org.springframework:spring-core": "", "com.acme:acme-core": "",
                          "old:jar": "comes from a folder", "org.apache.maven.plugins:maven-jar-plugin": ""}),
        ("build.gradle", GRADLE, dict.fromkeys(
            ("com.google.guava:guava", "com.acme:acme-core", "org.junit:junit-bom", "org.postgresql:postgresql"), "")),
        ("x.versions.toml", CATALOGUE, dict.fromkeys(
            ("com.google.guava:guava", "com.acme:acme-core", "com.acme:acme-web"), "")),
        ("gradle.lockfile", "# locked\ncom.acme:acme-core:1.0=runtimeClasspath\nempty=\n", {"com.acme:acme-core": ""}),
        ("Gemfile", GEMFILE, {"rails": "", "acme-core": "comes from git", "acme-web": "comes from a folder",
                              "rspec": "", "acme-billing": "comes from another registry", "puma": ""}),
        ("Gemfile.lock", GEMFILE_LOCK, {"acme-web": "comes from a folder", "rails": "", "nokogiri": ""}),
        ("x.gemspec", GEMSPEC, {"rack": "", "rspec": ""}),
        ("x.csproj", CSPROJ, {"newtonsoft.json": "", "serilog": ""}),
        ("packages.config", CONFIG, {"nunit": ""}),
        ("packages.lock.json", LOCK, {"newtonsoft.json": "", "acme.web": "comes from a folder"}),
    ],
    ids=list(READERS),
)  # fmt: skip
def test_what_a_project_depends_on_is_read_with_whence_it_comes(filename: str, text: str, found: object) -> None:
    assert names(filename, text) == found


@pytest.mark.parametrize(
    ("filename", "text"),
    [
        ("pom.xml", "<project><dependencies>"),
        ("pom.xml", ""),
        ("pom.xml", '<!DOCTYPE p [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><project>&b;</project>'),
        ("pom.xml", "<a>" * 5_000),
        ("x.csproj", b"\xff\xfe\x00\x00"),
        ("x.versions.toml", "[libraries"),
        ("packages.lock.json", "[]"),
        ("packages.lock.json", "[" * 100_000),
    ],
    ids=range(8),
)
def test_what_is_broken_or_would_expand_is_refused_with_a_sentence(filename: str, text: str | bytes) -> None:
    with pytest.raises(PratiqueError) as refusal:
        names(filename, text)
    assert filename in str(refusal.value) or isinstance(refusal.value, Invalid)


@given(st.sampled_from(sorted(READERS)), st.binary(max_size=300) | st.text(max_size=200).map(str.encode))
def test_whatever_a_file_holds_it_is_read_or_refused(filename: str, content: bytes) -> None:
    try:
        found = READERS[filename].read_manifest_names(filename, content)
    except PratiqueError:
        return
    assert all(one.name for one in found)


def test_a_property_that_grows_without_end_is_no_name():
    grown = "a" * 200
    pom = f"""<project><groupId>g</groupId><properties><p>{grown}</p></properties><dependencies><dependency>
    <groupId>{"${p}" * 40}</groupId><artifactId>x</artifactId></dependency><dependency>
    <groupId>g</groupId><artifactId>y</artifactId></dependency></dependencies></project>"""

    assert [one.name for one in maven.read_manifest_names("pom.xml", pom.encode())] == ["g:y"]


def test_blocks_in_blocks_say_where_their_gems_come_from():
    deep = 'git "https://git.test/x" do\n' + "group :a do\n" * 2_000
    text = deep + 'gem "inner"\n' + "end\n" * 2_001 + 'gem "outer"\n'

    told = {one.name: one.private for one in rubygems.read_manifest_names("Gemfile", text.encode())}

    assert told == {"inner": "comes from git", "outer": ""}
