"""Walks all that a company rests on and names each damage; changes nothing."""
