"""Bad inputs of every kind, the same on every run: files, addresses and names."""

from __future__ import annotations

import io
import json
import random
import zipfile
from collections.abc import Iterator
from pathlib import Path

from docx import Document as new_docx

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared"
SENTENCES = (
    "The mayor said on Monday that the bridge will be opened in May. It took two years to build. " * 20
)


def docx_file() -> bytes:
    document = new_docx()
    document.add_heading("Bridge", 0)
    for number in range(20):
        document.add_paragraph(f"{number}. {SENTENCES[:300]}")
    table = document.add_table(3, 3)
    table.cell(1, 1).text = "A cell"
    data = io.BytesIO()
    document.save(data)
    with zipfile.ZipFile(data) as saved:
        return _packed({name: saved.read(name) for name in saved.namelist()})


def _packed(parts: dict[str, bytes]) -> bytes:
    """An archive of these parts, which says nothing of the time it was made at."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, part in parts.items():
            archive.writestr(zipfile.ZipInfo(name), part, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def pdf_file(pages: int = 3) -> bytes:
    """A small PDF, written out by hand."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>"]
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(pages))
    objects.append(f"<< /Type /Pages /Kids [{kids}] /Count {pages} >>".encode())
    objects.append(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
    for number in range(pages):
        lines = " ".join(f"({SENTENCES[40 * n : 40 * n + 60]}) Tj 0 -14 Td" for n in range(20))
        stream = f"BT /F1 12 Tf 72 720 Td {lines} ET".encode()
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {5 + 2 * number} 0 R "
            "/Resources << /Font << /F1 3 0 R >> >> >>".encode()
        )
        objects.append(b"<< /Length %d >>\nstream\n" % len(stream) + stream + b"\nendstream")
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + content + b"\nendobj\n"
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table)
    return bytes(out)


def real_files() -> list[tuple[str, bytes]]:
    """Files as people have them, by ending: the sample articles, scraped pages where they are there, a PDF, a DOCX."""
    found = [(".docx", docx_file()), (".pdf", pdf_file())] * 3
    places = [*sorted((ROOT / "articles").glob("*.*")), *sorted((SHARED / "articles").glob("*.*"))]
    places += sorted((SHARED / "bench" / "news-html" / "html").glob("*"))[:25]
    endings = (".md", ".txt", ".html", ".pdf", ".docx", ".jsonl")
    for place in places:
        ending = place.suffix.lower() if place.suffix.lower() in endings else ".html"
        data = place.read_bytes()
        if place.suffix == ".gz":
            continue
        found.append((ending, data[:400_000]))
    return found


def mutated(count: int, seed: int = 7) -> Iterator[tuple[str, bytes]]:
    """Real files with damage done to them, (name, content)."""
    chance = random.Random(seed)
    originals = real_files()
    for number in range(count):
        ending, data = originals[number % len(originals)]
        for _ in range(chance.choice((1, 1, 2, 5))):
            data = chance.choice((_flipped, _cut, _doubled, _spliced, _truncated, _junk, _repacked))(
                data, chance
            )
        if chance.random() < 0.1:
            ending = chance.choice((".md", ".txt", ".html", ".pdf", ".docx", ".jsonl"))
        yield f"mutated-{number}{ending}", data


