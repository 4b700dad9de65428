"""Settings, section "Clinic server": how it stands, connecting, limits by hours, what was sent and received."""

from __future__ import annotations

from photodesk.sync.status import NONE
from photodesk.ui.page import PageContext
from photodesk.ui.settings.section import Section
from photodesk.ui.sync.activity_card import ActivityCard
from photodesk.ui.sync.connect_dialog import ConnectDialog
from photodesk.ui.sync.limits_card import LimitsCard
from photodesk.ui.sync.restored_dialog import RestoredDialog
from photodesk.ui.sync.status_card import StatusCard
from photodesk.ui.sync.watch import watch_of

CONNECTED = "The clinic is connected. Changes and photos are on their way to the server."
SIGNED = "Signed. What the server lacks is sent again by every workstation."


class ServerSection(Section):
    """Follows the watch while it is shown."""

    def __init__(self, context: PageContext) -> None:
        super().__init__(context, "Clinic server")
        self.watch = watch = watch_of(context)
        self.card = StatusCard(context, watch)
        self.card.connect_asked.connect(self.connect_clinic)
        self.card.restored_asked.connect(self.server_restored)
        self.limits = LimitsCard(context, watch)
        self.activity = ActivityCard(context, watch)
        for card in (self.card, self.limits, self.activity):
            self.column.addWidget(card)
        self.dialog: ConnectDialog | RestoredDialog | None = None
        watch.changed.connect(self._show)
        self._show()

    def refresh(self) -> None:
        self.watch.look()
        self.limits.refresh()
        self.activity.refresh()

    def connect_clinic(self) -> None:
        """Ask for the server's address and code."""
        self.dialog = ConnectDialog(self.window(), self.context, self.watch.server, self._connected)
        self.dialog.open()

    def server_restored(self) -> None:
        """Ask whether the server was honestly restored."""
        self.dialog = RestoredDialog(self.window(), self.context, self.watch.server, self.said(SIGNED))
        self.dialog.open()

    def _connected(self) -> None:
        self.said(CONNECTED)()
        self.watch.sync_now()

    def _show(self) -> None:
        self.card.show_status()
        here = self.watch.now.state != NONE
        self.limits.setVisible(here)
        self.activity.setVisible(here)
        if here and self.isVisible():
            self.activity.refresh()
