"""Comments are blanked, and nothing else is: where a text can be taken in two ways, it is kept."""

from __future__ import annotations

import io
import tokenize

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pratique.formats.file_kind import FileKind
from pratique.scan.reading.comments import without_comments

JAVASCRIPT, JAVA, CSHARP, RUST = FileKind.JAVASCRIPT, FileKind.JAVA, FileKind.CSHARP, FileKind.RUST
RUBY, SHELL, POWERSHELL, PYTHON = FileKind.RUBY, FileKind.SHELL, FileKind.POWERSHELL, FileKind.PYTHON


@pytest.mark.parametrize(
    ("kind", "text", "plain"),
    [
        (JAVASCRIPT, "a; // b\nc", "a; \nc"),
        (JAVASCRIPT, "a /* b\n * c */ d", "a \n d"),
        (JAVASCRIPT, "'//' + \"/*\" + `//\n` // x", "'//' + \"/*\" + `//\n` "),
        (JAVASCRIPT, "x = b ? c :// d\ne", "x = b ? c :\ne"),
        (JAVASCRIPT, "a /* never closed // b\nc /* d", "a /* never closed // b\nc /* d"),
        (JAVASCRIPT, "(a + b) / 2 // half\nc", "(a + b) / 2 \nc"),
        (JAVASCRIPT, "x = a / b; y = c / d; // e", "x = a / b; y = c / d; "),
        (JAVASCRIPT, "s.replace(/'/g, '') // b", "s.replace(/'/g, '') "),
        (JAVASCRIPT, "`${a.b('c')} ${ {d: 1} }` // e", "`${a.b('c')} ${ {d: 1} }` "),
        (RUST, 'let a = "//\n"; // b', 'let a = "//\n"; '),
        (RUST, "a /* b /* c */ d */ e<'a>('x') // f", "a  e<'a>('x') "),
        (CSHARP, 'var a = @"c:\\"; // b', 'var a = @"c:\\"; '),
        (JAVA, 'String a = """\n// " b\n"""; // c', 'String a = """\n// " b\n"""; '),
        (POWERSHELL, "a <# b\n #> c # d\n$x#e", "a \n c \n$x#e"),
        (PYTHON, "a = '#' # b", "a = '#' "),
        (PYTHON, "a = '''\n# b\n''' # c\nf'{d}#' # e", "a = '''\n# b\n''' \nf'{d}#' "),
        (RUBY, "# a\nb(c) # d\nputs 'e' # f", "\nb(c) \nputs 'e' # f"),
        (SHELL, "#!/bin/sh\necho ${#x} # y\n  # z", "#!/bin/sh\necho ${#x} # y\n  "),
        (FileKind.BATCH, "rem a\n:: b\ncall c", "\n\ncall c"),
        (FileKind.JSON, "// a", "// a"),
    ],
    ids=range(20),
)
def test_comments_are_blanked_and_lines_keep_their_numbers(kind, text, plain):
    assert without_comments(text, kind) == plain


