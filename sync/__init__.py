"""The pure engine: what an edit is, which value wins, what an inspection scores.

Standard library only; no clock, no randomness, no network. The phone carries the same rules in
pwa/src/core, and both pass the cases in sync/vectors.
"""
