"""Images are painted anew: what a camera wrote into them (place, time, serial number) and what was hidden is gone."""

from __future__ import annotations

import io
import struct
from typing import Final

from django.conf import settings
from django.utils.translation import gettext as _
from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

from wam_portal.uploads.errors import FileRefused

JPEG_QUALITY: Final = 90
PNG_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
JPEG_SIGNATURE: Final = b"\xff\xd8\xff"
# What Pillow raises for broken images, by its own documentation and by trying.
_BROKEN: Final = (
    UnidentifiedImageError,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    IndexError,
    KeyError,
    TypeError,
    OverflowError,
    MemoryError,
    ZeroDivisionError,
    struct.error,
)


def repainted(content: bytes, image_format: str) -> bytes:
    """The picture in `content` ("PNG" or "JPEG") as a new file without metadata, turned upright.

    The size is read before a pixel is unpacked. Raises `FileRefused` for broken and for huge images.
    """
    # WeasyPrint, where it is imported, tells Pillow for the whole process to take half a picture for a whole one.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        with Image.open(io.BytesIO(content), formats=(image_format,)) as image:
            _check_size(image)
            image.load()
            return _written(image, image_format)
    except _BROKEN as problem:
        raise FileRefused(_("The image is damaged and cannot be read.")) from problem


def _check_size(image: Image.Image) -> None:
    pixels = image.width * image.height
    if pixels > settings.UPLOAD_MAX_PIXELS:
        message = _("The image has %(count)d million pixels; at most %(limit)d million are accepted. Make it smaller.")
        values = {"count": -(-pixels // 1_000_000), "limit": settings.UPLOAD_MAX_PIXELS // 1_000_000}
        raise FileRefused(message % values)


def _written(image: Image.Image, image_format: str) -> bytes:
    ImageOps.exif_transpose(image, in_place=True)
    transparency = image.info.get("transparency")
    image.info = {}
    out = io.BytesIO()
    if image_format == "JPEG":
        picture = image if image.mode in {"L", "RGB"} else image.convert("RGB")
        picture.save(out, "JPEG", quality=JPEG_QUALITY)
    elif transparency is None:
        image.save(out, "PNG")
    else:
        image.save(out, "PNG", transparency=transparency)
    return out.getvalue()
