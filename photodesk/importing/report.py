"""The one-page report of an import that has ended or was stopped, as text. No patient is named."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from photodesk.clock import rfc3339
from photodesk.importing.job import FileState, ImportResult
from photodesk.importing.scan import shown_name

_WORDS = {
    FileState.FILED: "in the chart",
    FileState.ASSIGNED: "assigned, waiting for a clinician to sign in",
    FileState.VERIFIED: "safe in the inbox, not assigned yet",
    FileState.LABEL: "separator cards",
    FileState.DUPLICATE: "in the store before",
    FileState.KEPT_AS_IS: "kept as they are, without a preview",
    FileState.FAILED: "not copied",
}
_NAMED = (FileState.FAILED, FileState.KEPT_AS_IS, FileState.DUPLICATE)


def report_text(result: ImportResult, at_ms: int) -> str:
    """Counts by state, then every file that needs a word, by its name on the card."""
    return report_of_document(result.document(), at_ms)


def report_of_document(document: Mapping[str, Any], at_ms: int) -> str:
    """The same, from a job's document as it was kept."""
    counts, files = document["counts"], document["files"]
    lines = [f"Import {document['job_id']}", f"{rfc3339(at_ms)}", "", f"{len(files)} files"]
    lines += [f"  {counts[state.value]:>6}  {words}" for state, words in _WORDS.items() if counts[state.value]]
    stopped = document.get("stopped")
    if stopped:
        lines += ["", f"{stopped['message']} {stopped['remedy']}".strip()]
    for state in _NAMED:
        named = [file for file in files if file["state"] == state.value]
        if named:
            lines += ["", _WORDS[state].capitalize() + ":"]
            lines += [f"  {shown_name(file['name'])}  {file['reason'] or ''}".rstrip() for file in named]
    if document.get("skipped"):
        lines += ["", "Passed over:"]
        lines += [f"  {shown_name(one['name'])}  {one['reason']}" for one in document["skipped"]]
    receipt = document.get("receipt")
    if receipt:
        lines += ["", str(receipt["statement"]), f"Signature {receipt['signature']}"]
    return "\n".join(lines) + "\n"
