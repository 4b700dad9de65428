"""`timeline`, `photo set`, `export` and `compare`."""

from __future__ import annotations

from pathlib import Path

import click

from photodesk.app import documents
from photodesk.app.command_desk import command_desk
from photodesk.app.command_line import (
    DeskCommand,
    DeskGroup,
    Invocation,
    argument,
    not_blank,
    option,
    pass_invocation,
)
from photodesk.app.comparing import compare_pair, one_patient
from photodesk.app.exporting import export_chosen
from photodesk.app.fetching import fetch_first
from photodesk.app.terminal import print_table
from photodesk.compare import Mode
from photodesk.desk.roles import Right
from photodesk.desk.timeline import Timeline
from photodesk.export import check_ending
from photodesk.photos import BODY_SITES, STANDARD_VIEWS
from photodesk.ui.compare.picture import Look
from photodesk.ui.words import counted


@click.command(
    cls=DeskCommand,
    examples="""
photodesk timeline 104711 --user "Ada Berg"
photodesk timeline 104711 --json --user Ada --password-stdin
""",
)
@argument("mrn")
@pass_invocation
def timeline(invocation: Invocation, mrn: str) -> None:
    """Show a patient's visits and photos, newest first. Opening a record is an entry."""
    with command_desk(invocation, decoder=True, file_waiting=True) as desk:
        patient_id = desk.session.patients.by_mrn(mrn).patient_id
        opened = desk.session.timeline.open(patient_id, screen="command")
        invocation.show(documents.timeline(opened))
        if not invocation.json:
            _print_timeline(opened)


def _print_timeline(opened: Timeline) -> None:
    for each in opened.visits:
        click.echo(f"{each.visit.day}  {each.visit.title}  {counted(len(each.photos), 'photo')}")
        print_table(
            ("  Photo", "Taken", "Size", "Site", "View"),
            [
                (
                    f"  {one.photo_id}",
                    one.facts.camera_time.text if one.facts.camera_time else "",
                    f"{one.facts.width_px} × {one.facts.height_px}",
                    one.body_site,
                    one.standard_view,
                )
                for one in each.photos
            ],
        )


@click.group(cls=DeskGroup)
def photo() -> None:
    """What is recorded about a photo."""


@photo.command(
    "set",
    cls=DeskCommand,
    examples="""
photodesk photo set 0192…a1 --site 60819002 --view close-up --user "Ada Berg"
photodesk photo set 0192…a1 --tag acne --tag "week 12" --json --user Ada --password-stdin
""",
)
@argument("photo_id", metavar="PHOTO")
@option("--site", metavar="CODE", help="Body site (SNOMED CT code, see photodesk photo codes); empty clears it.")
@option("--view", metavar="CODE", help="Standard view, such as close-up (see photodesk photo codes); empty clears it.")
@option("--tag", "tags", multiple=True, metavar="T", help="Replaces the tags; may be given more than once.")
@pass_invocation
def set_photo(invocation: Invocation, photo_id: str, site: str | None, view: str | None, tags: tuple[str, ...]) -> None:
    """Record body site, standard view and tags of a photo."""
    if site is None and view is None and not tags:
        raise click.UsageError("Nothing to set: name --site, --view or --tag.")
    with command_desk(invocation) as desk:
        edit = desk.session.photo_edit
        changed = edit.set(edit.patient_of(photo_id), photo_id, site=site, view=view, tags=tags or None)
        invocation.show(documents.photo(changed), f"Changed {changed.photo_id}.")


@photo.command(
    "codes",
    cls=DeskCommand,
    examples="""
photodesk photo codes
photodesk photo codes --json
""",
)
@pass_invocation
def list_codes(invocation: Invocation) -> None:
    """List the codes of body sites and standard views. Needs no store."""
    invocation.show(
        {
            "body_sites": [
                {
                    "code": site.code,
                    "name": site.name,
                    "region": site.region,
                    "side": site.side.value or None,
                    "part_of": site.part_of or None,
                }
                for site in BODY_SITES
            ],
            "standard_views": [
                {"code": view.code, "name": view.name, "series": view.series} for view in STANDARD_VIEWS
            ],
        }
    )
    if not invocation.json:
        print_table(("Site", "Name", "Region"), [(site.code, site.name, site.region) for site in BODY_SITES])
        click.echo()
        print_table(("View", "Name"), [(view.code, view.name) for view in STANDARD_VIEWS])


