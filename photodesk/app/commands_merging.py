"""`patient merge`, `patient unmerge`, `patient entries`: two entries of the list that are one person."""

from __future__ import annotations

from typing import Any

from photodesk.app.command_desk import command_desk
from photodesk.app.command_line import DeskCommand, Invocation, argument, not_blank, option, pass_invocation
from photodesk.app.commands_patient import patient
from photodesk.app.terminal import print_table
from photodesk.clock import rfc3339
from photodesk.desk.merged_entries import MergedEntry

ENTRY = "RECORD"


@patient.command(
    "merge",
    cls=DeskCommand,
    examples="""
photodesk patient merge 104799 104711 --reason "entered twice" --user "Ada Berg"
photodesk patient merge @- @- --reason @- --json --user Ada --password-stdin
""",
)
@argument("entry", metavar=ENTRY)
@argument("into", metavar="INTO")
@option("--reason", required=True, callback=not_blank, metavar="T", help="Why they are one person; kept with it.")
@pass_invocation
def merge(invocation: Invocation, entry: str, into: str, reason: str) -> None:
    """Show two entries of one person as one patient: RECORD from now on opens INTO.

    Photos and visits of both are on one timeline, and either record number and name finds them. Nothing is moved:
    patient unmerge gives both back as they were. An entry is named by its record number, or by its patient_id where
    two entries share a number (patient list --json).
    """
    with command_desk(invocation) as desk:
        merging = desk.session.merging
        main = merging.merge(merging.entry(entry).patient_id, merging.entry(into).patient_id, reason)
        document = {
            "patient_id": main.patient_id,
            "mrn": main.mrn,
            "entries": _entries(merging.merged(main.patient_id)),
        }
    invocation.show(document, f"One patient now, with the record number {main.mrn}.")


@patient.command(
    "unmerge",
    cls=DeskCommand,
    examples="""
photodesk patient unmerge 104799 --reason "two people after all" --user "Ada Berg"
""",
)
@argument("entry", metavar=ENTRY)
@option("--reason", default="parted again", show_default=True, callback=not_blank, metavar="T", help="Why.")
@pass_invocation
def unmerge(invocation: Invocation, entry: str, reason: str) -> None:
    """Part an entry from the one that it was merged into; both are as they were."""
    with command_desk(invocation) as desk:
        merging = desk.session.merging
        parted = merging.unmerge(merging.entry(entry).patient_id, reason)
    document = {"patient_id": parted.patient_id, "mrn": parted.mrn}
    invocation.show(document, f"{parted.mrn} is a patient of its own again.")


@patient.command(
    "entries",
    cls=DeskCommand,
    examples="""
photodesk patient entries 104711 --user "Ada Berg"
photodesk patient entries 104711 --json --user Ada
""",
)
@argument("mrn")
@pass_invocation
def entries(invocation: Invocation, mrn: str) -> None:
    """List the entries that are shown as one patient, the main one first."""
    with command_desk(invocation) as desk:
        merging = desk.session.merging
        main = desk.session.patients.by_mrn(mrn)
        facts, merged = merging.facts(main.patient_id), merging.merged(main.patient_id)
    listed = [
        {
            "patient_id": one.patient.patient_id,
            "mrn": one.patient.mrn,
            "family": one.patient.family,
            "given": one.patient.given,
            "birth": one.patient.birth.isoformat(),
            "visits": one.visits,
            "photos": one.photos,
        }
        for one in facts
    ]
    invocation.show({"patient_id": main.patient_id, "entries": listed, "merged": _entries(merged)})
    if not invocation.json:
        when = {one.patient.patient_id: one for one in merged}
        print_table(
            ("Record", "Name", "Born", "Visits", "Photos", "Merged", "By"),
            [
                (
                    one.patient.mrn,
                    one.patient.display_name,
                    one.patient.birth,
                    one.visits,
                    one.photos,
                    *_since(when.get(one.patient.patient_id)),
                )
                for one in facts
            ],
        )


def _since(merged: MergedEntry | None) -> tuple[str, str]:
    return ("", "") if merged is None else (rfc3339(merged.at_ms)[:10], merged.person)


def _entries(merged: tuple[MergedEntry, ...]) -> list[dict[str, Any]]:
    return [
        {
            "patient_id": one.patient.patient_id,
            "mrn": one.patient.mrn,
            "merged_at": rfc3339(one.at_ms),
            "merged_by": one.person or None,
        }
        for one in merged
    ]
