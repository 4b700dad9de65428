"""Corrections that touch more than one database: photos moved between charts, deleted, had back, purged.

A move: its intent is durable in the catalog; then, photo by photo, the right chart commits a copy (new photo key, its
own chart key) that is read back and compared, catalog and index point to it, and only then the wrong chart deletes and
overwrites its bytes. Killed anywhere, the photo lies in at least one chart, and finishing the move again ends with it
in exactly one. A deletion: the catalog says that one is under way, the chart decides, catalog and index follow the
chart (`settle`), so that whatever was interrupted ends as what the chart says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from photodesk.crypto import SUITE, VERSION, seal_open, seal_to
from photodesk.errors import Fixable, PhotoDeskError
from photodesk.store.catalog import Catalog
from photodesk.store.catalog_corrections import Deletion, DeletionState, MoveState, PhotoMove
from photodesk.store.catalog_imports import ContentState, KnownContent
from photodesk.store.change import Change
from photodesk.store.chart import Chart
from photodesk.store.chart_corrections import Item, Presence
from photodesk.store.charts import Charts
from photodesk.store.photo_listing import unknown_photo
from photodesk.store.projection import field_clocks
from photodesk.store.records import pack, unpack

if TYPE_CHECKING:
    from photodesk.store.keyset import KeySet

_SEALED_KIND = "move-reason"
_STATES = {
    Presence.HERE: DeletionState.RESTORED,
    Presence.HIDDEN: DeletionState.HIDDEN,
    Presence.MOVED: DeletionState.RESTORED,
    Presence.PURGED: DeletionState.PURGED,
}


class Correcting:
    """Corrections of one signed-in person with chart keys. One thread."""

    def __init__(self, catalog: Catalog, charts: Charts, keyset: KeySet) -> None:
        self._catalog = catalog
        self._charts = charts
        self._keyset = keyset

    # -- moves --------------------------------------------------------------------------------------------------

    def plan_move(
        self,
        change: Change,
        move_id: str,
        photo_ids: Sequence[str],
        patient_id: str,
        to_patient_id: str,
        visits: Mapping[str, str] | str,
        at_ms: int,
        undoes: str = "",
    ) -> PhotoMove:
        """The intent of a move, not kept yet; what belongs to a photo comes with it. `visits`: one, or by photo id.

        Fixable `photo_unknown`, `visit_unknown`, `visit_of_another`.
        """
        chart = self._existing(patient_id)
        items = [self._here(chart, photo_id) for photo_id in with_companions(chart, photo_ids, Presence.HERE)]
        former = {item.item_id: item.visit_id for item in items}
        new = {one: visits if isinstance(visits, str) else visits.get(one, "") for one in former}
        for visit_id in set(new.values()):
            if self._catalog.visit(visit_id).patient_id != to_patient_id:
                raise Fixable("visit_of_another", "That visit is another patient's.", "Choose a visit of this patient.")
        sealed = self._sealed(move_id, change.reason)
        state = MoveState.OPEN
        return PhotoMove(
            move_id, state, tuple(former), former, patient_id, to_patient_id, new, at_ms, change.actor, undoes, sealed
        )

    def move(self, change: Change, planned: PhotoMove) -> PhotoMove:
        """Keep the intent, then carry every photo over. Where that fails the rest stays where it was.

        Fixable `disk_full`, `already_in_chart`; Damaged: photos whose bytes can no longer be proven are not moved.
        """
        self._catalog.keep_move(change, planned)
        try:
            return self.finish_move(change, planned)
        except PhotoDeskError:
            with suppress(PhotoDeskError):  # then the whole move stays open, and the next desk goes on with it
                self._narrow(change, planned)
            raise

    def open_moves(self) -> list[PhotoMove]:
        """Moves that a crash or a full disk interrupted here; those of other workstations are theirs to end."""
        return [move for move in self._catalog.open_moves() if _is_own(self._catalog, "photo_move", move.move_id)]

    def finish_move(self, actor: Change, move: PhotoMove) -> PhotoMove:
        """Carry over what is not there yet. Repeating it changes nothing."""
        change = Change(actor.actor, self._opened(move))
        chart = self._existing(move.patient_id)
        if move.to_patient_id == move.patient_id:
            chart.set_visit(change, {one: move.new_visits[one] for one in move.photo_ids})
            self._follow(chart, move.photo_ids)
        else:
            target = self._charts.open(move.to_patient_id)
            for photo_id in move.photo_ids:
                self._carry(change, chart, target, photo_id, move)
            _carry_comparisons(change, chart, target)
        if move.undoes:
            self._catalog.keep_move(change_of(change), replace(self._catalog.move(move.undoes), state=MoveState.UNDONE))
        done = replace(move, state=MoveState.DONE, sealed=b"")
        self._catalog.keep_move(change_of(change), done)
        return done

    def _carry(self, change: Change, source: Chart, target: Chart, photo_id: str, move: PhotoMove) -> None:
        item = source.item(photo_id)
        if item is None or item.presence is not Presence.HERE:
            return  # carried over before the move was interrupted
        if not _twin_has_moved(self._keyset, item, target, move):
            target.take_over(change, item, source, move.new_visits[photo_id])
            self._catalog.correct_content(self._contents(item, target, ContentState.FILED))
            if item.entity == "photo" and self._catalog.index is not None:
                self._catalog.index.put([target.photo(photo_id)])
        source.let_go(change, photo_id, Presence.MOVED, move.at_ms, target.patient_id)

    def _narrow(self, change: Change, move: PhotoMove) -> None:
        """The move failed: what has not been copied stays where it is, what has been is finished now or later."""
        if move.to_patient_id == move.patient_id:
            return
        source, target = self._existing(move.patient_id), self._charts.open(move.to_patient_id)
        copied = tuple(one for one in move.photo_ids if _is_in(target, one))
        both = any(_is_in(source, one) for one in copied)
        state = MoveState.OPEN if both else MoveState.DONE if copied else MoveState.GIVEN_UP
        self._catalog.keep_move(change_of(change), replace(move, state=state, photo_ids=copied or move.photo_ids))

    # -- deletions ----------------------------------------------------------------------------------------------

    def delete(self, change: Change, patient_id: str, photo_ids: Sequence[str], at_ms: int, counted_ms: int) -> None:
        """Hide photos; the reason is the change's. Fixable `photo_unknown`: nothing was deleted then."""
        chart = self._existing(patient_id)
        wanted = with_companions(chart, photo_ids, Presence.HERE)
        for photo_id in wanted:
            self._here(chart, photo_id)
        rows = [Deletion(one, patient_id, DeletionState.UNSETTLED, at_ms, counted_ms) for one in wanted]
        self._catalog.keep_deletions(change_of(change), rows)
        chart.hide(change, wanted, at_ms)
        self.settle(change, rows)

    def restore(self, change: Change, patient_id: str, photo_ids: Sequence[str]) -> None:
        """Have hidden photos of one patient back. Fixable `photo_unknown`."""
        chart = self._existing(patient_id)
        rows: list[Deletion] = []
        for photo_id in with_companions(chart, photo_ids, Presence.HIDDEN):
            row = self._catalog.deletion(photo_id)
            if row is None or row.state is not DeletionState.HIDDEN or row.patient_id != patient_id:
                raise unknown_photo()
            rows.append(row)
        begun = [replace(row, state=DeletionState.UNSETTLED) for row in rows]
        self._catalog.keep_deletions(change_of(change), begun)
        chart.unhide(change, [row.photo_id for row in rows])
        self.settle(change, rows)

    def purge(self, change: Change, deletion: Deletion, at_ms: int) -> None:
        """Delete the bytes of a hidden photo for good. That it was there, and its content id as deleted, stay."""
        chart = self._existing(deletion.patient_id)
        item = chart.item(deletion.photo_id)
        if item is not None and item.presence is Presence.HIDDEN:
            self._catalog.keep_deletions(change_of(change), [replace(deletion, state=DeletionState.UNSETTLED)])
            chart.let_go(change, deletion.photo_id, Presence.PURGED, at_ms)
        self.settle(change, [deletion])

    def unsettled(self) -> list[Deletion]:
        """Deletions that a crash interrupted here."""
        found = self._catalog.deletions(DeletionState.UNSETTLED)
        return [one for one in found if _is_own(self._catalog, "deletion", one.photo_id)]

    def settle(self, change: Change, deletions: Sequence[Deletion]) -> None:
        """Make content ids, index and the deletions' own state follow what the charts say."""
        settled: list[Deletion] = []
        for one in deletions:
            chart = self._existing(one.patient_id)
            item = chart.item(one.photo_id)
            presence = item.presence if item is not None else Presence.HERE
            if item is not None and presence is not Presence.MOVED:
                state = ContentState.FILED if presence is Presence.HERE else ContentState.DELETED
                self._catalog.correct_content(self._contents(item, chart, state))
            settled.append(replace(one, state=_STATES[presence]))
        for patient_id in {one.patient_id for one in deletions}:
            self._follow(self._existing(patient_id), [one.photo_id for one in deletions])
        self._catalog.keep_deletions(change_of(change), settled)

    # -- inside -------------------------------------------------------------------------------------------------

    def _existing(self, patient_id: str) -> Chart:
        if not self._charts.exists(patient_id):
            raise unknown_photo()
        return self._charts.open(patient_id)

    def _here(self, chart: Chart, photo_id: str) -> Item:
        item = chart.item(photo_id)
        if item is None or item.presence is not Presence.HERE:
            raise unknown_photo()
        return item

    def _follow(self, chart: Chart, photo_ids: Sequence[str]) -> None:
        """The photo index says of these photos what the chart says."""
        index = self._catalog.index
        if index is None:
            return
        listed = {photo.photo_id: photo for photo in chart.photos()}
        index.put([listed[one] for one in photo_ids if one in listed])
        index.remove(chart.patient_id, [one for one in photo_ids if one not in listed])

    def _contents(self, item: Item, chart: Chart, state: ContentState) -> list[KnownContent]:
        return [
            KnownContent(
                self._keyset.content_id(bytes.fromhex(one.sha256)),
                state,
                chart.patient_id,
                item.item_id,
                str(item.fields["job_id"]),
            )
            for one in item.originals
        ]

    def _sealed(self, move_id: str, reason: str) -> bytes:
        """The reason for whoever finishes the move, sealed to the inbox key as the catalog holds nothing clinical."""
        keyset = self._keyset
        record = pack([VERSION, SUITE, reason])
        sealed = seal_to(keyset.inbox_public, record, _SEALED_KIND, keyset.clinic_id, bytes.fromhex(move_id))
        return keyset.inbox_epoch.to_bytes(4, "little") + sealed

    def _opened(self, move: PhotoMove) -> str:
        keyset = self._keyset
        key = keyset.inbox_keys.get(int.from_bytes(move.sealed[:4], "little"))
        if key is None:
            return ""  # a key of another epoch: the photos matter more than the sentence
        opened = seal_open(key, move.sealed[4:], _SEALED_KIND, keyset.clinic_id, bytes.fromhex(move.move_id))
        return str(unpack(opened, _SEALED_KIND, 3)[2])


