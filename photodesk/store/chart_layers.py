"""What people lay over photos: marks, scales, lesions followed over visits, and comparisons they kept.

Each is a projection of operations like everything in a chart: who drew what, when, and what stood there before stays
in its history, and what was taken away is gone from the layer and not from the history.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

import msgspec

from photodesk.photos.comparison import Comparison, KeptLight, Laid, SeenPart
from photodesk.photos.marks import Lesion, Mark, MarkKind, Scale, ScaleSource
from photodesk.store.change import Change
from photodesk.store.chart_filing import ChartFiling
from photodesk.store.layer_schema import LAYER_TABLES
from photodesk.store.operations import Operation
from photodesk.store.projection import Edit


class _Content(msgspec.Struct, frozen=True):
    """What of a comparison needs no column of its own."""

    laid: tuple[Laid, ...]
    mode: str
    parts: tuple[SeenPart, ...]
    divider: float
    light_matched: bool
    divider_degrees: float = 0.0
    as_taken: bool = False
    light: KeptLight | None = None
    surround: str = ""


class ChartLayers(ChartFiling):
    """The layers of one open chart."""

    def marks(self, photo_ids: Iterable[str] = ()) -> tuple[Mark, ...]:
        """Marks of these photos, of all without ids; in the order of their ids. Those of deleted photos are hidden."""
        rows = self.ledger.database.rows(
            "SELECT mark_id, photo_id, kind, points, text, lesion_id, aided, pinned FROM mark WHERE gone = 0"
            " AND photo_id IN (SELECT photo_id FROM photo WHERE presence = '')"
        )
        wanted, twins = frozenset(photo_ids), self.listed_as()
        marks = (_mark((row[0], twins.get(row[1], row[1]), *row[2:])) for row in rows)
        return tuple(mark for mark in marks if not wanted or mark.photo_id in wanted)

    def layer_operations(self, photo_id: str) -> list[Operation]:
        """Every operation about the marks and the scale of a photo, also of those taken away; the earliest first."""
        rows = self.ledger.database.rows("SELECT mark_id FROM mark WHERE photo_id = ?", (photo_id,))
        return self.operations_of([photo_id, *(str(row[0]) for row in rows)])

    def put_mark(self, change: Change, mark: Mark) -> bool:
        """Draw a mark, or change the one of this id; whether anything differs from what stood there."""
        fields = {
            "photo_id": mark.photo_id,
            "kind": mark.kind.value,
            "points": [list(point) for point in mark.points],
            "text": mark.text,
            "lesion_id": mark.lesion_id,
            "aided": int(mark.aided),
            "pinned": list(mark.pinned),
            "gone": 0,
        }
        return self._put(change, "mark", mark.mark_id, fields, mark.photo_id)

    def drop_mark(self, change: Change, mark_id: str) -> bool:
        """Take a mark away; it stays in the history."""
        return self._put(change, "mark", mark_id, {"gone": 1}, "")

    def scales(self) -> dict[str, Scale]:
        """Scales by photo id."""
        rows = self.ledger.database.rows(
            "SELECT photo_id, across_mm, down_mm, error_share, source, points, known_mm FROM scale WHERE gone = 0"
            " AND photo_id IN (SELECT photo_id FROM photo WHERE presence = '')"
        )
        twins: dict[str, str] = self.listed_as()
        found: dict[str, Scale] = {}
        for owner, across, down, error, source, points, known in sorted(rows, key=lambda row: row[0] not in twins):
            photo_id = twins.get(str(owner), str(owner))
            found[photo_id] = Scale(photo_id, across, down, error, ScaleSource(source), _points(points), known)
        return found

    def put_scale(self, change: Change, scale: Scale) -> bool:
        """Give a photo its scale."""
        fields = {**asdict(scale), "source": scale.source.value, "points": [list(p) for p in scale.points], "gone": 0}
        del fields["photo_id"]
        return self._put(change, "scale", scale.photo_id, fields, scale.photo_id)

    def drop_scale(self, change: Change, photo_id: str) -> bool:
        """Take a photo's scale away."""
        return self._put(change, "scale", photo_id, {"gone": 1}, photo_id)

    def lesions(self) -> tuple[Lesion, ...]:
        """Everything followed over visits, by name."""
        rows = self.ledger.database.rows("SELECT lesion_id, name, body_site FROM lesion WHERE gone = 0 ORDER BY name")
        return tuple(Lesion(*row) for row in rows)

    def put_lesion(self, change: Change, lesion: Lesion) -> bool:
        """Follow a lesion, or name it anew."""
        fields = {"name": lesion.name, "body_site": lesion.body_site, "gone": 0}
        return self._put(change, "lesion", lesion.lesion_id, fields, "")

    def comparisons(self) -> tuple[Comparison, ...]:
        """Comparisons that were kept, newest first."""
        rows = self.ledger.database.rows(
            "SELECT comparison_id, name, content, made_by, made_at_ms FROM comparison WHERE gone = 0"
            " ORDER BY made_at_ms DESC, comparison_id"
        )
        return tuple(_comparison(row) for row in rows)

    def put_comparison(self, change: Change, comparison: Comparison) -> bool:
        """Keep a comparison, or change the one of this id."""
        content = _Content(
            comparison.laid,
            comparison.mode,
            comparison.parts,
            comparison.divider,
            comparison.light_matched,
            comparison.divider_degrees,
            comparison.as_taken,
            comparison.light,
            comparison.surround,
        )
        fields = {
            "name": comparison.name,
            "content": msgspec.json.encode(content).decode("utf-8"),
            "made_by": comparison.made_by,
            "made_at_ms": comparison.made_at_ms,
            "gone": 0,
        }
        return self._put(change, "comparison", comparison.comparison_id, fields, "")

    def drop_comparison(self, change: Change, comparison_id: str) -> bool:
        """Keep it no longer."""
        return self._put(change, "comparison", comparison_id, {"gone": 1}, "")

    def _put(self, change: Change, entity: str, entity_id: str, fields: dict[str, Any], photo_id: str) -> bool:
        before = self._columns(entity, entity_id)
        changed = {name: value for name, value in fields.items() if not before or before[name] != _stored(value)}
        if not changed:
            return False
        with self._writing(change, photo_id) as writing:
            writing.record(self._scope, Edit(entity, entity_id, "set" if before else "add", changed))
        return True

    def _columns(self, entity: str, entity_id: str) -> dict[str, Any]:
        table = LAYER_TABLES[entity]
        names = sorted(table.columns)
        row = self.ledger.database.row(
            f"SELECT {', '.join(names)} FROM {table.name} WHERE {table.key} = ?",  # noqa: S608  our own schema's names
            (entity_id,),
        )
        return {} if row is None else dict(zip(names, row, strict=True))


def _stored(value: Any) -> Any:
    return msgspec.json.encode(value).decode("utf-8") if isinstance(value, list) else value


def _points(text: str) -> tuple[tuple[float, float], ...]:
    return msgspec.json.decode(text, type=tuple[tuple[float, float], ...])


def _mark(row: Any) -> Mark:
    mark_id, photo_id, kind, points, text, lesion_id, aided, pinned = row
    indexes = msgspec.json.decode(pinned, type=tuple[int, ...])
    return Mark(mark_id, photo_id, MarkKind(kind), _points(points), text, lesion_id, bool(aided), indexes)


def _comparison(row: Any) -> Comparison:
    comparison_id, name, text, made_by, made_at_ms = row
    content = msgspec.json.decode(text, type=_Content)
    return Comparison(
        comparison_id,
        name,
        content.laid,
        content.mode,
        content.parts,
        content.divider,
        content.light_matched,
        made_by,
        made_at_ms,
        content.divider_degrees,
        content.as_taken,
        content.light,
        surround=content.surround,
    )
