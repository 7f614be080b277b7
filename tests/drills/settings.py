"""The service's settings, with the tests' tiny network in the catalogue."""

from bgbegone.settings import *  # noqa: F403
from images.engine.networks import catalogue
from tests.images.engine.tiny import tiny_model

MODEL = "tiny"
catalogue.MODELS[MODEL] = tiny_model()
