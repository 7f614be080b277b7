"""Cuts subjects out of photos: bytes in, bytes out. Imports neither Django nor an inference library."""

from images.engine.codecs.probe import Facts, probe
from images.engine.errors import (
    BadImage,
    EngineError,
    ImageTooLarge,
    ModelUnavailable,
    NoSubject,
)
from images.engine.networks.network import Network
from images.engine.options import Colours, Format, Kind, Limits, Options, Region, Rgb, Stage
from images.engine.pipeline import Cutout, remove_background

__all__ = [
    "BadImage",
    "Colours",
    "Cutout",
    "EngineError",
    "Facts",
    "Format",
    "ImageTooLarge",
    "Kind",
    "Limits",
    "ModelUnavailable",
    "Network",
    "NoSubject",
    "Options",
    "Region",
    "Rgb",
    "Stage",
    "probe",
    "remove_background",
]
