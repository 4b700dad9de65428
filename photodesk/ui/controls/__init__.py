"""The parts every screen is made of: they paint themselves from a `Theme`, have a focus ring and an accessible name.

Sizes are pixels of the style page. None of them decides anything.
"""

from photodesk.ui.controls.avatar import Avatar, initials
from photodesk.ui.controls.buttons import Button, ButtonKind, LinkButton
from photodesk.ui.controls.check_box import CheckBox
from photodesk.ui.controls.chips import Chip, FilterChip, Tone
from photodesk.ui.controls.dropdown import Dropdown
from photodesk.ui.controls.fact_row import fact_row
from photodesk.ui.controls.fields import TextArea, TextField
from photodesk.ui.controls.hints import KeyHint, KeyLine
from photodesk.ui.controls.painting import draw_focus_ring
from photodesk.ui.controls.popover import Dialog, Popover
from photodesk.ui.controls.progress import CountedProgress, ProgressLine
from photodesk.ui.controls.rows import Row
from photodesk.ui.controls.segmented import SegmentedControl
from photodesk.ui.controls.text import Card, Line, Text, empty, hbox, pass_mouse, vbox
from photodesk.ui.controls.thumbnails import ThumbnailWell, pixmap_of
from photodesk.ui.controls.toast import Toast

__all__ = [
    "Avatar",
    "Button",
    "ButtonKind",
    "Card",
    "CheckBox",
    "Chip",
    "CountedProgress",
    "Dialog",
    "Dropdown",
    "FilterChip",
    "KeyHint",
    "KeyLine",
    "Line",
    "LinkButton",
    "Popover",
    "ProgressLine",
    "Row",
    "SegmentedControl",
    "Text",
    "TextArea",
    "TextField",
    "ThumbnailWell",
    "Toast",
    "Tone",
    "draw_focus_ring",
    "empty",
    "fact_row",
    "hbox",
    "initials",
    "pass_mouse",
    "pixmap_of",
    "vbox",
]