def _flipped(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(max(1, len(data) // 2000)):
        if changed:
            changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def _cut(data: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(data) + 1)
    return data[:start] + data[start + chance.randrange(1, 5_000) :]


def _doubled(data: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(data) + 1)
    piece = data[start : start + chance.randrange(1, 2_000)]
    return data[:start] + piece * chance.randrange(2, 40) + data[start:]


def _spliced(data: bytes, chance: random.Random) -> bytes:
    one, two = sorted(chance.randrange(len(data) + 1) for _ in range(2))
    return data[two:] + data[one:two] + data[:one]


def _truncated(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data) + 1)]


def _junk(data: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(data) + 1)
    return data[:start] + chance.randbytes(chance.randrange(1, 500)) + data[start:]


def _repacked(data: bytes, chance: random.Random) -> bytes:
    """A DOCX with damage inside its parts, packed again, so that the parser gets to see it."""
    if not data.startswith(b"PK"):
        return _flipped(data, chance)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as old:
            parts = {name: old.read(name) for name in old.namelist()}
    except Exception:  # it was damaged before
        return data
    return _packed(
        {
            name: _cut(_flipped(part, chance), chance) if chance.random() < 0.4 else part
            for name, part in parts.items()
        }
    )


def crafted() -> Iterator[tuple[str, bytes]]:
    """Files made to hurt: endless repetition of what parsers look for, deep nesting, bombs, entities, odd bytes."""
    many = 60_000
    pieces = [
        "a", " ", "\n", "[", "]", "(", "![", "](", "<", ">", "</", "<a ", "&", "&amp;", "*", "* ", "_",
        "`", "#", "# ",
        "> ", "|", "|-", "- ", "1. ", "http://", "www.a.", "\\", "~", "=", "-", "'", '"', "\t", ".",
        "a.b.", "…", "\u200b",
        "\u202e", "e\u0301", "🎉", "的", "By ", "Share ", "Published ", "12 May 2015 ", "a@b.", "<!--",
        "<![CDATA[", "{", "{{",
        "[a](b) ", "![a](b)", "**a ", "[^1]", "---\n", "+++\n", "```\n", "a: b\n", "$", "%20", "\x0b",
        "\u2028", "0",
    ]  # fmt: skip
    for number, piece in enumerate(pieces):
        text = piece * (many // len(piece))
        yield f"repeated-{number}.txt", f"A title\n\n{text}".encode()
        yield f"repeated-{number}.md", text.encode()
        yield f"repeated-{number}.html", f"<html><body><article><p>{text}</p></article>".encode()
        if number % 3 == 0:
            yield (
                f"repeated-{number}.jsonl",
                json.dumps({"text": text, "title": text[:500], "url": text[:3000]}).encode(),
            )
    yaml_bomb = "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(15)
    )
    entities = "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(12))
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"<w>" + b" " * 300_000_000)
    climbing = io.BytesIO()
    with zipfile.ZipFile(climbing, "w") as archive:
        archive.writestr("../../escaped.txt", "x")
        archive.writestr("/tmp/escaped.txt", "x")
    yield from {
        "yaml-bomb.md": f"---\na: &a [x, x]\n{yaml_bomb}title: *p\nauthor: *p\n---\ntext".encode(),
        "yaml-object.md": b"---\ntitle: !!python/object/apply:os.system ['touch escaped']\n---\nThe text of it.",
        "yaml-deep.md": b"---\n" + b"a: " + b"[" * 9_000 + b"\n---\ntext",
        "toml-deep.md": b"+++\na = " + b"[" * 9_000 + b"\n+++\ntext",
        "json-deep.jsonl": b"[" * 500_000,
        "json-number.jsonl": b'{"text": ' + b"9" * 500_000 + b"}",
        "json-surrogate.jsonl": b'{"text": "\\ud800 The text of it is here.", "title": "\\udfff", "url": "http://a/\\ud800"}',
        "json-nul.jsonl": b'{"text": "\\u0000 The text of it is here.", "title": "\\u0000", "id": "\\u0000"}',
        "json-keys.jsonl": b'{"text": {"a": 1}, "title": [1], "url": {"x": 2}}',
        "entities.html": f"<!DOCTYPE h [<!ENTITY e0 'x'>{entities}]><html><body><p>&e12;</p>".encode(),
        "external.html": b"<!DOCTYPE h [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><html><body><p>&x;</p></body>",
        "deep.html": b"<div>" * 200_000 + b"text",
        "deep-tables.html": b"<table><tr><td>" * 5_000 + b"text",
        "attributes.html": b"<p " + b" ".join(b"a%d=b" % n for n in range(100_000)) + b">text</p>",
        "meta-refresh.html": b"<meta http-equiv=refresh content='0;url=file:///etc/passwd'><p>text</p>",
        "utf7.html": b"<meta charset=utf-7><p>+ADw-script+AD4-</p>",
        "rot13.html": b"<meta charset=rot13><p>text of it</p>",
        "zip-codec.html": b"<meta charset=zlib_codec><p>text of it</p>",
        "bomb.docx": bomb.getvalue(),
        "climbing.docx": climbing.getvalue(),
        "endless.pdf": b"%PDF-1.4\n" + b"1 0 obj << /Kids [1 0 R] >> endobj\n" * 2_000 + b"startxref\n9\n%%EOF",
        "loop.pdf": pdf_file().replace(b"/Parent 2 0 R", b"/Parent 4 0 R").replace(b"/Kids [4 0 R",
        b"/Kids [2 0 R"),
        "huge-count.pdf": pdf_file().replace(b"/Count 3", b"/Count 999999999"),
        "huge-stream.pdf": pdf_file().replace(b"/Length ", b"/Length 99999999"),
        "empty.pdf": b"%PDF-", "empty.docx": b"PK\x03\x04", "nothing.md": b"", "spaces.txt": b" \n\t\n",
        "nul.txt": b"\0" * 100_000, "utf16-odd.txt": b"\xff\xfea", "utf32.txt": b"\xff\xfe\0\0abc",
    }.items()  # fmt: skip


