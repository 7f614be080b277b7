"""Runs a model in rembg's own session of it. Only the worker whose model asks for it imports this: it costs
110 MB more than ONNX Runtime and half a second."""

import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from images.engine.errors import ModelUnavailable
from images.engine.networks.catalogue import Model
from images.engine.networks.network import Network, probabilities
from images.engine.networks.onnxruntime import options_for  # first, since it keeps the runtime silent

# For alpha matting, which no session does, Numba would compile a minute the first time and keep 70 MB.
os.environ.setdefault("NUMBA_DISABLE_JIT", "1")
try:
    import rembg
    from rembg.sessions import sessions
except ImportError as err:
    raise ModelUnavailable("rembg_missing") from err


class RembgNetwork:
    """The session prepares the picture and asks its network. What that says is heard before the session
    stretches it to the whole range, so that a picture of nothing is still told from one of something."""

    def __init__(self, path: Path, model: Model, weights_sha256: str, threads: int = 0) -> None:
        """0 threads: one per core. Raises ModelUnavailable if the file holds no network that loads."""
        self.model = model
        self.weights_sha256 = weights_sha256
        self.takes_rectangles = False
        self.companion: Network | None = None
        self.backend = f"rembg {rembg.__version__} fp32"
        self._session = _session(path, model, threads)
        self._network = self._session.inner_session = _Overheard(self._session.inner_session)

    def run(self, tensor: NDArray[Any]) -> NDArray[np.float32]:
        """uint8 (H, W, 3) to float32 (H, W), probabilities of being subject."""
        with np.errstate(all="ignore"):  # it divides by the range of an answer that may have none
            self._session.predict(Image.fromarray(tensor))
        return probabilities(self._network.output, self.model)


class _Overheard:
    """A session of ONNX Runtime that remembers its last answer."""

    def __init__(self, session: Any) -> None:
        self._session = session

    output: Any = None

    def run(self, names: Any, feed: Any) -> Any:
        answer = self._session.run(names, feed)
        self.output = answer[0]
        return answer

    def __getattr__(self, name: str) -> Any:
        return getattr(self._session, name)


def _session(path: Path, model: Model, threads: int) -> Any:
    own = sessions[model.rembg_session]
    if not own.is_local():  # whatever the catalogue says
        raise ModelUnavailable("model_remote", {"model": model.name})

    class Installed(own):  # type: ignore[misc, valid-type]
        """With the file that was verified here; the session itself would fetch one."""

        @classmethod
        def download_models(cls, *_args: Any, **_kwargs: Any) -> str:
            return str(path)

    try:
        return Installed(model.rembg_session, options_for(threads), providers=["CPUExecutionProvider"])
    except Exception as err:
        raise ModelUnavailable("model_damaged", {"model": model.name, "path": str(path)}) from err
