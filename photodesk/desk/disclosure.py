"""Photos that leave PhotoDesk: bytes and pixels are given only against a durable `EXPORT` entry."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from photodesk import ids
from photodesk.desk.actor import Actor
from photodesk.desk.durable import append_async, durable
from photodesk.desk.purpose import NONE_GIVEN
from photodesk.desk.roles import Right
from photodesk.errors import Fixable
from photodesk.imaging.decoded import Decoded, Decoder
from photodesk.log.entry import Action, Receipt
from photodesk.photos import Attachment, Photo, Rendition
from photodesk.store.chart import Chart
from photodesk.store.chart_copies import original_not_here
from photodesk.store.charts import Charts

RefuseOpen = Callable[[str, Sequence[str]], None]
"""Refused `conflict_open` where nobody has decided yet what is true of a patient or these photos."""


@dataclass(frozen=True)
class Disclosure:
    """Leave to hand out these photos. Made by `DisclosureDesk.disclose` and nowhere else."""

    disclosure_id: str
    patient_id: str
    photo_ids: tuple[str, ...]
    receipt: Receipt


class DisclosureDesk:
    """Hands out originals and pixels of photos whose leaving is logged."""

    def __init__(
        self,
        actor: Actor,
        charts: Charts,
        decoder: Decoder | None = None,
        refuse_open: RefuseOpen = lambda _patient_id, _photo_ids: None,
    ) -> None:
        self._actor = actor
        self._charts = charts
        self._decoder = decoder
        self._refuse_open = refuse_open

    def disclose(
        self, patient_id: str, photo_ids: Sequence[str], purpose: str, recipient: str, rendition: str, screen: str
    ) -> Disclosure:
        """Log that photos leave, to whom and what for. Refused `no_right`, `conflict_open`; Fixable `log_not_writable`.

        `rendition` says in which form: `original`, or that of the picture made. Where the patient has several entries,
        each one's photos are an entry in the log, all of one disclosure.
        """
        self._actor.require(Right.EXPORT)
        parts = self._charts.split(patient_id, photo_ids) or {patient_id: ()}
        for entry, held in parts.items():
            self._refuse_open(entry, held)
        disclosure_id = ids.ordered_id(self._actor.clock.wall_ms())
        details = {"disclosure": disclosure_id, "recipient": recipient}
        pending = [
            append_async(
                self._actor.keeper,
                self._actor.entry(
                    Action.EXPORT,
                    entry,
                    photo_ids=held,
                    rendition=rendition,
                    screen=screen,
                    purpose=purpose or NONE_GIVEN,
                    details=details,
                ),
            )
            for entry, held in parts.items()
        ]
        receipts = [durable(one) for one in pending]
        return Disclosure(disclosure_id, patient_id, tuple(photo_ids), receipts[0])

    def require_here(self, patient_id: str, ids: Sequence[str]) -> None:
        """Before anything is disclosed: Fixable `original_not_here` where originals of these photos or files are
        elsewhere; they are asked for then.
        """
        self._actor.require(Right.EXPORT)
        parts = self._charts.split(patient_id, ids).items()
        away = sum(self._charts.open(entry).ask_for(held) for entry, held in parts)
        if away:
            raise original_not_here(away)

    def photo(self, disclosure: Disclosure, photo_id: str) -> Photo:
        """What is recorded about a disclosed photo."""
        if photo_id not in disclosure.photo_ids:
            raise _unknown_photo()
        return self._chart(disclosure, photo_id).photo(photo_id)

    def original(self, disclosure: Disclosure, photo_id: str, original_id: str) -> bytes:
        """The exact bytes of one original of a disclosed photo."""
        if original_id not in {original.original_id for original in self.photo(disclosure, photo_id).originals}:
            raise _unknown_photo()
        return self._chart(disclosure, photo_id).original_bytes(original_id)

    def original_pieces(self, disclosure: Disclosure, photo_id: str, original_id: str) -> Iterator[bytes]:
        """The exact bytes of one original of a disclosed photo, in pieces."""
        if original_id not in {original.original_id for original in self.photo(disclosure, photo_id).originals}:
            raise _unknown_photo()
        return self._chart(disclosure, photo_id).original_reader(original_id)

    def thumbnail(self, disclosure: Disclosure, photo_id: str) -> bytes:
        """The small picture (JPEG, sRGB) of a disclosed photo, b"" where it has none."""
        self.photo(disclosure, photo_id)
        found = self._chart(disclosure, photo_id).renditions([photo_id], Rendition.THUMBNAIL)
        return found.get(photo_id, b"")

    def attachments(self, patient_id: str, ids: Sequence[str]) -> dict[str, Attachment]:
        """Those of these ids that are a patient's attachments, with what is recorded about them; no bytes."""
        self._actor.require(Right.EXPORT)
        wanted = frozenset(ids)
        charts = self._charts.of_person(patient_id)
        found = {one.original.original_id: one for chart in charts for one in chart.attachments()}
        return {attachment_id: one for attachment_id, one in found.items() if attachment_id in wanted}

    def attachment_pieces(self, disclosure: Disclosure, attachment_id: str) -> Iterator[bytes]:
        """The exact bytes of a disclosed attachment, in pieces: a video may be larger than memory."""
        if attachment_id not in disclosure.photo_ids:
            raise _unknown_photo()
        return self._charts.open(disclosure.patient_id).original_reader(attachment_id)

    def pixels(self, disclosure: Disclosure, photo_id: str, long_edge_px: int | None = None) -> Decoded:
        """Upright sRGB pixels of a disclosed photo, through a decoder."""
        self.photo(disclosure, photo_id)
        return decode_original(self._chart(disclosure, photo_id), self._decoder, photo_id, long_edge_px)

    def _chart(self, disclosure: Disclosure, item_id: str) -> Chart:
        """The chart that holds a disclosed photo or file: of a person with several entries, one of theirs."""
        return self._charts.holding(disclosure.patient_id, item_id)


def decode_original(
    chart: Chart, decoder: Decoder | None, photo_id: str, long_edge_px: int | None, *, painted: bool = False
) -> Decoded:
    """A photo's displayed original through the decoder; for gate and disclosures only."""
    if decoder is None:
        raise Fixable("decoder_unavailable", "Originals cannot be opened here.", "Open them at a desk.")
    data = chart.original_bytes(chart.photo(photo_id).displayed.original_id)
    return decoder.decode(data, long_edge_px, painted=painted)


def painted_original(chart: Chart, decoder: Decoder | None, photo_id: str, long_edge_px: int | None) -> Decoded:
    """The same as a screen paints it (see `Decoder.decode`); for the gate only."""
    return decode_original(chart, decoder, photo_id, long_edge_px, painted=True)


def _unknown_photo() -> Fixable:
    return Fixable("photo_unknown", "There is no photo with this id.", "Look the id up with the timeline command.")
