"""Of whom the clinic demands a second factor: a box for each role, for those who may change the policy."""

from __future__ import annotations

from photodesk.desk.entrance import Role
from photodesk.desk.roles import Right
from photodesk.ui.controls import Card, CheckBox, Text
from photodesk.ui.fonts import TextRole
from photodesk.ui.page import PageContext, sentence
from photodesk.ui.words import role_words

WORDS = (
    "Whoever has one of these roles and no second factor is led through enrolling an authenticator app at the next "
    "sign-in. A security key counts too."
)
REQUIRED, OPTIONAL = "required", "optional"


class DemandedCard(Card):
    """Reads the policy when it is shown."""

    def __init__(self, context: PageContext) -> None:
        super().__init__(24, 8)
        self._context = context
        may = context.desk.may(Right.MANAGE_POLICY)
        self.body.addWidget(Text("A second factor is demanded of", TextRole.SUBHEADING))
        self.boxes: dict[Role, CheckBox] = {}
        for role in Role:
            box = self.boxes[role] = CheckBox(role_words({role}))
            box.setEnabled(may)
            box.clicked.connect(lambda on, role=role: self._set(role, on))
            self.body.addWidget(box)
        self.body.addWidget(Text(WORDS, TextRole.SMALL, "ink2", wrap=True))

    def refresh(self) -> None:
        """Read it again."""
        self._context.tasks.store(self._read, self._show, self._failed)

    def _read(self) -> dict[Role, bool]:
        return {role: self._context.desk.policy.get(_name(role)) == REQUIRED for role in Role}

    def _show(self, demanded: dict[Role, bool]) -> None:
        for role, box in self.boxes.items():
            box.setChecked(demanded[role])

    def _set(self, role: Role, on: bool) -> None:
        value = REQUIRED if on else OPTIONAL
        self._context.tasks.store(lambda: self._context.desk.policy.set(_name(role), value), self._saved, self._failed)

    def _saved(self, _none: None) -> None:
        self._context.navigate.say("Saved for every workstation.")

    def _failed(self, failure: BaseException) -> None:
        self._context.navigate.say(sentence(failure))
        self.refresh()


def _name(role: Role) -> str:
    return f"second-factor.{role}"
