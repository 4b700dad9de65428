"""Settings: a list of sections (`sections`), each a column of cards. What cannot be changed is stated, not offered."""

from photodesk.ui.settings.page import SettingsPage

__all__ = ["SettingsPage"]
