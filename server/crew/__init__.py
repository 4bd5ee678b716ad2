"""One file per driver or conductor."""
