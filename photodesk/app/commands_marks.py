"""`marks`: what is drawn over a photo with its measurements, a photo's scale, and who changed what."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from photodesk import ids
from photodesk.app.command_desk import CommandDesk, command_desk
from photodesk.app.command_line import DeskCommand, DeskGroup, Invocation, argument, option, pass_invocation
from photodesk.app.terminal import print_table
from photodesk.clock import rfc3339
from photodesk.compare.lesion_series import AREA_KINDS
from photodesk.compare.measurement import Measured, area, crosses_itself, length, scale_from, scale_from_spacing
from photodesk.desk.layers import Layers
from photodesk.errors import Fixable
from photodesk.photos.marks import Mark, MarkKind, Point, Scale, ScaleSource

_NUMBER = r"-?\d+(?:\.\d+)?"
_POINT = re.compile(rf"^({_NUMBER}),({_NUMBER})$")
_SOURCES = {"ruler": ScaleSource.RULER, "sticker": ScaleSource.STICKER}


def read_points(ctx: click.Context, param: click.Parameter, value: str | None) -> tuple[Point, ...] | None:
    """A callback: `x,y x,y …` in upright pixels of the original, pixel centres at integers."""
    if value is None:
        return None
    found = [_POINT.match(part) for part in value.split()]
    if not found or None in found:
        raise click.BadParameter(f"{value!r} is no list of points such as 10,20 30.5,40.", ctx, param)
    return tuple((float(each[1]), float(each[2])) for each in found if each is not None)


class MarksGroup(DeskGroup):
    """`marks PHOTO` lists; the other commands have names."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """A photo's id in the place of a command means `list`."""
        named = args and (args[0] in self.commands or args[0].startswith("-"))
        return super().resolve_command(ctx, args if named or not args else ["list", *args])


@click.group(cls=MarksGroup)
def marks() -> None:
    """What is drawn over a photo: marks with their measurements, the scale, who changed what."""


@marks.command(
    "list",
    cls=DeskCommand,
    examples="""
photodesk marks 0192…a1 --user "Ada Berg"
photodesk marks 0192…a1 --json --user Ada --password-stdin
""",
)
@argument("photo_id", metavar="PHOTO")
@pass_invocation
def list_marks(invocation: Invocation, photo_id: str) -> None:
    """List a photo's marks: length, area and perimeter with their errors, in mm where it has a scale."""
    with command_desk(invocation) as desk:
        layers = _layers(desk, photo_id)
        scale = layers.scales.get(photo_id)
        found = [_document(mark, layers) for mark in layers.marks]
        invocation.show({"photo_id": photo_id, "scale": _scale_document(scale), "marks": found})
        if not invocation.json:
            click.echo(scale.words if scale else "No scale in this photo.")
            rows = [
                (mark.mark_id, mark.kind.value, _words(mark, scale), each["lesion"] or "", mark.text)
                for mark, each in zip(layers.marks, found, strict=True)
            ]
            print_table(("Mark", "Kind", "Measured", "Lesion", "Text"), rows)


@marks.command(
    "add",
    cls=DeskCommand,
    examples="""
photodesk marks add 0192…a1 --kind length --points "100,200 900,200" --user "Ada Berg"
photodesk marks add 0192…a1 --kind outline --points "100,100 300,100 300,300" --lesion "L1 left forearm" --user Ada
photodesk marks add 0192…a1 --kind text --points "100,100" --text "itches since May" --json --user Ada
""",
)
@argument("photo_id", metavar="PHOTO")
@option("--kind", required=True, type=click.Choice([kind.value for kind in MarkKind]), help="What is drawn.")
@option(
    "--points", required=True, callback=read_points, metavar='"X,Y X,Y…"', help="In upright pixels of the original."
)
@option("--text", default="", metavar="TEXT", help="The words of a text.")
@option("--lesion", default="", metavar="NAME", help="The lesion it belongs to; followed from now on where it is new.")
@pass_invocation
def add_mark(
    invocation: Invocation, photo_id: str, kind: str, points: tuple[Point, ...], text: str, lesion: str
) -> None:
    """Draw a mark over a photo. The original is never drawn into."""
    with command_desk(invocation) as desk:
        patient_id, layers = desk.session.photo_edit.patient_of(photo_id), desk.session.layers
        try:
            mark = Mark(ids.random_id(), photo_id, MarkKind(kind), points, text)
        except ValueError as wrong:
            raise click.BadParameter(f"{str(wrong)[0].upper()}{str(wrong)[1:]}.") from None
        with _as_usage():
            layers.require_fit(patient_id, mark)
        if lesion.strip():
            held = {one.name.casefold(): one for one in layers.of(patient_id).lesions}
            named = held.get(" ".join(lesion.split()).casefold()) or layers.follow(patient_id, lesion)
            mark = Mark(mark.mark_id, photo_id, mark.kind, points, text, named.lesion_id)
        layers.draw(patient_id, mark)
        invocation.show(_document(mark, layers.of(patient_id, [photo_id])), f"Drew {mark.mark_id}.")


