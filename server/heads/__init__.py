"""The log's head, signed once a day and kept where nobody with the database can reach it."""
