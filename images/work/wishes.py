"""What a sender may want of the engine, as it is kept with the job."""

from typing import Any

from images.engine import Kind, Options, Region
from images.work.limits import limits


def wishes(*, region: Region | None = None, windows: bool = True, kind: Kind = Kind.AUTO) -> dict[str, Any]:
    """For `Cutout.options`; what is left as it comes is not kept."""
    kept: dict[str, Any] = {}
    if region is not None:
        kept["region"] = list(region)
    if not windows:
        kept["windows"] = False
    if kind is not Kind.AUTO:
        kept["kind"] = kind.value
    return kept


def options_of(kept: dict[str, Any]) -> Options:
    """The engine's options of a job."""
    region = kept.get("region")
    return Options(
        limits=limits(),
        region=tuple(region) if region else None,
        windows=kept.get("windows", True),
        kind=Kind(kept.get("kind", Kind.AUTO)),
        first_frame=True,  # a file with several was taken because its sender wants that
    )
