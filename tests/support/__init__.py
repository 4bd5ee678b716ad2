"""What tests of the server share: a small company, its people, and a phone."""
