"""Screen 9, the first run: clinic and workstation, administrator, storage and keys, recovery kit."""

from photodesk.ui.setup.model import SetupModel, Step
from photodesk.ui.setup.view import SetupView

__all__ = ["SetupModel", "SetupView", "Step"]
