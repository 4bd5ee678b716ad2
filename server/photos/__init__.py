"""Photo bytes: resumable upload, verification, derivatives."""
