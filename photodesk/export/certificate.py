"""The certificate of an erasure as a page to keep and a file to check: PDF and JSON, saying the same."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from photodesk.export.names import free_path
from photodesk.export.paper import Paper, day_words
from photodesk.export.whole_file import write_proven

_KINDS = {"workstation": "Workstation", "server": "Clinic server", "backup": "Backup", "quarantine": "Moved aside"}


def write_certificate(document: Mapping[str, Any], folder: Path, made_at_ms: int) -> tuple[Path, Path]:
    """(PDF, JSON) in a folder that is there; nothing is overwritten. Fixable `disk_full`, `folder_read_only`."""
    stem = f"erasure-certificate_{document['certificate']['erasure_id'][:8]}"
    paper, data = free_path(folder, f"{stem}.pdf"), free_path(folder, f"{stem}.json")
    write_proven(paper, [certificate_pdf(document, made_at_ms)])
    write_proven(data, [msgspec.json.format(msgspec.json.encode(document))])
    return paper, data


def certificate_pdf(document: Mapping[str, Any], made_at_ms: int) -> bytes:
    """The page. Fixable `font_missing`."""
    told = document["certificate"]
    people, counts = told["people"], told["erased"]
    paper = Paper(told["clinic"], made_at_ms)
    paper.heading("Certificate of erasure")
    paper.line("The record of one patient was erased. This page does not name who it was, and PhotoDesk cannot tell.")
    paper.section("The record")
    paper.fact("Patient's id", told["patient_id"])
    paper.fact("Chart's id", told["chart_id"])
    paper.fact("What was erased", _counted(counts))
    paper.section("The decision")
    paper.fact("Reason", told["reason"])
    if told["ground"]:
        paper.fact("Ground", told["ground"])
    paper.fact("Asked for", _by(told["requested_at"], people["requested"], people["requested_with"]))
    paper.fact("Authorised", _by("", people["authorised"], people["authorised_with"]))
    paper.fact("Erased", _by(told["erased_at"], people["carried_out"], None))
    paper.section("Where it is gone")
    for place in told["places"]:
        confirmed = place["confirmed_at"]
        said = f"confirmed on {_day(confirmed)}" if confirmed else "has not confirmed yet"
        paper.fact(f"{_KINDS.get(place['kind'], place['kind'])}", f"{place['name']}: {said}")
    paper.fact("Clinic server", "there is none")
    paper.section("How to check this page")
    paper.line("The file beside it (JSON) holds the same words as signed bytes.", 9, 0.4)
    paper.fact("Signing key", told_key(document))
    paper.fact("Signature", document["signature"])
    paper.fact("Membership log", told["membership_head"])
    paper.note(
        "The patient's encryption key was forgotten, the chart, its photos and the photos waiting in the inbox were "
        "deleted, and the clinic's catalog was written anew under new keys. Fingerprints of the erased files stay, so "
        "that an old card or machine does not bring them back. The activity log keeps who did what, by ids. Copies "
        "that were given out, or of a backup that was taken away, are not reached by this."
    )
    return paper.document()


def told_key(document: Mapping[str, Any]) -> str:
    """The workstation's public key, as the page shows it."""
    return str(document["signing_key"])


def _counted(counts: Mapping[str, int]) -> str:
    names = (("visits", "visit"), ("photos", "photo"), ("files", "original file"), ("waiting", "photo in the inbox"))
    parts = [_plural(counts.get(key, 0), name) for key, name in names if counts.get(key, 0) or key != "waiting"]
    return f"{', '.join(parts)}; {counts.get('bytes', 0):,} bytes"


def _plural(count: int, name: str) -> str:
    if count == 1:
        return f"1 {name}"
    head, _, tail = name.partition(" in ")
    return f"{count:,} {head}s{f' in {tail}' if tail else ''}"


def _by(at: str, name: str, second: str | None) -> str:
    when = f"on {_day(at)} " if at else ""
    return f"{when}by {name or 'a person who left'}" + (f" with {second}" if second else "")


def _day(at: str) -> str:
    return day_words(datetime.fromisoformat(at).astimezone().date())
