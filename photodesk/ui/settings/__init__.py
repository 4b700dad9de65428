"""Settings: small and real. When this desk locks, whose idleness is meant, what PhotoDesk is for."""

from photodesk.ui.settings.page import SettingsPage

__all__ = ["SettingsPage"]
