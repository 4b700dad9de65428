"""`photo move`, `undo-move`, `delete`, `restore`, `deleted` and `history`: correcting what was filed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from photodesk.app import documents
from photodesk.app.command_desk import command_desk
from photodesk.app.command_line import DAY, DeskCommand, Invocation, argument, not_blank, option, pass_invocation
from photodesk.app.commands_photo import photo
from photodesk.app.terminal import print_table
from photodesk.clock import rfc3339
from photodesk.desk.corrections import DeletedPhoto, Moved
from photodesk.desk.photo_history import HistoryLine
from photodesk.desk.roles import Right
from photodesk.ui.words import counted

__all__ = ["photo"]


@photo.command(
    "move",
    cls=DeskCommand,
    examples="""
photodesk photo move 0192…a1 0192…a2 --to 104711 --visit 2026-11-20 --reason "filed to the wrong patient" --user Ada
photodesk photo move 0192…a1 --to @- --visit 2026-11-20 --reason @- --json --user Ada --password-stdin
""",
)
@argument("photo_ids", nargs=-1, required=True, metavar="PHOTO...")
@option("--to", "mrn", required=True, metavar="MRN", help="Whose photos they really are; may be the same patient.")
@option("--visit", "day", type=DAY, required=True, metavar="DATE", help="The visit's day; made where there is none.")
@option("--reason", required=True, callback=not_blank, metavar="T", help="Why; kept in both charts.")
@pass_invocation
def move_photos(invocation: Invocation, photo_ids: tuple[str, ...], mrn: str, day: datetime, reason: str) -> None:
    """Move photos to another patient or visit, with everything recorded about them.

    They are encrypted anew for that patient and removed from the wrong chart, which keeps that they were there. What
    belongs to a photo (further originals, the video of a Live Photo) comes with it. Can be undone for 30 days.
    """
    with command_desk(invocation) as desk:
        session = desk.session
        session.require(Right.CORRECT_CHART)
        patient_id = session.patients.by_mrn(mrn).patient_id
        for photo_id in photo_ids:
            session.photo_edit.patient_of(photo_id)
        visit = session.visits.on(patient_id, day.date(), make=True)
        assert visit is not None, "a visit was made"  # noqa: S101
        moved = session.corrections.move(photo_ids, patient_id, visit.visit_id, reason)
        invocation.show(_moved(moved), _undo_words(moved))


@photo.command(
    "undo-move",
    cls=DeskCommand,
    examples="""
photodesk photo undo-move 0193…7c --user "Ada Berg"
photodesk photo undo-move 0193…7c --reason "they were hers after all" --json --user Ada --password-stdin
""",
)
@argument("move_id", metavar="MOVE")
@option("--reason", default="moved back", callback=not_blank, metavar="T", help="Why; kept in both charts.")
@pass_invocation
def undo_move(invocation: Invocation, move_id: str, reason: str) -> None:
    """Move photos back where a move took them from, each into its former visit."""
    with command_desk(invocation) as desk:
        moved = desk.session.corrections.undo_move(move_id, reason)
        invocation.show(_moved(moved), f"{counted(len(moved.photo_ids), 'file')} moved back.")


@photo.command(
    "delete",
    cls=DeskCommand,
    examples="""
photodesk photo delete 0192…a1 --reason "not sharp" --user "Ada Berg"
photodesk photo delete 0192…a1 0192…a2 --reason "taken by mistake" --json --user Ada --password-stdin
""",
)
@argument("photo_ids", nargs=-1, required=True, metavar="PHOTO...")
@option("--reason", required=True, callback=not_blank, metavar="T", help="Why; kept in the chart.")
@pass_invocation
def delete_photos(invocation: Invocation, photo_ids: tuple[str, ...], reason: str) -> None:
    """Delete photos: hidden at once, removed for good after 30 days. Until then `photo restore` has them back."""
    with command_desk(invocation) as desk:
        deleted = desk.session.corrections.delete(photo_ids, reason)
        until = rfc3339(min(one.purge_at_ms for one in deleted))[:10]
        document = {"deleted": [_deleted(one) for one in deleted]}
        invocation.show(document, f"{counted(len(deleted), 'file')} deleted; can be restored until {until}.")


@photo.command(
    "restore",
    cls=DeskCommand,
    examples="""
