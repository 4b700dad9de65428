"""What is said about the sealed envelope, the same in windows and in commands."""

from __future__ import annotations

from photodesk.desk.emergency import Envelope, EnvelopeUse
from photodesk.desk.people_words import waits_on
from photodesk.ui.words import day_words, moment, time_words

OPENED = "Emergency access: everything done now is marked in the activity log, and every administrator is told."
BANNER = "Emergency access"


def use_words(use: EnvelopeUse) -> str:
    """`Emergency access was used on 20 Nov 2026 at 09:14. They said: Ben Roth, patient bleeding.`"""
    said = ", ".join(part for part in (use.who, use.reason) if part)
    words = f"Emergency access was used on {_moment(use.at_ms)}."
    return f"{words} They said: {said}." if said else words


def envelope_words(envelope: Envelope) -> str:
    """How the newest envelope stands, and what to do about it."""
    made = f" of {day_words(moment(envelope.made_ms).date())}" if envelope.made_ms else ""
    words = {
        "none": "There is no sealed envelope yet. Without one, nobody opens a chart when no clinician can sign in.",
        "ready": f"The envelope{made} is sealed. It opens once.",
        "waiting": f"The envelope{made} opens charts after {waits_on(envelope.waits_for)} has signed in once.",
        "used": "The envelope was opened and opens no more. Print a new one; that makes new keys too.",
        "spent": "The envelope opens no more. Print a new one.",
    }
    return words[envelope.state]


def _moment(at_ms: int) -> str:
    at = moment(at_ms)
    return f"{day_words(at.date())} at {time_words(at.time())}"
