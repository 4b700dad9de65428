"""`cards` and `receipt`: which camera cards are not cleared, and what this workstation vouches for."""

from __future__ import annotations

from pathlib import Path

import click

from photodesk.app.command_desk import CommandDesk, command_desk
from photodesk.app.command_line import DeskCommand, DeskGroup, Invocation, argument, option, pass_invocation
from photodesk.app.documents import Document
from photodesk.app.paths import existing_store
from photodesk.app.receipt_files import write_receipt
from photodesk.app.terminal import print_table
from photodesk.app.workplaces import import_service
from photodesk.background import volumes
from photodesk.clock import rfc3339
from photodesk.desk.card_register import age_days, not_cleared
from photodesk.desk.entrance import Entrance
from photodesk.desk.roles import Right
from photodesk.errors import Fixable
from photodesk.importing.card_look import look_at
from photodesk.importing.erasing import EraseWhen
from photodesk.importing.receipt import check_receipt, receipt_in
from photodesk.importing.scan import shown_name
from photodesk.store.catalog import CardRow
from photodesk.store.store_json import read_store

RECEIPT_BYTES = 64 * 1024 * 1024
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_NEW_FILE = click.Path(dir_okay=False, path_type=Path)


@click.group(cls=DeskGroup, invoke_without_command=True)
@click.pass_context
def cards(context: click.Context) -> None:
    """Camera cards: which were seen, what is safe of them, which are not cleared. Without a command: list them."""
    if context.invoked_subcommand is None:
        context.invoke(list_cards)


@cards.command(
    "list",
    cls=DeskCommand,
    examples="""
photodesk cards --user "Ada Berg"
photodesk cards list --json --user Ada --password-stdin
""",
)
@pass_invocation
def list_cards(invocation: Invocation) -> None:
    """List the card register, and enter the cards that are in."""
    with command_desk(invocation) as desk:
        desk.session.require(Right.IMPORT)
        inside = _cards_in(desk)
        rows = desk.session.cards.everyone()
        now_ms = invocation.clock.wall_ms()
        known = [_card(row, now_ms, inside.get(row.card_id, "")) for row in rows]
        invocation.show({"cards": known, "erase_when": desk.session.cards.erase_when})
        if not invocation.json:
            print_table(
                ("Card", "Label", "Serial", "Photos", "Last import", "Safe", "State", "In"),
                [
                    (
                        one["card_id"],
                        shown_name(one["label"] or one["title"] or ""),
                        one["serial"] or "",
                        one["photos"],
                        one["last_import_at"] or "never",
                        f"{one['safe']} of {one['files']}" if one["last_import_at"] else "",
                        one["state"].replace("_", " "),
                        "yes" if one["mounted_at"] else "",
                    )
                    for one in known
                ],
            )


def _cards_in(desk: CommandDesk) -> dict[str, str]:
    """Cards in the readers now, entered in the register: where each is mounted."""
    if desk.session.catalog.setting("demo") == "yes":
        return {}
    found = [look for volume in volumes.mounted() if (look := look_at(volume)) is not None]
    return {desk.session.cards.seen(look.facts).row.card_id: str(look.volume.root) for look in found}


def _card(row: CardRow, now_ms: int, mounted_at: str) -> Document:
    """One of `cards`; `age_days` counts from the import of a card that is not cleared."""
    waiting = not_cleared(row)
    return {
        "card_id": row.card_id,
        "label": row.label or None,
        "serial": row.serial or None,
        "title": row.title or None,
        "bytes": row.size_bytes,
        "seen_at": rfc3339(row.seen_at_ms),
        "photos": row.photos,
        "files": row.files,
        "safe": row.safe,
        "last_import_at": rfc3339(row.imported_at_ms) if row.imported_at_ms else None,
        "job_id": row.job_id or None,
        "state": "not_cleared" if waiting else "cleared" if row.cleared_at_ms else "not_imported",
        "cleared_at": rfc3339(row.cleared_at_ms) if row.cleared_at_ms and not waiting else None,
        "age_days": age_days(row, now_ms) if waiting else None,
        "mounted_at": mounted_at or None,
    }


