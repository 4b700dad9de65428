"""Ask what leaves, what for and to whom. Nothing is chosen for the person but the way they look at the pair now."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QWidget

from photodesk.compare import Mode
from photodesk.ui.compare.picture import Look
from photodesk.ui.controls.buttons import Button, ButtonKind
from photodesk.ui.controls.check_box import CheckBox
from photodesk.ui.controls.dropdown import Dropdown
from photodesk.ui.controls.fields import TextField
from photodesk.ui.controls.popover import Dialog
from photodesk.ui.controls.text import Text, hbox, vbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.theme import VIEWING

WIDE_PX = 600
SIZES = (("1600", "1600 px wide"), ("2400", "2400 px wide"), ("4000", "4000 px wide"))
KINDS = (("png", "Picture (PNG)"), ("pdf", "Page (PDF)"))
_WAYS = {
    Mode.SIDE_BY_SIDE: "Side by side",
    Mode.CURTAIN: "Curtain",
    Mode.OVERLAY: "Overlay",
    Mode.DIFFERENCE: "Difference",
}
SAID = (
    "Names and numbers are never in it. Whether the photos are aligned, and whatever else was done to them, always is."
    " It is logged before anything leaves."
)


class ExportDialog(Dialog):
    """`chosen` is called with (look, `png` or `pdf`, purpose, recipient). `ways` are those that say something."""

    def __init__(
        self,
        window: QWidget,
        now: Look,
        ways: Sequence[Mode],
        *,
        has_marks: bool,
        chosen: Callable[[Look, str, str, str], None],
    ) -> None:
        super().__init__(window, "Export this comparison", WIDE_PX, theme=VIEWING)
        self._now, self._chosen = now, chosen
        self.body.addWidget(Text("Export this comparison", TextRole.HEADING, theme=VIEWING))
        self.purpose = self._field("What for", "Letter to the referring doctor")
        self.recipient = self._field("To whom", "Name of the person or practice")
        self.kind = Dropdown("Kind", KINDS, value="png", theme=VIEWING, height=40)
        offered = tuple((way.value, _WAYS[way]) for way in ways)
        self.way = Dropdown("Way", offered, value=now.mode.value, theme=VIEWING, height=40)
        self.wide = Dropdown("Size", SIZES, value="1600", theme=VIEWING, height=40)
        row = hbox(None, 12)
        for part in (self.way, self.kind, self.wide):
            row.addWidget(part)
        row.addStretch(1)
        self.body.addLayout(row)
        self.dates = CheckBox("Dates and the time between", theme=VIEWING)
        self.marks = CheckBox("Marks and their figures, without typed words", theme=VIEWING)
        self.comparability = CheckBox("How comparable the photos are", theme=VIEWING)
        self.marks.setEnabled(has_marks)
        boxes = vbox(None, 0)
        for box in (self.dates, self.marks, self.comparability):
            box.setVisible(box.isEnabled())
            boxes.addWidget(box)
        self.body.addLayout(boxes)
        self.body.addWidget(Text(SAID, TextRole.SMALL, "ink2", theme=VIEWING, wrap=True))
        self._buttons()

    def offer_comparability(self, offered: bool) -> None:
        """It is measured of two photos."""
        self.comparability.setVisible(offered)

    def _field(self, label: str, placeholder: str) -> TextField:
        column = vbox(None, 4)
        made = TextField(label, placeholder=placeholder, height=40, theme=VIEWING)
        made.edit.setMaxLength(200)
        made.edit.textEdited.connect(lambda _text: made.set_bad(False))
        column.addWidget(Text(label, TextRole.LABEL, "ink2", theme=VIEWING))
        column.addWidget(made)
        self.body.addLayout(column)
        return made

    def _buttons(self) -> None:
        row = hbox(None, 12)
        row.addStretch(1)
        cancel = Button("Cancel", key="Esc", height=40, theme=VIEWING)
        cancel.clicked.connect(self.dismiss)
        self.go = Button("Choose a folder", ButtonKind.PRIMARY, key="Enter", height=40, theme=VIEWING)
        self.go.clicked.connect(lambda _checked=False: self.accept())
        row.addWidget(cancel)
        row.addWidget(self.go)
        self.body.addLayout(row)
        self.on_accept(self.accept)

    def accept(self) -> None:
        """Purpose and recipient are needed."""
        for field in (self.purpose, self.recipient):
            if not field.text().strip():
                field.set_bad(True)
                field.edit.setFocus()
                return
        look = Look(
            Mode(self.way.value),
            int(self.wide.value),
            self._now.share,
            dates=self.dates.isChecked(),
            notes=True,
            marks=self.marks.isChecked(),
            comparability=self.comparability.isChecked(),
        )
        self.dismiss()
        self._chosen(look, self.kind.value, self.purpose.text().strip(), self.recipient.text().strip())
