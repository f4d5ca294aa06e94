"""Small whole files of every kind that the portal keeps, made here so that no binary lies in the repository."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping

from PIL import Image

OOXML_TYPES = "application/vnd.openxmlformats-officedocument"
FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def pdf(text: str = "Register of stocks", *, extra: bytes = b"", packed: bytes | None = None) -> bytes:
    """A PDF of one page; `extra` goes into its catalogue, `packed` into an object stream."""
    stream = f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET".encode("latin-1", "replace")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R " + extra + b">>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 " + FONT,
        b"<< /Length %d >>\nstream\n" % len(stream) + stream + b"\nendstream",
    ]
    if packed is not None:
        body = zlib.compress(packed)
        head = b"<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >>\nstream\n" % len(body)
        objects.append(head + body + b"\nendstream")
    out = b"%PDF-1.5\n"
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(objects) + 1
    trailer = b"xref\n0 %d\n0000000000 65535 f \n" % count + table + b"trailer\n<< /Size %d /Root 1 0 R >>\n" % count
    return out + trailer + b"startxref\n%d\n%%%%EOF\n" % len(out)


def picture(
    image_format: str = "PNG", size: tuple[int, int] = (40, 30), mode: str = "RGB", *, exif: bool = False
) -> bytes:
    """An image; with `exif` a camera has written its maker and place into it."""
    image = Image.new(mode, size)
    image.putpixel((1, 1), 1 if mode in {"L", "P", "1"} else (200, 10, 10, 90)[: len(mode)])
    out = io.BytesIO()
    options = {}
    if exif:
        tags = image.getexif()
        tags[0x010F] = "SECRETCAMERA"
        tags.get_ifd(0x8825)[2] = (48.0, 51.0, 30.0)
        options["exif"] = tags.tobytes()
    image.save(out, image_format, **options)
    return out.getvalue()


def archive(parts: Mapping[str, bytes], *, stored: tuple[str, ...] = ()) -> bytes:
    """A zip archive of these parts, in their order."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in parts.items():
            # The same parts make the same bytes at any time: no part carries the hour at which it was packed.
            part = zipfile.ZipInfo(name, date_time=(2026, 1, 1, 0, 0, 0))
            target.writestr(part, content, zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED)
    return out.getvalue()


def office_parts(kind: str) -> dict[str, bytes]:
    """The parts of a small document ("docx", "xlsx", "odt", "ods")."""
    if kind in {"odt", "ods"}:
        name = {"odt": "text", "ods": "spreadsheet"}[kind]
        return {
            "mimetype": f"application/vnd.oasis.opendocument.{name}".encode(),
            "content.xml": b"<?xml version='1.0'?><office:document-content xmlns:office='urn:o'/>",
            "META-INF/manifest.xml": b"<?xml version='1.0'?><manifest/>",
        }
    folder, main = {"docx": ("word", "document"), "xlsx": ("xl", "workbook")}[kind]
    main_type = {"docx": "wordprocessingml.document", "xlsx": "spreadsheetml.sheet"}[kind]
    return {
        "[Content_Types].xml": (
            "<?xml version='1.0'?><Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'>"
            f"<Override PartName='/{folder}/{main}.xml' ContentType='{OOXML_TYPES}.{main_type}.main+xml'/></Types>"
        ).encode(),
        "_rels/.rels": relations(("officeDocument", f"{folder}/{main}.xml", False)),
        f"{folder}/{main}.xml": b"<?xml version='1.0'?><document><body>Register</body></document>",
    }


def relations(*links: tuple[str, str, bool]) -> bytes:
    """A part of relations: (type, target, external)."""
    body = "".join(
        f"<Relationship Id='r{number}' Type='{RELATIONS}/{kind}' Target='{target}'"
        f"{' TargetMode=' + chr(39) + 'External' + chr(39) if external else ''}/>"
        for number, (kind, target, external) in enumerate(links)
    )
    namespace = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f"<?xml version='1.0'?><Relationships xmlns='{namespace}'>{body}</Relationships>".encode()


def office(kind: str = "docx", more: Mapping[str, bytes] | None = None) -> bytes:
    """A small document with `more` parts added or replaced."""
    return archive({**office_parts(kind), **(more or {})}, stored=("mimetype",))


def good_files() -> dict[str, bytes]:
    """One file of every kind under an honest name, and some that only look odd."""
    return {
        "law.pdf": pdf(),
        "law-packed.pdf": pdf(packed=b"1 0 << /Title (Register) >>"),
        "photo.png": picture("PNG"),
        "photo-clear.png": picture("PNG", mode="RGBA"),
        "photo-palette.png": picture("PNG", mode="P"),
        "photo.jpg": picture("JPEG"),
        "scan.JPEG": picture("JPEG", mode="L"),
        "print.jpg": picture("JPEG", mode="CMYK"),
        "note.txt": "Réglement n° 4, article 12.\n".encode(),
        "legacy.txt": "Réglement".encode("cp1252"),
        "unicode.txt": "سجل الأسلحة".encode("utf-16"),
        "starts-like-a-bitmap.txt": b"BM is what we call the depot.",
        "less-than.txt": b"a < b, and 5 <6 of them",
        "list.csv": b"serial;type\r\n123;AK\r\n",
        "report.docx": office("docx", {"word/_rels/document.xml.rels": relations(("hyperlink", "http://x", True))}),
        "stocks.xlsx": office("xlsx", {"xl/printerSettings/printerSettings1.bin": b"\x01\x00paper"}),
        "report.odt": office("odt"),
        "stocks.ods": office("ods"),
        "no suffix": pdf("again"),
    }
