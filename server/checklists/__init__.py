"""Checklist versions, never changed in place."""
