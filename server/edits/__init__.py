"""The the log of edits: receipts, chain, quarantine, proof."""
