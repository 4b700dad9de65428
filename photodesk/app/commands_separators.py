"""`separators`: cards to print, and how the clinic's cards, pauses and wristbands are read."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import click

from photodesk.app.command_desk import CommandDesk, command_desk
from photodesk.app.command_line import DAY, DeskCommand, DeskGroup, Invocation, option, pass_invocation
from photodesk.desk.entrance import Entrance
from photodesk.errors import Fixable
from photodesk.importing.card_policy import CardPolicy, card_policy, set_card_policy
from photodesk.importing.grouping import Separators
from photodesk.importing.separator_cards import SeparatorCard, cards_of_day, cards_of_patient, printed
from photodesk.importing.wristbands import CheckDigit
from photodesk.ui.words import counted

NOT_WRITTEN = Fixable("not_written", "The file cannot be written there.", "Choose another folder.")


@click.group(cls=DeskGroup, invoke_without_command=True)
@option("--date", "day", type=DAY, metavar="YYYY-MM-DD", help="The visits of this day. Default: today.")
@option("--mrn", "mrn", metavar="MRN", help="Only this patient; a card without a visit where there is none that day.")
@option("--to", "to", metavar="FILE", help="The file to write. It names the patients: print it, then delete it.")
@option("--png", "png", is_flag=True, help="One card as a picture instead of pages to print.")
@pass_invocation
@click.pass_context
def separators(
    context: click.Context, invocation: Invocation, day: datetime | None, mrn: str | None, to: str | None, png: bool
) -> None:
    """Print separator cards: a photo of one says whose photos follow. Eight on a page, one for each visit.

    \b
    photodesk separators --to cards.pdf --user "Ada Berg"
    photodesk separators --date 2026-11-21 --mrn 104711 --png --to card.png --user Ada --password-stdin
    """
    if context.invoked_subcommand is not None:
        return
    if not to:
        raise click.UsageError("Where to? Name the file with --to.")
    with command_desk(invocation) as desk:
        on = day.date() if day else date.fromisoformat(desk.session.today)
        cards = cards_of_patient(desk.session, mrn, on) if mrn else cards_of_day(desk.session, on)
        if png and len(cards) != 1:
            raise Fixable("one_card", f"A picture holds one card; there are {len(cards)}.", "Name one with --mrn.")
        clinic = Entrance(invocation.store, invocation.clock).page().clinic_name
        if not _write(desk, Path(to), cards, clinic, png=png):
            raise NOT_WRITTEN
        lines = [{"patient_id": card.patient.patient_id, "visit_id": card.visit_id or None} for card in cards]
        invocation.show({"path": to, "cards": lines}, f"{counted(len(cards), 'card')} written.")


def _write(desk: CommandDesk, path: Path, cards: tuple[SeparatorCard, ...], clinic: str, *, png: bool) -> bool:
    from PySide6.QtGui import QGuiApplication

    from photodesk.ui.fonts import BUNDLED, load_fonts
    from photodesk.ui.importing.separator_paper import write_pdf, write_png

    application = QGuiApplication.instance() or QGuiApplication(["photodesk", "-platform", "offscreen"])
    load_fonts(BUNDLED)
    texts = printed(desk.session, cards, "file")
    written = write_png(path, cards[0], texts[0], clinic) if png else write_pdf(path, cards, texts, clinic)
    del application
    return written


@separators.command(
    "set",
    cls=DeskCommand,
    examples="""
photodesk separators set --shot "first and last" --gap-minutes 5 --user Admin
photodesk separators set --wristband "P-(\\d{6})" --check-digit luhn --user Admin
photodesk separators set --wristband "" --user Admin
""",
)
@option("--shot", "shot", type=click.Choice([one.value for one in Separators]), help="When the card is photographed.")
@option("--gap-minutes", "gap", type=click.FloatRange(0.02, 1440), help="A longer pause begins a new group.")
@option("--wristband", "pattern", metavar="REGEX", help="Whole text of a wristband, one group: the record number.")
@option(
    "--check-digit",
    "check",
    type=click.Choice([one.value for one in CheckDigit]),
    help="How the record number proves itself.",
)
@pass_invocation
def set_separators(
    invocation: Invocation, shot: str | None, gap: float | None, pattern: str | None, check: str | None
) -> None:
    """How this clinic's cards, pauses and wristbands are read; without options: show it.

    `auto` finds out from the photos whether the card is shot first only, or first and last. Wristbands are not read
    until a pattern is set; an empty one turns them off.
    """
    with command_desk(invocation) as desk:
        now = card_policy(desk.session.catalog)
        wanted = CardPolicy(
            now.separators if shot is None else Separators(shot),
            now.gap_ms if gap is None else round(gap * 60_000),
            now.pattern if pattern is None else pattern,
            now.check if check is None else CheckDigit(check),
        )
        if wanted != now:
            set_card_policy(desk.session, wanted)
        document = {
            "shot": wanted.separators.value,
            "gap_minutes": wanted.gap_ms / 60_000,
            "wristband": wanted.pattern or None,
            "check_digit": wanted.check.value,
        }
        wristbands = f"the whole text fits {wanted.pattern}" if wanted.pattern else "not read"
        lines = (
            f"Cards are shot: {wanted.separators.value}",
            f"A new group begins after a pause of: {wanted.gap_ms / 60_000:g} min",
            f"Wristbands: {wristbands}",
            f"Check digit: {wanted.check.value}",
        )
        invocation.show(document, "\n".join(lines))
