"""`python -m server.cli` is `mingcha`, for when the script is not on the PATH."""

from server.cli import main

main()
