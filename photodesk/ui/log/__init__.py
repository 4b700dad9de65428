"""Screen 7: the activity log for the privacy officer: the chain first, then the question, then the answer."""

from photodesk.ui.log.model import ActivityModel
from photodesk.ui.log.page import ActivityPage

__all__ = ["ActivityModel", "ActivityPage"]
