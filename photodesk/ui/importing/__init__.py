"""Screens 6 and 6b: a card or folder becomes filed photos; and the inbox, where photos wait for a patient.

Three counters, because copied is not verified and verified is not filed. Pictures come through the gate only.
"""

from photodesk.ui.importing.import_page import ImportPage
from photodesk.ui.importing.inbox_page import InboxPage
from photodesk.ui.importing.model import ImportModel, ImportProgress

__all__ = ["ImportModel", "ImportPage", "ImportProgress", "InboxPage"]