@marks.command(
    "remove",
    cls=DeskCommand,
    examples="""
photodesk marks remove 0192…a1 5f3c…09 --user "Ada Berg"
photodesk marks remove 0192…a1 5f3c…09 --json --user Ada --password-stdin
""",
)
@argument("photo_id", metavar="PHOTO")
@argument("mark_id", metavar="MARK")
@pass_invocation
def remove_mark(invocation: Invocation, photo_id: str, mark_id: str) -> None:
    """Take a mark away. It stays in the history."""
    with command_desk(invocation) as desk:
        patient_id, layers = desk.session.photo_edit.patient_of(photo_id), desk.session.layers
        found = next((mark for mark in layers.of(patient_id, [photo_id]).marks if mark.mark_id == mark_id), None)
        if found is None:
            raise Fixable("mark_unknown", "This photo has no mark with this id.", "List them: photodesk marks PHOTO")
        layers.take_away(patient_id, found)
        invocation.show({"photo_id": photo_id, "mark_id": mark_id}, f"Took {mark_id} away.")


@marks.command(
    "scale",
    cls=DeskCommand,
    examples="""
photodesk marks scale 0192…a1 --mm-per-px 0.042 --error 1 --user "Ada Berg"
photodesk marks scale 0192…a1 --ends "100,200 1100,200" --mm 50 --source ruler --json --user Ada
photodesk marks scale 0192…a1 --from-file --user Ada
photodesk marks scale 0192…a1 --remove --user Ada
""",
)
@argument("photo_id", metavar="PHOTO")
@option("--mm-per-px", type=float, metavar="N", help="Millimetres a pixel of the original covers, by hand.")
@option("--error", "percent", type=click.FloatRange(0, 99), default=1.0, show_default=True, metavar="PERCENT",
        help="How sure the typed scale is: one standard deviation.")  # fmt: skip
@option("--ends", callback=read_points, metavar='"X,Y X,Y"', help="Two points on something of known length.")
@option("--mm", "known_mm", type=float, metavar="N", help="How far they are apart.")
@option("--source", type=click.Choice(list(_SOURCES)), default="ruler", show_default=True, help="What they lie on.")
@option("--from-file", is_flag=True, help="The pixel spacing the file carries (DICOM).")
@option("--remove", is_flag=True, help="Take the scale away.")
@pass_invocation
def set_scale(
    invocation: Invocation,
    photo_id: str,
    mm_per_px: float | None,
    percent: float,
    ends: tuple[Point, ...] | None,
    known_mm: float | None,
    source: str,
    from_file: bool,
    remove: bool,
) -> None:
    """Give a photo its scale: by hand, from two points, from the file; or take it away."""
    if [mm_per_px is not None, ends is not None, from_file, remove].count(True) != 1:
        raise click.UsageError("Name one of --mm-per-px, --ends with --mm, --from-file and --remove.")
    with command_desk(invocation) as desk:
        scale: Scale | None = None
        if mm_per_px is not None:
            scale = _typed(photo_id, mm_per_px, percent / 100)
        elif ends is not None:
            scale = _measured(photo_id, ends, known_mm, _SOURCES[source])
        elif from_file:
            scale = _of_file(desk, photo_id)
        session = desk.session
        with _as_usage():
            session.layers.set_scale(session.photo_edit.patient_of(photo_id), photo_id, scale)
        words = scale.words if scale else "No scale in this photo."
        invocation.show({"photo_id": photo_id, "scale": _scale_document(scale)}, words)


