"""What makes a model ready on this machine: its weights fetched and verified, and what runs it chosen."""

from images.weights.fetch import fetch
from images.weights.report import ConsoleReport, Report
from images.weights.sources import name_of
from images.weights.verify import default_folder, locate, verify

__all__ = ["ConsoleReport", "Report", "default_folder", "fetch", "locate", "name_of", "verify"]
