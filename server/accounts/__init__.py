"""People and phones: companies, users, devices, one-time codes, tokens and rights."""
