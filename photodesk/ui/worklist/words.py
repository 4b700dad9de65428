"""How reading the worklist goes, in a sentence."""

from __future__ import annotations

from datetime import date

from photodesk.ui.words import moment_words
from photodesk.ui.worklist.watching import WatchState
from photodesk.visits.worklist_source import SourceKind

_SOURCES = {SourceKind.CSV: "Worklist files", SourceKind.HL7: "HL7 files", SourceKind.DICOM: "Worklist server"}


def state_words(state: WatchState, today: date) -> str:
    """`Worklist files: read today 09:50.`, `Working without the worklist since 09:52. …`, "" by hand."""
    if state.kind is SourceKind.BY_HAND:
        return ""
    if state.offline_since_ms:
        since = moment_words(state.offline_since_ms, today).removeprefix("Today ")
        return f"Working without the worklist since {since}. {state.why} Visits can be added by hand."
    if not state.read_at_ms:
        return f"{_SOURCES[state.kind]}: not read yet."
    moment = moment_words(state.read_at_ms, today)
    return f"{_SOURCES[state.kind]}: looked at {moment[0].lower()}{moment[1:]}."
