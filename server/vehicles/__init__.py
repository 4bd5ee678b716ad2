"""One file per vehicle (一车一档)."""
