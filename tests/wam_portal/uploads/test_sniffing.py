"""What honest people send is kept as its kind; pictures leave without what their camera wrote into them."""

from __future__ import annotations

import io

import pytest
from PIL import Image, ImageFile
from pytest_django import Settings

from tests.sample_files import good_files, office, pdf, picture
from wam_portal.uploads import office as office_checks
from wam_portal.uploads.errors import FileRefused
from wam_portal.uploads.sniffing import check_file

KINDS = {"law": "pdf", "photo": "png", "scan": "jpg", "list": "csv", "note": "txt", "no suffix": "pdf"}


@pytest.mark.parametrize("name", good_files())
def test_every_honest_file_is_kept_as_its_kind(name: str) -> None:
    checked = check_file(good_files()[name], name)
    stem, _dot, suffix = name.rpartition(".")
    wanted = {"jpeg": "jpg", "no suffix": "pdf"}.get(suffix.lower(), suffix.lower())
    assert checked.kind.suffix == f".{wanted}"
    assert checked.display_name == f"{stem or name}.{wanted}"


@pytest.mark.parametrize("image_format", ["PNG", "JPEG"])
def test_half_a_picture_is_refused_also_where_the_renderer_of_documents_is_loaded(
    monkeypatch: pytest.MonkeyPatch, image_format: str
) -> None:
    # WeasyPrint tells Pillow, for the whole process, to take what is there of a picture.
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    content = picture(image_format)
    with pytest.raises(FileRefused, match="damaged"):
        check_file(content[: len(content) * 2 // 3], f"p.{image_format.lower()}")


@pytest.mark.parametrize("image_format", ["PNG", "JPEG"])
def test_a_picture_is_painted_anew_upright_and_without_place_or_camera(image_format: str) -> None:
    image = Image.new("RGB", (40, 20))
    exif = image.getexif()
    exif[0x0112], exif[0x010F] = 6, "SECRETCAMERA"
    out = io.BytesIO()
    image.save(out, image_format, exif=exif.tobytes(), comment=b"SECRETNOTE")
    checked = check_file(out.getvalue(), f"p.{image_format.lower()}")
    with Image.open(io.BytesIO(checked.content)) as kept:
        assert kept.size == (20, 40)
        assert len(kept.getexif()) == 0
    assert b"SECRET" in out.getvalue()
    assert b"SECRET" not in checked.content
    assert check_file(checked.content, "again.png").content[:4] == checked.content[:4]


def test_a_picture_keeps_its_transparency() -> None:
    checked = check_file(picture("PNG", mode="RGBA"), "p.png")
    with Image.open(io.BytesIO(checked.content)) as kept:
        assert kept.getpixel((1, 1)) == (200, 10, 10, 90)


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("law.txt", pdf(), "but the content is: PDF"),
        ("law.pdf", b"Only words.", "but the content is: Plain text"),
        ("a.docx", office("xlsx"), "but the content is: Excel workbook"),
        ("a.pdf", pdf()[:-20], "incomplete"),
        ("a.pdf", b"BM" + bytes(60), "The name says PDF, but the content is something else"),
        ("a.rtf", b"{\\rtf1 words}", "kind of file is not accepted"),
        ("a.txt", b"#!/bin/sh", "not plain text"),
        ("a.txt", b"\xef\xbb\xbf\xff\xfe broken", "damaged"),
        ("a.bmp", b"BM" + bytes(60), "kind of file is not accepted"),
    ],
)
def test_a_refusal_says_why(name: str, content: bytes, reason: str) -> None:
    with pytest.raises(FileRefused, match=reason):
        check_file(content, name)


def test_limits_of_pixels_and_of_unpacked_bytes_are_counted_and_not_believed(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.UPLOAD_MAX_PIXELS = 1_000_000
    with pytest.raises(FileRefused, match="has 2 million pixels; at most 1 million"):
        check_file(picture("PNG", (1200, 1000)), "p.png")
    monkeypatch.setattr(office_checks, "MOST_UNPACKED", 3000)
    assert check_file(office(), "a.docx")
    with pytest.raises(FileRefused, match="far more than is accepted"):
        check_file(office("docx", {"word/big.xml": b"<a>" + b"x" * 3000 + b"</a>"}), "a.docx")
