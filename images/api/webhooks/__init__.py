"""Telling a member's own server what has happened, signed, and again until it listens (Standard Webhooks)."""