@click.command(
    cls=DeskCommand,
    examples="""
photodesk export 0192…a1 0192…a2 --to letters --purpose "second opinion" --recipient "Dr Lind" --user "Ada Berg"
photodesk export 0192…a1 --to originals --purpose referral --recipient "Dr Lind" --original --json --user Ada
""",
)
@argument("photo_ids", nargs=-1, required=True, metavar="PHOTO...")
@option("--to", "folder", required=True, type=click.Path(path_type=Path), metavar="FOLDER", help="Made if missing.")
@option("--purpose", required=True, callback=not_blank, metavar="TEXT", help="What for.")
@option("--recipient", required=True, callback=not_blank, metavar="TEXT", help="To whom.")
@option(
    "--original",
    "originals",
    is_flag=True,
    help="The original bytes, metadata and all; otherwise an upright sRGB JPEG without metadata.",
)
@pass_invocation
def export(
    invocation: Invocation, photo_ids: tuple[str, ...], folder: Path, purpose: str, recipient: str, originals: bool
) -> None:
    """Write photos to a folder. Logged with recipient and purpose before any byte leaves."""
    with command_desk(invocation, decoder=True) as desk:
        disclosure_id, exported = export_chosen(desk, photo_ids, folder, purpose, recipient, originals=originals)
        invocation.show(
            {
                "disclosure_id": disclosure_id,
                "files": [{"photo_id": one.photo_id, "path": str(one.path), "sha256": one.sha256} for one in exported],
            },
            "\n".join(str(one.path) for one in exported),
        )


@click.command(
    cls=DeskCommand,
    examples="""
photodesk compare 0192…a1 0193…c4 --json --user "Ada Berg"
photodesk compare 0192…a1 0193…c4 --to pair.png --mode curtain --width 2000 --user Ada
photodesk compare 0192…a1 0193…c4 --to page.pdf --labels --comparability --recipient "Dr Lind" --user Ada
""",
)
@argument("a", metavar="A")
@argument("b", metavar="B")
@option(
    "--to",
    "target",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write a picture: this is an export. As the name ends: .png, .jpg or .pdf (one page).",
)
@option(
    "--mode",
    type=click.Choice([mode.value for mode in Mode]),
    default="side-by-side",
    show_default=True,
    help="How the two are put together.",
)
@option("--align/--no-align", default=True, help="Lay B on A where that is certain enough. Default: yes.")
@option(
    "--width",
    type=click.IntRange(64, 16_384),
    default=1600,
    show_default=True,
    metavar="N",
    help="The picture's width in pixels.",
)
@option("--labels", is_flag=True, help="The days above the picture, and below it what is true of it.")
@option(
    "--marks",
    is_flag=True,
    help="Draw the marks of both photos, without words; their figures stand below, in px without a scale.",
)
@option("--comparability", is_flag=True, help="What differs between the two, below the picture.")
@option(
    "--purpose", default="internal", show_default=True, callback=not_blank, metavar="T", help="What the picture is for."
)
@option("--recipient", callback=not_blank, metavar="T", help="Who gets the picture. Default: the signed-in person.")
@pass_invocation
def compare(
    invocation: Invocation,
    a: str,
    b: str,
    target: Path | None,
    mode: str,
    align: bool,
    width: int,
    labels: bool,
    marks: bool,
    comparability: bool,
    purpose: str,
    recipient: str | None,
) -> None:
    """Compare two photos of a patient: alignment, comparability, and a picture of both."""
    if target is not None:
        check_ending(target)
    with command_desk(invocation, decoder=True) as desk:
        session = desk.session
        session.require(Right.COMPARE)
        patient_id = one_patient(session, (a, b))
        fetch_first(desk, patient_id, (a, b), screens=True, originals=target is not None)
        pair = compare_pair(session, patient_id, a, b, align_them=align)
        path = None
        if target is not None:
            look = Look(Mode(mode), width, 0.5, labels, labels, marks, comparability)
            path = pair.picture().write(session, target, look, purpose, recipient or session.person.name)
        document = {**pair.document(), "path": str(path) if path else None}
        words = "aligned" if pair.alignment.aligned else "not aligned"
        invocation.show(document, f"{words} ({pair.alignment.confidence:.0%})" + (f"\n{path}" if path else ""))
