"""Backups of an installation in use, and the way back from them under a new epoch."""
