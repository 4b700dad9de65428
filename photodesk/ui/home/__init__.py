"""Screen 2: find a patient as you type, today's visits, what waits in the inbox, the state of this workstation."""

from photodesk.ui.home.model import HomeModel, matched_parts
from photodesk.ui.home.page import HomePage

__all__ = ["HomeModel", "HomePage", "matched_parts"]
