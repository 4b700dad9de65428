"""The clinic's protocols, and what a visit lacks of them. Kept as a setting; nothing clinical is in it."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from photodesk.desk.actor import Actor
from photodesk.desk.roles import Right
from photodesk.errors import Fixable
from photodesk.log.entry import Action
from photodesk.photos import DEFAULT_PROTOCOLS, Coverage, Photo, Protocol, cover
from photodesk.photos.protocols import validated
from photodesk.photos.sites import within
from photodesk.store.catalog import Catalog
from photodesk.store.charts import Charts

SETTING = "protocols"
MAX_PROTOCOLS = 60


class ProtocolDesk:
    """Lists, changes and applies protocols."""

    def __init__(self, actor: Actor, catalog: Catalog, charts: Charts) -> None:
        self._actor = actor
        self._catalog = catalog
        self._charts = charts

    def all(self) -> tuple[Protocol, ...]:
        """The clinic's protocols in their order; the ones PhotoDesk brings until somebody changed them."""
        kept = self._catalog.setting(SETTING)
        return DEFAULT_PROTOCOLS if kept is None else msgspec.json.decode(kept, type=tuple[Protocol, ...])

    def named(self, code: str) -> Protocol:
        """Fixable `protocol_unknown`."""
        found = next((protocol for protocol in self.all() if protocol.code == code), None)
        if found is None:
            raise Fixable("protocol_unknown", f"There is no protocol {code!r}.", "List them: photodesk protocol list")
        return found

    def for_site(self, site: str) -> tuple[Protocol, ...]:
        """Protocols with a picture of this site or of one around it."""
        return tuple(p for p in self.all() if any(within(site, step.site) for step in p.steps))

    def save(self, protocol: Protocol) -> Protocol:
        """Add a protocol, or replace the one with its code. Fixable `protocol_unusable`, `site_unknown` and so on."""
        tidy = validated(protocol)
        now = self.all()
        known = any(one.code == tidy.code for one in now)
        self._keep(tuple(tidy if one.code == tidy.code else one for one in now) + (() if known else (tidy,)), tidy.code)
        return tidy

    def remove(self, code: str) -> None:
        """Fixable `protocol_unknown`."""
        gone = self.named(code)
        self._keep(tuple(one for one in self.all() if one != gone), code)

    def missing(self, patient_id: str, visit_id: str, code: str = "") -> tuple[Coverage, ...]:
        """What a visit has of one protocol, or of every protocol it has begun."""
        self._actor.require(Right.SEE_CHART)
        charts = self._charts.of_person(patient_id)
        photos: Sequence[Photo] = [one for chart in charts for one in chart.photos() if one.visit_id == visit_id]
        if code:
            return (cover(self.named(code), photos),)
        return tuple(each for each in (cover(protocol, photos) for protocol in self.all()) if each.taken)

    def _keep(self, protocols: tuple[Protocol, ...], code: str) -> None:
        self._actor.require(Right.EDIT_PROTOCOLS)
        if len(protocols) > MAX_PROTOCOLS:
            raise Fixable("protocol_unusable", f"There are {MAX_PROTOCOLS} protocols already.", "Remove one first.")
        entry = self._actor.entry(Action.POLICY, details={"what": "protocol changed", "protocol": code})
        with self._actor.logged(entry):
            kept = msgspec.json.encode(protocols).decode("utf-8")
            self._catalog.set_setting(self._actor.change("protocol changed"), SETTING, kept)
