"""The evidence log: one Merkle tree a company over everything that pay and jobs rest on."""
