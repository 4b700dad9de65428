"""Why a file has no preview, also when it is only recognised: so that a second import tells the same as the first."""

from __future__ import annotations

from photodesk.errors import PhotoDeskError
from photodesk.imaging.media_types import is_still_picture
from photodesk.importing.workplace import Workplace
from photodesk.store.catalog import ContentState, KnownContent
from photodesk.store.packs import PackReader, Shot, pack_numbers


class Reasons:
    """Remembers what it looked up, as far as the signed-in person's keys can tell."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace
        self._shots: dict[str, str] = {}
        self._contents: dict[bytes, str] = {}

    def seen(self, shot: Shot) -> None:
        """A shot of this import, with what its decoder said."""
        reason = _kept_as_is(shot)
        self._shots[shot.shot_id] = reason
        self._contents[self._workplace.content_id(shot.sha256)] = reason

    def of_shot(self, shot_id: str) -> str:
        """The reason of a shot seen before, "" for none."""
        return self._shots.get(shot_id, "")

    def of(self, known: KnownContent) -> str:
        """The reason of bytes the store has already, "" for none or where no key opens them."""
        remembered = self._contents.get(known.content_id)
        if remembered is not None:
            return remembered
        try:
            reason = self._look_up(known)
        except PhotoDeskError:
            return ""
        self._contents[known.content_id] = reason
        return reason

    def _look_up(self, known: KnownContent) -> str:
        if known.state is ContentState.INBOX:
            return self._in_inbox(known)
        if known.state is ContentState.DELETED or not self._workplace.opens_charts:
            return ""
        return self._workplace.charts.open(known.patient_id).kept_as_is(known.content_id)

    def _in_inbox(self, known: KnownContent) -> str:
        workplace = self._workplace
        for number in pack_numbers(workplace.layout, known.job_id):
            reader = PackReader.open(workplace.layout, known.job_id, number, workplace.keyset, workplace.keeper)
            try:
                for shot in reader.shots():
                    if shot.shot_id == known.photo_id:
                        return _kept_as_is(shot)
            finally:
                reader.close()
        return ""


def _kept_as_is(shot: Shot) -> str:
    return shot.facts.undecodable or (shot.reason if not is_still_picture(shot.facts.media_type) else "")