@cards.command(
    "cleared",
    cls=DeskCommand,
    examples="""
photodesk cards cleared 9d2c…70 --user "Ada Berg"
""",
)
@argument("card")
@pass_invocation
def mark_cleared(invocation: Invocation, card: str) -> None:
    """Say that a card was formatted in the camera: it is no longer listed as not cleared."""
    with command_desk(invocation) as desk:
        desk.session.cards.cleared(card)
        row = desk.session.cards.card(card)
        invocation.show(_card(row, invocation.clock.wall_ms(), ""), "The card is noted as cleared.")


@cards.command(
    "policy",
    cls=DeskCommand,
    examples="""
photodesk cards policy --user "Ada Berg"
photodesk cards policy filed --user "Ada Berg"
""",
)
@argument("when", required=False, type=click.Choice([one.value for one in EraseWhen]))
@pass_invocation
def erase_policy(invocation: Invocation, when: str | None) -> None:
    """When cards may be erased: once photos are verified, filed in charts, or on the clinic server."""
    with command_desk(invocation) as desk:
        if when:
            desk.session.cards.set_erase_when(when)
        now = desk.session.cards.erase_when
        invocation.show({"erase_when": now}, f"Cards may be erased once their photos are: {now}.")
        if now == EraseWhen.SERVER and not desk.session.server_copies.kept:
            invocation.tell("This workstation has no clinic server: until then no card is erased.")


class ReceiptGroup(DeskGroup):
    """`receipt JOB` is short for `receipt show JOB`."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        named = self.get_command(ctx, args[0]) is not None
        return super().resolve_command(ctx, args if named else ["show", *args])


@click.group(cls=ReceiptGroup)
def receipt() -> None:
    """Card receipts: `receipt JOB` shows one, `receipt verify FILE` checks one."""


@receipt.command(
    "show",
    cls=DeskCommand,
    examples="""
photodesk receipt 9d2c…70 --user "Ada Berg"
photodesk receipt 9d2c…70 --to receipt.pdf --user "Ada Berg"
photodesk receipt 9d2c…70 --to receipt.anchor --user "Ada Berg"
""",
)
@argument("job")
@option(
    "--to",
    "target",
    type=_NEW_FILE,
    metavar="FILE",
    help="Write it: .pdf on paper, .json, .anchor for `log verify --anchor`, .txt the import's report.",
)
@pass_invocation
def show_receipt(invocation: Invocation, job: str, target: Path | None) -> None:
    """The signed receipt of an import: counts, hashes, card, time, and the log's state as an anchor."""
    with command_desk(invocation) as desk:
        desk.session.require(Right.IMPORT)
        closing = import_service(desk.session, desk.link, None).closing
        found = closing.receipt(job)
        if target is not None:
            page = Entrance(invocation.store, invocation.clock).page()
            write_receipt(found, target, closing.report(job), f"{page.clinic_name} · {page.workstation_name}")
        invocation.show({"receipt": found}, f"{found['statement']}\nSigned {found['at']}, {found['signature'][:32]}…")
        if target is not None:
            invocation.tell("Receipt written.")


@receipt.command(
    "verify",
    cls=DeskCommand,
    examples="""
photodesk receipt verify receipt.pdf
photodesk receipt verify receipt.json --json
""",
)
@argument("file", type=_FILE)
@pass_invocation
def verify_receipt(invocation: Invocation, file: Path) -> int:
    """Check a receipt's signature with the store's keys. Needs no password. Exit 0 when it holds, else 1."""
    store = read_store(existing_store(invocation.store))
    if file.stat().st_size > RECEIPT_BYTES:
        raise Fixable("no_receipt", "There is no card receipt in this file.", "Choose the receipt's own file.")
    found = receipt_in(file.read_bytes())
    keys = {one.workstation_id: bytes.fromhex(one.signing_key) for one in store.workstations}
    signer = keys.get(str(found.get("workstation_id")), bytes.fromhex(store.workstation.signing_key))
    checked = check_receipt(found, signer, store.clinic)
    invocation.show(
        {"holds": checked.holds, "message": checked.words, "receipt": checked.receipt or None}, checked.words
    )
    return 0 if checked.holds else 1