def _carry_comparisons(change: Change, source: Chart, target: Chart) -> None:
    """A kept comparison whose photos all moved goes with them; one that lost only some stays, and lists tell of it."""
    kept = source.comparisons()
    there = {photo.photo_id for photo in target.photos()} if kept else set()
    for comparison in kept:
        if there.issuperset(comparison.photo_ids):
            target.put_comparison(change, comparison)
            source.drop_comparison(change, comparison.comparison_id)


def change_of(change: Change) -> Change:
    """The same change for the catalog, which front desks read: without the reason, which may be clinical."""
    return Change(change.actor, "correction")


def with_companions(chart: Chart, photo_ids: Sequence[str], presence: Presence) -> list[str]:
    """Each id once, followed by its twins and the attachments that share its photo's fate."""
    wanted: dict[str, None] = {}
    for photo_id in photo_ids:
        for one in (photo_id, *chart.twins(photo_id, presence.value)):
            wanted[one] = None
            wanted.update(dict.fromkeys(chart.companions(one, presence)))
    return list(wanted)


def _is_in(chart: Chart, photo_id: str) -> bool:
    item = chart.item(photo_id)
    return item is not None and item.presence in (Presence.HERE, Presence.HIDDEN)


def _is_own(catalog: Catalog, entity: str, entity_id: str) -> bool:
    """Whether this workstation said last how far it is."""
    with catalog.ledger.database.reader() as connection:
        said = field_clocks(connection, entity, entity_id).get("state")
    return said is None or said[1] == catalog.keyset.workstation_id


def _twin_has_moved(keyset: KeySet, item: Item, target: Chart, move: PhotoMove) -> bool:
    """Whether the same bytes have moved already, under the photo that this one is a twin of."""
    held = [target.content(keyset.content_id(bytes.fromhex(one.sha256))) for one in item.originals]
    owners = {target.photo_of(one) if one is not None else "" for one in held}
    return bool(owners) and item.item_id not in owners and owners <= set(move.photo_ids)
