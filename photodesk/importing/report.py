"""The one-page report of a finished job, as text; with or without whose photos they are."""

from __future__ import annotations

from photodesk.clock import rfc3339
from photodesk.importing.job import FileState, ImportResult

_WORDS = {
    FileState.FILED: "in the chart",
    FileState.ASSIGNED: "assigned, waiting for a clinician to sign in",
    FileState.VERIFIED: "safe in the inbox, not assigned yet",
    FileState.LABEL: "separator cards",
    FileState.DUPLICATE: "in the store before",
    FileState.KEPT_AS_IS: "kept as they are, without a preview",
    FileState.FAILED: "not copied",
}


def report_text(result: ImportResult, at_ms: int) -> str:
    """Counts by state, then every file that needs a word, by its name on the card. No patient is named."""
    counts = result.counts
    lines = [f"Import {result.job_id}", f"{rfc3339(at_ms)}", "", f"{len(result.outcomes)} files"]
    lines += [f"  {counts[state.value]:>6}  {words}" for state, words in _WORDS.items() if counts[state.value]]
    if result.stopped is not None:
        lines += ["", f"{result.stopped.message} {result.stopped.remedy}".strip()]
    for state in (FileState.FAILED, FileState.KEPT_AS_IS, FileState.DUPLICATE):
        named = [outcome for outcome in result.outcomes if outcome.state is state]
        if named:
            lines += ["", _WORDS[state].capitalize() + ":"]
            lines += [f"  {outcome.name}  {outcome.reason}".rstrip() for outcome in named]
    if result.skipped:
        lines += ["", "Passed over:"] + [f"  {name}  {why}" for name, why in result.skipped]
    if result.receipt is not None:
        lines += ["", str(result.receipt["statement"]), f"Signature {result.receipt['signature']}"]
    return "\n".join(lines) + "\n"
