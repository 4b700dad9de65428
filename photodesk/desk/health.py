"""Checking the store from a desk: everything is read back, what is derived may be rebuilt."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Literal

import msgspec

from photodesk.desk.actor import Actor
from photodesk.desk.alarms import log_cut
from photodesk.desk.roles import Right
from photodesk.errors import Damaged, PhotoDeskError
from photodesk.imaging.decoded import Decoder
from photodesk.imaging.renditions import encode
from photodesk.log.entry import Action
from photodesk.log.verify import Result, verify
from photodesk.photos import Rendition
from photodesk.progress import Cancel, Report, silent
from photodesk.store.catalog import Catalog
from photodesk.store.charts import Charts
from photodesk.store.health import Findings, Parts, check
from photodesk.store.index_healing import heal_index
from photodesk.store.keyset import KeySet
from photodesk.store.layout import Layout
from photodesk.store.quarantine import Quarantine
from photodesk.store.store_json import read_store

__all__ = ["Findings", "HealthDesk", "LastCheck", "stopped_by"]


class LastCheck(msgspec.Struct, frozen=True):
    """A whole check: when, its result, how many photos were proven, how many problems it left."""

    at_ms: int
    result: Literal["clean", "repaired", "damaged"]
    photos: int
    problems: int


def stopped_by(damage: Damaged) -> Findings:
    """What a check says that could not begin, or not go on: the store's own databases or key files are damaged."""
    findings = Findings()
    findings.met(damage)
    return findings


class HealthDesk:
    """Runs a check; what it finds damaged is an entry."""

    def __init__(
        self,
        actor: Actor,
        layout: Layout,
        keyset: KeySet,
        catalog: Catalog,
        charts: Charts,
        decoder: Decoder | None = None,
    ) -> None:
        self._actor = actor
        self._layout = layout
        self._keyset = keyset
        self._catalog = catalog
        self._charts = charts
        self._decoder = decoder

    def check(self, *, repair: bool = False, report: Report = silent, cancel: Cancel | None = None) -> Findings:
        """Check the whole store; `repair` rebuilds index and renditions. Refused `no_right`, `no_chart_keys`."""
        self._actor.require(Right.REPAIR_STORE if repair else Right.CHECK_STORE)
        logged = self._actor.keeper.generations()
        parts = Parts(self._layout, self._keyset, self._catalog, self._charts, self._actor.keeper, logged)
        rebuild = self._renditions if repair and self._decoder is not None else None
        findings = check(parts, repair=repair, rebuild=rebuild, report=report, cancel=cancel)
        self._log(findings)
        self._keep(findings)
        for problem in findings.problems:
            self._actor.log(
                self._actor.entry(
                    Action.DAMAGE,
                    photo_ids=(problem.photo_id,) if problem.photo_id else (),
                    outcome="repaired" if problem.repaired else problem.kind,
                    details={"kind": problem.kind, "chart": problem.chart_id or ""},
                )
            )
        return findings

    def heal_index(self, most: int | None = None, cancel: Cancel | None = None) -> int:
        """The photo index catches up with charts that an earlier desk could not tell it of: how many, at most so many.

        No right is asked for: nothing is shown, and nothing but what the charts say is written.
        """
        return heal_index(self._catalog.index, self._charts, most, cancel) if self._keyset.chart_keys else 0

    def last_check(self) -> LastCheck | None:
        """How the last whole check of this workstation's store ended; None before the first."""
        kept = self._catalog.setting(self._setting)
        try:
            return msgspec.json.decode(kept, type=LastCheck) if kept else None
        except msgspec.DecodeError:
            return None

    def moved_aside(self) -> int:
        """How many cases lie in the store's quarantine."""
        return len(Quarantine(self._layout, self._actor.clock).cases())

    @property
    def _setting(self) -> str:
        return f"check.last.{self._keyset.workstation_id}"

    def _keep(self, findings: Findings) -> None:
        left = sum(not problem.repaired for problem in findings.problems)
        last = LastCheck(self._actor.clock.wall_ms(), findings.result, findings.photos, left)
        with suppress(PhotoDeskError):  # a catalog that cannot be written is among the findings
            self._catalog.set_setting(self._actor.change("check"), self._setting, msgspec.json.encode(last).decode())

    def _log(self, findings: Findings) -> None:
        """Every byte of the log, as `photodesk log verify` checks it, and whether it ends where it ended before."""
        if self._actor.keeper.log_cut:
            findings.met(log_cut())
        store = read_store(self._layout)
        verdict = verify(self._layout.log, store.log_signing_keys, required=(store.workstation_id,))
        if verdict.result is not Result.INTACT and verdict.where is not None:
            findings.add(
                f"log_{verdict.result.value}",
                f"The log is {verdict.result.value} at entry {verdict.where.sequence} of workstation"
                f" {verdict.where.workstation_id}.",
            )

    def _renditions(self, original: bytes) -> Mapping[Rendition, bytes]:
        decoded = self._decoder.decode(original) if self._decoder is not None else None
        return encode(decoded.pixels) if decoded is not None and decoded.pixels is not None else {}
