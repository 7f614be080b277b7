"""OpenVINO, unable to report its use. Whoever needs the library takes it from here."""

import sys

# Importing OpenVINO loads its model converter, which reports the import to Google Analytics unless
# somebody has declined. No such report can leave a process that cannot import either of the two.
_NEVER_IMPORTED = ("openvino_telemetry", "openvino.tools.ovc")
sys.modules.update(dict.fromkeys(_NEVER_IMPORTED))  # type: ignore[arg-type]

import openvino  # type: ignore[import-untyped]  # noqa: E402
from openvino import opset13 as operations  # noqa: E402

__all__ = ["openvino", "operations"]