NAMES = [
    "../../etc/passwd.md", "/etc/passwd.md", "C:\\Windows\\win.md", "\\\\server\\share\\x.md", "..", ".",
    "", "/", "\0.md",
    "a\0b.md", "con.md", "nul.txt", "aux", ".md", "..md", "...", "a/../b.md", "a\\..\\b.md", "~/x.md",
    "$HOME/x.md",
    "`id`.md", "$(id).md", ";rm -rf x.md", "|x.md", "&x.md", "--config.md", "-rf.md", "x.md\n", "\nx.md",
    "\r.md", "\t.md",
    "\u202egpj.md", "\u200b.md", "𝓍.md", "é.md", "e\u0301.md", "ſ.md", "x" * 300 + ".md",
    "x." + "m" * 300, "x.md/", "x.md\\",
    "%2e%2e%2fx.md", "..%2fx.md", "..%5cx.md", "....//x.md", "..;/x.md", "x.md:stream", "x.md::$DATA",
    "x.MD", "x.md ",
    " x.md", "x .md", "x.html.md", "x.md.exe", "x.exe", "x", "x.", "<script>.md", "\"'.md",
    "@everyone.md", "*.md", "?.md",
    "[a](b).md", "\ud800.md",
]  # fmt: skip

HOSTS = [
    "127.0.0.1", "localhost", "localhost.localdomain", "127.1", "127.0.1", "0", "0.0.0.0", "0x7f000001",
    "0x7f.1",
    "2130706433", "017700000001", "0177.0.0.1", "127.0.0.1.", "[::1]", "[::]", "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[0000::1]", "[::127.0.0.1]", "[fe80::1]", "[fe80::1%25lo]", "[fc00::1]", "[fd00:ec2::254]",
    "[fec0::1]", "[ff02::1]",
    "[64:ff9b::7f00:1]", "[64:ff9b:1::7f00:1]", "[2002:7f00:1::]", "[2001:0:7f00:1::]", "[100::1]",
    "169.254.169.254",
    "169.254.170.2", "0xa9fea9fe", "2852039166", "0251.0376.0251.0376", "168.63.129.16", "192.0.0.192",
    "100.100.100.200",
    "10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.0.1", "192.168.255.255",
    "100.64.0.1",
    "100.127.255.255", "198.18.0.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
    "①②⑦.⓪.⓪.①",
    "127。0。0。1", "１２７.0.0.1", "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ", "LOCALHOST", "127.0.0.1%00.example.org", "127.0.0.1#.example.org",
    "user@127.0.0.1", "example.org@127.0.0.1", "127.0.0.1\\@example.org", "127.0.0.1\t", "\t127.0.0.1",
    "[::1", "::1",
    "[127.0.0.1]", "", ".", "..", "-", "a..b", "a" * 64 + ".org", "xn--", "xn--a", "*",
    "%31%32%37.0.0.1", "999.1.1.1",
]  # fmt: skip


def addresses(port: int) -> Iterator[str]:
    """Addresses that must never be fetched: of inner hosts, of other kinds, and no addresses at all."""
    for host in HOSTS:
        yield f"http://{host}:{port}/"
        yield f"https://{host}/latest/meta-data/"
    yield from (
        "file:///etc/passwd", "FILE:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1:70/_x",
        "dict://127.0.0.1:11211/",
        "jar:http://127.0.0.1!/", "data:text/html,<p>x", "javascript:alert(1)", "about:blank",
        "ldap://127.0.0.1/", "ws://127.0.0.1/",
        "unix:///var/run/docker.sock", "http+unix://%2Fvar%2Frun%2Fdocker.sock/", "//127.0.0.1/",
        "/etc/passwd", "http:127.0.0.1",
        "http:///127.0.0.1/", "http:/127.0.0.1/", "http:\\\\127.0.0.1\\", "http://\n127.0.0.1/",
        "ht\ntp://127.0.0.1/", "http://127.0.0.1:22/",
        "http://127.0.0.1:99999/", "http://127.0.0.1:-1/", "http://127.0.0.1:a/", "http://127.0.0.1:0/",
        "http://" + "a" * 3_000,
        "http://a/" + "%" * 3_000, "http://[", "http://]", "http://[]/", "http://[::1]:x/",
        "\x00http://127.0.0.1/", "http://127.0.0.1/\r\nHost: x",
    )  # fmt: skip
