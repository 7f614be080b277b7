"""The recipe: probe, decode, predict, refine, composite, encode."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from PIL import Image, ImageChops

from images.engine.codecs.colour import in_srgb
from images.engine.codecs.decode import decode
from images.engine.codecs.deep import Depth
from images.engine.codecs.encode import encode, encode_preview
from images.engine.codecs.probe import probe
from images.engine.matte.composite import composite, on_background, subject_box
from images.engine.matte.confidence import confidence
from images.engine.matte.graphic import Graphic, Matte, find_graphic
from images.engine.matte.predict import Sight, look
from images.engine.matte.refine import refine
from images.engine.matte.windows import without_windows
from images.engine.networks.network import Network
from images.engine.options import DEFAULT_OPTIONS, Colours, Format, Kind, Options, Rgb, Stage
from images.engine.photo import Photo
from images.engine.stopwatch import Stopwatch

_WHITE: Rgb = (255, 255, 255)


@dataclass(frozen=True, slots=True)
class Cutout:
    """`data` is in `format`. Both previews are WebP in sRGB, of one size; the first has alpha;
    they are empty when the options want none.

    `confidence` lies between 0 and 1; below NEEDS_A_LOOK a person should look at the result. `subject` is the
    box of what is visible: left, top, right, bottom. `kind` is what the picture was taken
    for, PHOTO or GRAPHIC; no network has seen a graphic.
    """

    data: bytes
    format: Format
    preview: bytes
    source_preview: bytes
    width: int
    height: int
    stage_seconds: dict[str, float]
    model: str
    weights_sha256: str
    backend: str
    confidence: float
    companion: str  # the network that was asked beside the model, or nothing
    subject: tuple[int, int, int, int]
    kind: Kind


def remove_background(
    data: bytes,
    network: Network,
    options: Options = DEFAULT_OPTIONS,
    on_stage: Callable[[Stage], None] = lambda stage: None,
) -> Cutout:
    """A file's bytes to its cut-out. Calls `on_stage` as each stage begins.

    Raises BadImage, ImageTooLarge or NoSubject.
    """
    watch = Stopwatch(on_stage)
    with watch.stage(Stage.DECODE):
        probe(data, options.limits, first_frame=options.first_frame)
        photo = decode(data)
        if options.colours is Colours.SRGB:
            photo = in_srgb(photo)
    seen = photo.part(options.region) if options.region else photo
    with watch.stage(Stage.PREDICT):
        sight = find_graphic(seen, options.kind) or look(seen, network)
    with watch.stage(Stage.REFINE):
        matte = _matte(sight, seen, photo, options)
    with watch.stage(Stage.COMPOSITE):
        cutout = composite(photo, matte.alpha, matte.colours)
        finished = _flattened(cutout, options.format, options.background, photo.icc)
    # Side by side, since the codecs work outside of Python's lock; two of them, since each small picture
    # needs a copy of the large one for a moment.
    with watch.stage(Stage.ENCODE), ThreadPoolExecutor(max_workers=2) as pool:
        result = pool.submit(
            encode, finished, options.format, photo.icc, photo.dpi, _depth(photo, matte.alpha, finished)
        )
        preview = pool.submit(_preview, cutout, options.preview_side, photo.icc)
        source_preview = pool.submit(_preview, photo.rgb, options.preview_side, photo.icc)
    return Cutout(
        data=result.result(),
        format=options.format,
        preview=preview.result(),
        source_preview=source_preview.result(),
        width=photo.size[0],
        height=photo.size[1],
        stage_seconds=watch.seconds,
        model=network.model.name,
        weights_sha256=network.weights_sha256,
        backend=network.backend,
        confidence=_confidence(sight, seen),
        companion="" if isinstance(sight, Graphic) else sight.companion_name,
        subject=subject_box(cutout.getchannel("A")),
        kind=Kind.GRAPHIC if isinstance(sight, Graphic) else Kind.PHOTO,
    )


def _depth(photo: Photo, matte: Image.Image, finished: Image.Image) -> Depth | None:
    """What the file holds beyond eight bits, where the photo shows as it was; mixed colours are guesses."""
    if photo.deep is None:
        return None
    kept = matte.point([0] * 255 + [255])
    if photo.alpha is not None:
        # What the source hides stays hidden; on a background what it half hides is a mixture, too.
        least = 1 if finished.mode == "RGBA" else 255
        kept = ImageChops.darker(kept, photo.alpha.point([0] * least + [255] * (256 - least)))
    return Depth(photo.deep, kept)


def _confidence(sight: Graphic | Sight, seen: Photo) -> float:
    if isinstance(sight, Graphic):
        return sight.confidence
    return confidence(sight.probabilities, seen.rgb, sight.opinions)


def _matte(sight: Graphic | Sight, seen: Photo, photo: Photo, options: Options) -> Matte:
    """Of the whole photo, by the part of it that was looked at."""
    if not isinstance(sight, Graphic):
        return Matte(_finished(refine(sight.probabilities, seen.rgb), options, photo.size))
    matte = sight.cut(seen)
    part = matte.colours
    if options.region is None or part is None:
        return Matte(_finished(matte.alpha, options, photo.size), part)
    colours = photo.rgb.copy()
    colours.paste(part, options.region[:2])
    return Matte(_finished(matte.alpha, options, photo.size), colours)


def _finished(alpha: Image.Image, options: Options, size: tuple[int, int]) -> Image.Image:
    """The alpha of the whole photo: closed where it has to be, nothing outside of the region looked at."""
    if not options.windows:
        alpha = without_windows(alpha)
    if options.region is None:
        return alpha
    whole = Image.new("L", size)
    whole.paste(alpha, options.region[:2])
    return whole


def _preview(image: Image.Image, side: int, icc: bytes | None) -> bytes:
    return encode_preview(image, side, icc) if side else b""


def _flattened(cutout: Image.Image, format: Format, background: Rgb | None, icc: bytes | None) -> Image.Image:
    if background is None and format.has_alpha:
        return cutout
    return on_background(cutout, background or _WHITE, icc)