photodesk photo restore 0192…a1 --user "Ada Berg"
photodesk photo restore 0192…a1 0192…a2 --json --user Ada --password-stdin
""",
)
@argument("photo_ids", nargs=-1, required=True, metavar="PHOTO...")
@pass_invocation
def restore_photos(invocation: Invocation, photo_ids: tuple[str, ...]) -> None:
    """Have deleted photos back where they were."""
    with command_desk(invocation) as desk:
        restored = desk.session.corrections.restore(photo_ids)
        invocation.show({"restored": list(restored)}, f"{counted(len(restored), 'file')} restored.")


@photo.command(
    "deleted",
    cls=DeskCommand,
    examples="""
photodesk photo deleted 104711 --user "Ada Berg"
photodesk photo deleted 104711 --json --user Ada --password-stdin
""",
)
@argument("mrn")
@pass_invocation
def list_deleted(invocation: Invocation, mrn: str) -> None:
    """List a patient's deleted photos that can still be restored, with who deleted them and why."""
    with command_desk(invocation) as desk:
        patient_id = desk.session.patients.by_mrn(mrn).patient_id
        found = desk.session.corrections.deleted(patient_id)
        invocation.show({"patient_id": patient_id, "deleted": [_deleted(one) for one in found]})
        if not invocation.json:
            print_table(
                ("Photo", "Deleted", "By", "Until", "Reason"),
                [
                    (one.photo_id, rfc3339(one.deleted_at_ms), one.person, rfc3339(one.purge_at_ms)[:10], one.reason)
                    for one in found
                ],
            )


@photo.command(
    "history",
    cls=DeskCommand,
    examples="""
photodesk photo history 0192…a1 --user "Ada Berg"
photodesk photo history 0192…a1 --json --user Ada --password-stdin
""",
)
@argument("photo_id", metavar="PHOTO")
@pass_invocation
def show_history(invocation: Invocation, photo_id: str) -> None:
    """Show who changed what about a photo, when and why, also in the chart it was moved from."""
    with command_desk(invocation) as desk:
        lines = desk.session.photo_history.of(photo_id, screen="command")
        invocation.show({"photo_id": photo_id, "changes": [_line(one) for one in lines]})
        if not invocation.json:
            print_table(
                ("When", "Who", "What", "Reason"),
                [(rfc3339(one.at_ms), one.person or one.person_id, one.what, one.reason) for one in lines],
            )


def _moved(moved: Moved) -> dict[str, Any]:
    return {
        "move_id": moved.move_id,
        "photo_ids": list(moved.photo_ids),
        "from_patient_id": moved.from_patient_id,
        "to_patient_id": moved.to_patient_id,
        "visit_id": moved.visit_id or None,
        "at": rfc3339(moved.at_ms),
        "undo_until": rfc3339(moved.undo_until_ms),
    }


def _undo_words(moved: Moved) -> str:
    until = rfc3339(moved.undo_until_ms)[:10]
    undo = f"Undo until {until} with: photodesk photo undo-move {moved.move_id}"
    return f"{counted(len(moved.photo_ids), 'file')} moved. {undo}"


def _deleted(one: DeletedPhoto) -> dict[str, Any]:
    attachment = one.attachment
    return {
        "photo_id": one.photo_id,
        "deleted_at": rfc3339(one.deleted_at_ms),
        "purge_at": rfc3339(one.purge_at_ms),
        "reason": one.reason,
        "user": one.person or None,
        "photo": documents.photo(one.photo) if one.photo is not None else None,
        "attachment": documents.original(attachment.original) if attachment is not None else None,
    }


def _line(one: HistoryLine) -> dict[str, Any]:
    return {
        "at": rfc3339(one.at_ms),
        "user": one.person or None,
        "user_id": one.person_id,
        "workstation_id": one.workstation_id,
        "patient_id": one.patient_id,
        "what": one.what,
        "reason": one.reason,
        "changes": dict(one.changes),
    }
