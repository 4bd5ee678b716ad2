"""The one catalogue of intended failures: a stable code, an HTTP status, a sentence to read."""

from __future__ import annotations

from server.words import say

# code → HTTP status. The sentences stand in words/problems.json under the same code.
STATUS = {
    "digest_missing": 400,
    "digest_mismatch": 400,
    "encoding_unknown": 415,
    "body_malformed": 400,
    "request_invalid": 422,
    "body_too_large": 413,
    "too_many_edits": 413,
    "cursor_invalid": 400,
    "signature_missing": 400,
    "signature_invalid": 400,
    "token_missing": 401,
    "token_unknown": 401,
    "device_revoked": 403,
    "not_allowed": 403,
    "code_unknown": 403,
    "key_malformed": 400,
    "not_found": 404,
    "head_unknown": 404,
    "log_damaged": 500,
    "form_expired": 400,
    "move_forbidden": 409,
    "changed_meanwhile": 409,
    "own_record": 403,
    "conflicts_open": 409,
    "already_answered": 409,
    "release_empty": 409,
    "merge_itself": 409,
    "merge_standing": 409,
    "merge_unlike": 409,
    "merge_missing": 409,
    "reason_missing": 400,
    "field_malformed": 400,
    "upload_gone": 404,
    "upload_offset": 409,
    "upload_length": 400,
    "upload_too_large": 413,
    "upload_metadata": 400,
    "upload_version": 412,
    "upload_type": 415,
    "checksum_algorithm": 400,
    "checksum_mismatch": 460,
    "photo_hash": 422,
    "photo_unreadable": 422,
    "photo_too_many_pixels": 422,
    "photo_too_hard": 422,
    "photo_damaged": 404,
    "photo_not_ready": 404,
    "storage_failed": 503,
    "too_many_tries": 429,
    "method_not_allowed": 405,
    "server_busy": 503,
    "internal": 500,
    # refusals of a single edit
    "edit_malformed": 422,
    "stamp_malformed": 422,
    "serial_malformed": 422,
    "prev_malformed": 422,
    "kind_malformed": 422,
    "record_malformed": 422,
    "fields_malformed": 422,
    "not_canonical": 422,
    "edit_too_large": 413,
    "stamp_reused": 409,
    "stamp_foreign": 403,
    "serial_reused": 409,
    "chain_broken": 409,
    "kind_unknown": 422,
    "field_forbidden": 403,
    "field_value": 422,
    "reference_unknown": 422,
    "record_foreign": 403,
}


class Problem(Exception):
    """An intended failure. Raising it rolls the request back and answers with its sentence."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail

    @property
    def status(self) -> int:
        return STATUS[self.code]

    def as_json(self, language: str) -> dict[str, object]:
        """RFC 9457: type, title, status, code, detail."""
        return {
            "type": f"urn:mingcha:problem:{self.code}",
            "title": say(language, f"problems.{self.code}"),
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
        }
