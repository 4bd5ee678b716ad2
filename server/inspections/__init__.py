"""Inspection records: sync, merge, score, review and reading."""
