"""The worklist on the screens: reading it while a desk is open, what needs a look, and its set-up.

`watching` reads the drop folder or asks the server, off the GUI thread, and only while somebody is signed in; `looks`
shows lines that need a person; `section` and `setup_dialog` are the settings' part. Decisions are `desk.worklist`'s.
"""

from photodesk.ui.worklist.looks import LooksCard
from photodesk.ui.worklist.section import WorklistSection
from photodesk.ui.worklist.watching import WorklistWatch

__all__ = ["LooksCard", "WorklistSection", "WorklistWatch"]
