"""Hundreds at once: resumable upload, work that is fair between people, review, and one archive."""
