"""A finished picture to bytes, without EXIF: where a photo was taken is nobody's business."""

from io import BytesIO
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from PIL import Image

from images.engine.codecs.colour import to_srgb
from images.engine.codecs.deep import Depth
from images.engine.codecs.png import encode_png
from images.engine.errors import ImageTooLarge
from images.engine.options import Format

QUALITIES = {Format.WEBP: 90, Format.AVIF: 85, Format.JPEG: 92}

_STRIP_ROWS = 64
_LONGEST_SIDE = {Format.WEBP: 16_383, Format.JPEG: 65_535, Format.ZIP: 65_535}
_MOST_JPEG_DPI = 65_535


def encode(
    image: Image.Image,
    format: Format,
    icc: bytes | None,
    dpi: tuple[float, float] | None,
    depth: Depth | None = None,
) -> bytes:
    """RGB or RGBA to bytes; `dpi` and `depth` are kept where the format has them. Raises ImageTooLarge."""
    _check_side(image, format)
    if format is Format.PNG:
        return encode_png(image, icc, dpi, depth)
    if format is Format.ZIP:
        return _zipped(image, icc, dpi)
    return encode_lossy(image, format, icc, dpi, QUALITIES[format])


def encode_lossy(
    image: Image.Image, format: Format, icc: bytes | None, dpi: tuple[float, float] | None, quality: int
) -> bytes:
    """WebP, AVIF or JPEG in another quality than usual, from 1 to 100. Raises ImageTooLarge."""
    _check_side(image, format)
    # Empty, not None: for None, Pillow would write what the image was opened with.
    profile, output = icc or b"", BytesIO()
    if format is Format.WEBP:
        image.save(output, "WEBP", quality=quality, method=2, icc_profile=profile)
    elif format is Format.AVIF:
        # Speed 10 takes a seventh of the time of the usual 6 and writes 2 % more bytes.
        image.save(output, "AVIF", quality=quality, speed=10, subsampling="4:4:4", icc_profile=profile)
    else:
        jpeg = {"quality": quality, "subsampling": 0, "dpi": _whole(dpi)}
        image.save(output, "JPEG", icc_profile=profile, comment=b"", **jpeg)
    return output.getvalue()


def _zipped(image: Image.Image, icc: bytes | None, dpi: tuple[float, float] | None) -> bytes:
    """As remove.bg hands it over: `color.jpg`, then `alpha.png` in eight-bit grey, neither packed again."""
    is_soft = image.mode == "RGBA"
    alpha = image.getchannel("A") if is_soft else Image.new("L", image.size, 255)
    output = BytesIO()
    with ZipFile(output, "w", ZIP_STORED) as archive:
        # A fixed date, the earliest that ZIP knows: nobody learns when the picture was made.
        archive.writestr(ZipInfo("color.jpg"), encode(image.convert("RGB"), Format.JPEG, icc, dpi))
        archive.writestr(ZipInfo("alpha.png"), encode_png(alpha, None, None))
    return output.getvalue()


def encode_preview(image: Image.Image, side: int, icc: bytes | None) -> bytes:
    """WebP in sRGB, no side longer than `side`; never enlarged. RGB or RGBA."""
    output = BytesIO()
    small = _in_srgb(_shrunk(image, side), icc)
    # 96 levels of alpha: 0.03 s of processor time, all 256 take 0.10 for an edge that looks the same.
    small.save(output, "WEBP", quality=82, alpha_quality=80, method=1, icc_profile=b"")
    return output.getvalue()


def encode_faithfully(image: Image.Image, side: int) -> tuple[bytes, str]:
    """sRGB, no side longer than `side`, as good as without loss: a file and its MIME type.

    A JPEG of quality 98 keeps the colours that a WebP halves; without loss, photos take twice its bytes.
    """
    output, small = BytesIO(), _shrunk(image, side)
    if small.mode == "RGB":
        small.save(output, "JPEG", quality=98, subsampling=0)
        return output.getvalue(), "image/jpeg"
    small.save(output, "WEBP", lossless=True, quality=0, method=0)
    return output.getvalue(), "image/webp"


def _shrunk(image: Image.Image, side: int) -> Image.Image:
    scale = min(1.0, side / max(image.size))
    width, height = (max(1, round(length * scale)) for length in image.size)
    # As Pillow's reducing_gap, which halves the time, but which Pillow drops for RGBA.
    factor = max(1, int(min(image.width / width, image.height / height) / 2))
    reduced = _reduced(image, factor)
    box = (0, 0, image.width / factor, image.height / factor)
    return reduced.resize((width, height), Image.Resampling.BICUBIC, box).convert(image.mode)


def _reduced(image: Image.Image, factor: int) -> Image.Image:
    """RGB, or RGBa so that hidden colours do not bleed: in strips, since a premultiplied copy of 50
    megapixels is 200 MB."""
    mode = "RGBa" if image.mode == "RGBA" else image.mode
    reduced = Image.new(mode, (-(-image.width // factor), -(-image.height // factor)))
    for row in range(0, reduced.height, _STRIP_ROWS):
        top, bottom = row * factor, min((row + _STRIP_ROWS) * factor, image.height)
        strip = image.crop((0, top, image.width, bottom)).convert(mode)
        reduced.paste(strip.reduce(factor), (0, row))
    return reduced


def _in_srgb(image: Image.Image, icc: bytes | None) -> Image.Image:
    if icc is None:
        return image
    picture = to_srgb(image.convert("RGB"), icc)
    if image.mode == "RGBA":
        picture.putalpha(image.getchannel("A"))
    return picture


def _check_side(image: Image.Image, format: Format) -> None:
    limit = _LONGEST_SIDE.get(format)
    if limit is not None and max(image.size) > limit:
        width, height = image.size
        params = {
            "format": format.name,
            "limit": limit,
            "width": width,
            "height": height,
        }
        raise ImageTooLarge("too_long_for_format", params)


def _whole(dpi: tuple[float, float] | None) -> tuple[int, int]:
    """JPEG says whole numbers of sixteen bits only; (0, 0) is Pillow's word for not saying it."""
    across, down = (round(value) for value in dpi or (0, 0))
    return (across, down) if max(across, down) <= _MOST_JPEG_DPI else (0, 0)
