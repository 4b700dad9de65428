"""Site and view chosen for shots that are not filed yet: kept with the job, so that a lock or a restart loses none.

They are clinical and the catalog is not, so they are sealed twice: to the inbox (a desk with chart keys goes on with
them) and to the person who chose them (a front desk finds its own again). Filing puts them into the assignment.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from photodesk import crypto
from photodesk.errors import Damaged
from photodesk.ids import to_bytes, to_text

if TYPE_CHECKING:
    from photodesk.desk.session import Session

KIND = "shot-marks"


@dataclass(frozen=True)
class Place:
    """Where on the body and from which side, as codes; "" where nobody said."""

    site: str = ""
    view: str = ""


class _Sealed(msgspec.Struct, array_like=True):
    version: int
    suite: int
    inbox_epoch: int
    to_inbox: bytes
    person_id: str
    to_person: bytes


class ShotMarks:
    """The chosen places of one job's shots. Reads and writes the catalog: for the store thread."""

    def __init__(self, session: Session, job_id: str) -> None:
        self._session = session
        self._job_id = job_id

    @property
    def _name(self) -> str:
        return f"import.marks.{self._job_id}"

    def read(self) -> dict[str, Place]:
        """Places by shot id; empty where another front desk chose them. Damaged where they cannot be trusted."""
        text = self._session.catalog.setting(self._name) or ""
        if not text:
            return {}
        keyset, job = self._session.keyset, to_bytes(self._job_id)
        try:
            sealed = msgspec.msgpack.decode(bytes.fromhex(text), type=_Sealed)
        except (msgspec.DecodeError, ValueError):
            raise Damaged("marks", "The sites and views chosen for an import cannot be read.") from None
        inbox_key = keyset.inbox_keys.get(sealed.inbox_epoch)
        if inbox_key is not None:
            opened = crypto.seal_open(inbox_key, sealed.to_inbox, KIND, keyset.clinic_id, job)
        elif sealed.person_id == keyset.person_id:
            opened = crypto.seal_open(keyset.kem, sealed.to_person, KIND, keyset.clinic_id, job)
        else:
            return {}
        found = msgspec.msgpack.decode(opened, type=list[tuple[str, str, list[bytes]]])
        return {to_text(shot_id): Place(site, view) for site, view, shot_ids in found for shot_id in shot_ids}

    def write(self, marks: Mapping[str, Place]) -> None:
        """Keep these and only these; none at all leaves nothing behind."""
        keyset, job = self._session.keyset, to_bytes(self._job_id)
        by_place: dict[Place, list[bytes]] = {}
        for shot_id, place in marks.items():
            if place != Place():
                by_place.setdefault(place, []).append(to_bytes(shot_id))
        text = ""
        if by_place:
            plain = msgspec.msgpack.encode([(place.site, place.view, found) for place, found in by_place.items()])
            sealed = _Sealed(
                crypto.VERSION,
                crypto.SUITE,
                keyset.inbox_epoch,
                crypto.seal_to(keyset.inbox_public, plain, KIND, keyset.clinic_id, job),
                keyset.person_id,
                crypto.seal_to(keyset.kem.public, plain, KIND, keyset.clinic_id, job),
            )
            text = msgspec.msgpack.encode(sealed).hex()
        if text != (self._session.catalog.setting(self._name) or ""):
            change = self._session.actor.change("sites and views of an import")
            self._session.catalog.set_setting(change, self._name, text)

    def put(self, shot_ids: Iterable[str], *, site: str | None = None, view: str | None = None) -> dict[str, Place]:
        """Choose a site, a view or both for some shots (None leaves it as it is); all places as they were before."""
        before = self.read()
        after = dict(before)
        for shot_id in shot_ids:
            old = after.get(shot_id, Place())
            after[shot_id] = Place(old.site if site is None else site, old.view if view is None else view)
        self.write(after)
        return before

    def forget(self, shot_ids: Iterable[str]) -> None:
        """These are filed: their chart knows."""
        before = self.read()
        gone = set(shot_ids)
        if gone & before.keys():
            self.write({shot_id: place for shot_id, place in before.items() if shot_id not in gone})