@marks.command(
    "history",
    cls=DeskCommand,
    examples="""
photodesk marks history 0192…a1 --user "Ada Berg"
photodesk marks history 0192…a1 --json --user Ada --password-stdin
""",
)
@argument("photo_id", metavar="PHOTO")
@pass_invocation
def show_history(invocation: Invocation, photo_id: str) -> None:
    """Show who changed a photo's marks and scale, when, and what stood there before."""
    with command_desk(invocation) as desk:
        session = desk.session
        _layers(desk, photo_id)  # opening the record is an entry
        lines = session.layers.history(session.photo_edit.patient_of(photo_id), photo_id)
        found = [
            {
                "at": rfc3339(line.at_ms),
                "user": session.catalog.person_name(line.person_id),
                "what": line.what,
                "of": line.entity,
                "id": line.entity_id,
                "changes": {name: {"before": a, "after": b} for name, (a, b) in line.changes.items()},
            }
            for line in lines
        ]
        invocation.show({"photo_id": photo_id, "changes": found})
        if not invocation.json:
            print_table(
                ("When", "Who", "What", "Of"),
                [
                    (str(each["at"]), str(each["user"]), str(each["what"]), f"{each['of']} {each['id']}")
                    for each in found
                ],
            )


@contextmanager
def _as_usage() -> Iterator[None]:
    """Points that no photo has are wrong input, as points that are none."""
    try:
        yield
    except Fixable as told:
        if told.code not in {"mark_outside", "mark_without_extent"}:
            raise
        raise click.BadParameter(told.message) from None


def _layers(desk: CommandDesk, photo_id: str) -> Layers:
    """The layers of a photo; showing them opens the record, which is an entry."""
    session = desk.session
    patient_id = session.photo_edit.patient_of(photo_id)
    session.timeline.open(patient_id, screen="command")
    return session.layers.of(patient_id, [photo_id])


def _typed(photo_id: str, mm_per_px: float, share: float) -> Scale:
    try:
        return Scale(photo_id, mm_per_px, mm_per_px, share, ScaleSource.HAND)
    except ValueError as wrong:
        raise click.BadParameter(f"{str(wrong)[0].upper()}{str(wrong)[1:]}.") from None


def _measured(photo_id: str, ends: tuple[Point, ...], known_mm: float | None, source: ScaleSource) -> Scale:
    if len(ends) != 2 or known_mm is None:
        raise click.UsageError("Two points and --mm are needed.")
    return scale_from(photo_id, (ends[0], ends[1]), known_mm, source)


def _of_file(desk: CommandDesk, photo_id: str) -> Scale:
    spacing = desk.session.photo_edit.photo(photo_id).facts.pixel_spacing_mm
    if spacing is None:
        raise Fixable(
            "no_spacing_in_file", "This file does not say how large its pixels are.", "Measure a ruler or sticker."
        )
    return scale_from_spacing(photo_id, spacing)


def _document(mark: Mark, layers: Layers) -> dict[str, Any]:
    scale = layers.scales.get(mark.photo_id)
    crosses = mark.kind is MarkKind.OUTLINE and crosses_itself(mark.points)
    ringed = mark.kind in AREA_KINDS
    lined = mark.kind in {MarkKind.LENGTH, MarkKind.ARROW}
    lesion = next((one.name for one in layers.lesions if one.lesion_id == mark.lesion_id), None)
    return {
        "mark_id": mark.mark_id,
        "kind": mark.kind.value,
        "points": [list(point) for point in mark.points],
        "text": mark.text,
        "lesion_id": mark.lesion_id or None,
        "lesion": lesion,
        "aided": mark.aided,
        "pinned": list(mark.pinned),
        "length": _measure_document(length(mark, scale)) if lined else None,
        "perimeter": _measure_document(length(mark, scale)) if ringed else None,
        "area": _measure_document(area(mark, scale)) if ringed and not crosses else None,
        "crosses_itself": crosses,
    }


def _measure_document(measured: Measured) -> dict[str, Any]:
    return {"value": measured.value, "error": measured.error, "unit": measured.unit}


def _scale_document(scale: Scale | None) -> dict[str, Any] | None:
    if scale is None:
        return None
    return {
        "mm_per_px_across": scale.across_mm,
        "mm_per_px_down": scale.down_mm,
        "error_share": scale.error_share,
        "source": scale.source.name.lower(),
        "points": [list(point) for point in scale.points],
        "known_mm": scale.known_mm or None,
    }


def _words(mark: Mark, scale: Scale | None) -> str:
    if mark.kind is MarkKind.OUTLINE and crosses_itself(mark.points):
        return "crosses itself"
    if mark.kind in AREA_KINDS:
        return area(mark, scale).words
    return length(mark, scale).words if mark.kind is MarkKind.LENGTH else ""
