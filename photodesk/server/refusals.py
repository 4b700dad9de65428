"""Every way the server says no: a status, a code scripts rely on, what happened, and what to do."""

from __future__ import annotations

from photodesk.errors import PhotoDeskError


class Refusal(Exception):
    """Answered as `{"error": {"code", "message", "remedy"}}` with its status; nothing was changed."""

    def __init__(self, status: int, code: str, message: str, remedy: str = "", *, retry_after_s: int = 0) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.remedy = remedy
        self.retry_after_s = retry_after_s

    def document(self) -> dict[str, dict[str, str]]:
        """The answer's body."""
        return {"error": {"code": self.code, "message": self.message, "remedy": self.remedy}}


def bad_message(what: str) -> Refusal:
    """Bytes that are not what this endpoint takes."""
    return Refusal(400, "bad_message", f"The message cannot be read: {what}.", "Update PhotoDesk on this workstation.")


def unreadable(error: PhotoDeskError) -> Refusal:
    """Bytes whose reader said why: of a version this server does not know, or no record at all."""
    if error.code != "newer_format":
        return bad_message(error.message)
    return Refusal(
        400, "newer_format", "The message is of a newer version than this server knows.", "Update the clinic server."
    )


def not_signed_in() -> Refusal:
    """No token, an expired one, or one of another server."""
    return Refusal(401, "not_signed_in", "This workstation is not signed in to the server.", "Sign in again.")


def revoked() -> Refusal:
    """A workstation that was shut out."""
    return Refusal(
        403, "revoked", "This workstation was shut out of the clinic.", "Ask an administrator of the clinic."
    )


def unknown(what: str) -> Refusal:
    """Something that is not there, or is another clinic's."""
    return Refusal(404, "unknown", f"The server has no such {what}.")


def too_large(limit_bytes: int) -> Refusal:
    """A body above the limit of its endpoint."""
    return Refusal(413, "too_large", f"The message is larger than {limit_bytes} bytes.", "Send it in smaller parts.")


def quota_full(needed_bytes: int) -> Refusal:
    """The clinic's room on this server is used up."""
    return Refusal(
        507,
        "quota_full",
        f"The clinic's room on the server is used up; {needed_bytes} bytes more are needed.",
        "Raise the quota on the server; nothing is lost on the workstation.",
    )


def server_full() -> Refusal:
    """The disk of the server, or of its database, is full."""
    return Refusal(
        507,
        "server_full",
        "The disk of the clinic server is full.",
        "Make room there; nothing is lost on the workstation, which tries again by itself.",
        retry_after_s=60,
    )


def not_writable(retry_after_s: int = 10) -> Refusal:
    """The database or the object store cannot be reached or written now; nothing was changed."""
    return Refusal(
        503,
        "not_writable",
        "The server cannot reach or write its database or its photos now.",
        "It is tried again by itself.",
        retry_after_s=retry_after_s,
    )


def busy() -> Refusal:
    """So many messages are coming in at once that memory has no place for this one."""
    return Refusal(
        503, "busy", "The server is busy with other messages.", "It is tried again by itself.", retry_after_s=2
    )


def fault() -> Refusal:
    """A mistake of the server: what happened stands in its log, without content."""
    return Refusal(500, "server_fault", "The server made a mistake.", "Tell whoever runs it; its log has the place.")


def too_often(retry_after_s: int) -> Refusal:
    """Too many requests from one place."""
    return Refusal(
        429, "too_often", "Too many requests from here.", f"Wait {retry_after_s} s.", retry_after_s=retry_after_s
    )
