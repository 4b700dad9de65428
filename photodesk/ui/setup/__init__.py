"""Screen 9, the first run: founding a clinic with its recovery kit, or joining one by its server."""

from photodesk.ui.setup.join_view import JoinView
from photodesk.ui.setup.model import SetupModel, Step
from photodesk.ui.setup.view import SetupView

__all__ = ["JoinView", "SetupModel", "SetupView", "Step"]