PIECES = {
    JAVASCRIPT: (
        "var r = /[/*]/;",
        "var r = /[*/]/;",
        "var r = /[//]/;",
        "x = a </[/*]/.y;",
        "if (x) /[/*]/.test(y);",
        "while (f(x)) /'/.test(y);",
        "{ }\n/[/*]/.test(z);",
        "x = a / 'b/' + \"/*\";",
        "x = (a) / 'b/' + \"*/\";",
        'x = b[0] / 2 / "/*";',
        "x = `x${`/*`}y`;",
        "x = `*/`;",
        "x = `${'`'}/*`;",
        "i++ / 2; x = '/*/';",
        "x = a.return / 2 + '/*' / 3;",
        "x = '\\\\'; y = '/*';",
        "x = 'a\\\n/*';",
        "function* g() { yield /[/*]/; }",
        "x = a /* b */ / 2 + '/*';",
        "x = /\\//; y = '*/';",
    ),
    JAVA: (
        'String s = "\\"/*";',
        "char c = '\"';",
        'String t = """\n  /* " ""\\""" */""";',
        'String u = "*/";',
        'String v = "\\u0022 + "/*";',
        "int x = a / b;",
    ),
    CSHARP: (
        'var s = @"\\" + "/*";',
        'var t = @"""/*";',
        'var u = """ "/* """;',
        'var v = $"{"/*"}";',
        'var w = $"{a} /*";',
        "var c = '\"';",
        'var x = "*/";',
        'var y = $@"\\{a}/*";',
        'var z = @$"\\"; var q = "*/";',
    ),
    RUST: (
        "let a = '\"';",
        'let s = "/*";',
        'let e = "*/";',
        'let a = r"\\"; let s = "/*";',
        'let b = r#""/*"#;',
        'let c = r##"*/"#"##;',
        "fn f<'a, 'b>(x: &'a str) {}",
        "let d = '\\''; let n = '\\u{22}';",
        '/* /* */ " */',
        'let x = b\'"\'; let y = b"//";',
        "let z = a / b;",
    ),
    RUBY: (
        "class X <#\n Object; end",
        "x = '#>'",
        "x = /#/",
        "x = %q(#)",
        "x = ?#",
        'x = "#{"#"}"',
        'x = "\n# #{CODE}\n"',
        "x = <<E\n# #{CODE}\nE",
    ),
    SHELL: (
        ": <<'E'\n<#\nE",
        ": '#>'",
        'echo "\n# $(CODE)\n"',
        "echo $# ${a#b} a#b",
        "cat <<E\n# `CODE`\nE",
        "echo '#' \"#\" \\#",
    ),
    POWERSHELL: (
        "$a = 'C:\\'",
        '$b = "<#"',
        "$c = '#>'",
        '$d = "`"<#"',
        '$e = "$("<#")"',
        "$f = @'\n'<#\n'@",
        '$g = @"\n"#>\n"@',
        "write `\"; $z = '<#'",
        "$h = \u201c<#\u201d",
    ),
    PYTHON: (
        "a = '#'",
        'b = """\n# "\n"""',
        "c = f'{d}#'",
        "e = f\"{'#'}\"",
        "g = f\"{h['#']}\"",
        "i = rb'\\' # '",
        "j = '\\\n#'",
    ),
}
"""Statements whole in themselves, which look as if a comment began or ended in them."""


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_no_code_is_blanked_whatever_stands_around_it(data):
    kind = data.draw(st.sampled_from(sorted(PIECES)))
    pieces = data.draw(st.lists(st.sampled_from(PIECES[kind]), min_size=1, max_size=6))
    gap = data.draw(st.sampled_from(["\n", " "])) if kind in (JAVASCRIPT, JAVA, CSHARP, RUST) else "\n"
    text = "CODE0()" + "".join(
        f"{';' if gap == ' ' else ''}{gap}{one}{gap}CODE{n}();" for n, one in enumerate(pieces, 1)
    )

    kept = without_comments(text, kind)

    assert kept.count("CODE") == text.count("CODE"), text
    assert kept.count("\n") == text.count("\n")


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from([*PIECES[PYTHON], "# a word", "x = 1  # a 'word", "'''# a\n'''", "#"]), max_size=8))
def test_nothing_of_python_is_blanked_but_what_its_tokenizer_calls_a_comment(pieces):
    text = "\n".join(pieces) + "\n"
    code = [
        one.string
        for one in tokenize.generate_tokens(io.StringIO(text).readline)
        if one.type in (tokenize.NAME, tokenize.STRING, tokenize.NUMBER, tokenize.OP)
    ]
    kept = without_comments(text, PYTHON)

    at = 0
    for one in code:
        at = kept.index(one, at) + len(one)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(PIECES)), st.text("/*\\'\"`:#<>{}($@rf! \nax", max_size=60))
def test_any_text_is_read_and_keeps_its_lines(kind, text):
    assert without_comments(text, kind).count("\n") == text.count("\n")


@pytest.mark.parametrize("kind", sorted(PIECES))
@pytest.mark.parametrize("piece", ["/* ", "'", '"', "`${", "\\", "f'{", "(/", "/["])
def test_what_is_never_closed_is_kept(kind, piece):
    many = piece * 40_000

    assert without_comments(many, kind) == many
