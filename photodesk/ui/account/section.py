"""Settings, section "You": the own password, the authenticator app and the security keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from photodesk.desk.factors import Enrolment, Factors
from photodesk.desk.security_key import KeyReader
from photodesk.ui.account.enrol_dialog import GATE, CodesDialog, EnrolDialog
from photodesk.ui.account.proof_dialog import KeyDialog, PasswordDialog, ProofDialog, Work
from photodesk.ui.controls import Button, Card, LinkButton, Text, empty, hbox, vbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.page import PageContext
from photodesk.ui.settings.section import Section
from photodesk.ui.words import counted

REAL = (
    "A security key (FIDO2) is the real second factor: its answer is part of your keys, so that a stolen password "
    "opens nothing, whatever program tries it. Enrol two, and keep one in a drawer."
)
LOST = "Whoever loses every key needs an administrator, who gives the account new keys."
ALONE = "From now on the password alone opens nothing"
DEMANDED = "The clinic demands a second factor of your role."


@dataclass(frozen=True)
class Account:
    """What the section shows."""

    factors: Factors
    key_ids: tuple[str, ...]


class AccountSection(Section):
    """Everything changes with the password typed again; then the section reads itself anew."""

    def __init__(self, context: PageContext) -> None:
        super().__init__(context, "You")
        self._keys, self._factors = context.desk.security_keys, context.desk.factors
        self._cards = vbox(None, 16)
        self.column.addLayout(self._cards)
        self.buttons: dict[str, Button | LinkButton] = {}

    def refresh(self) -> None:
        self.context.tasks.store(self._read, self._show, self.failed)

    def _read(self) -> Account:
        return Account(self._factors.mine(), tuple(sorted(slot.slot_id for slot in self._keys.mine())))

    def _show(self, account: Account) -> None:
        empty(self._cards)
        self.buttons = {}
        self._cards.addWidget(self._password_card(account))
        self._cards.addWidget(self._app_card(account.factors))
        self._cards.addWidget(self._keys_card(account))

    def _card(self, title: str, state: str, words: str) -> Card:
        card = Card(24, 12)
        head = hbox(None, 16)
        head.addWidget(Text(title, TextRole.SUBHEADING), 1)
        head.addWidget(Text(state, TextRole.BODY, "ink2"))
        card.body.addLayout(head)
        card.body.addWidget(Text(words, TextRole.SMALL, "ink2", wrap=True))
        return card

    def _button(self, name: str, words: str, act: Callable[[], None]) -> Button:
        button = Button(words, height=36)
        button.clicked.connect(lambda _checked=False: act())
        self.buttons[name] = button
        return button

    def _row(self, card: Card, *buttons: Button) -> Card:
        row = hbox(None, 12)
        for button in buttons:
            row.addWidget(button)
        row.addStretch(1)
        card.body.addLayout(row)
        return card

    # -- the password --

    def _password_card(self, account: Account) -> Card:
        words = "It opens your keys on this computer. Nobody else knows it, and an administrator cannot read it."
        card = self._card("Password", self.context.desk.person.name, words)
        return self._row(card, self._button("password", "Change password", lambda: self._change(len(account.key_ids))))

    def _change(self, keys: int) -> None:
        words = "Twelve characters or more; a few words are good."
        if keys:
            words += f" {counted(keys, 'security key')} will have to be touched, so have them plugged in."
        PasswordDialog(
            self.window(), words, self.context.tasks, self._keys.change_password, self._said("Password changed.")
        ).open()

    # -- the app --

    def _app_card(self, mine: Factors) -> Card:
        if not mine.app:
            state = "Not enrolled"
            words = f"{DEMANDED} {GATE}" if mine.demanded else GATE
            return self._row(
                self._card("Authenticator app", state, words),
                self._button(
                    "enrol-app", "Enrol an app", lambda: self._prove("Enrol an authenticator app", self._began)
                ),
            )
        state = f"Enrolled · {counted(mine.backup_codes or 0, 'backup code')} left"
        return self._row(
            self._card("Authenticator app", state, GATE),
            self._button("codes", "New backup codes", lambda: self._prove("New backup codes", self._renew)),
            self._button("remove-app", "Remove", lambda: self._prove("Remove the authenticator app", self._remove_app)),
        )

    def _prove(self, title: str, then: Callable[[], None]) -> None:
        def work(password: str, keys: KeyReader) -> None:
            self._keys.prove(password, keys)

        self._ask(title, "First your password again.", "Continue", work, lambda _: then())

    def _began(self) -> None:
        self.context.tasks.store(self._factors.begin_totp, self._enrol, self.failed)

    def _enrol(self, enrolment: Enrolment) -> None:
        def confirm(
            typed: str, done: Callable[[tuple[str, ...]], None], failed: Callable[[BaseException], None]
        ) -> None:
            self.context.tasks.store(lambda: self._factors.confirm_totp(enrolment, typed), done, failed)

        dialog = EnrolDialog(self.window(), enrolment, confirm)
        dialog.enrolled.connect(partial(self._said("The app is enrolled."), None))
        dialog.open()

    def _renew(self) -> None:
        def shown(codes: tuple[str, ...]) -> None:
            dialog = CodesDialog(self.window(), codes)
            dialog.closed.connect(self.refresh)
            dialog.open()

        self.context.tasks.store(self._factors.renew_backup_codes, shown, self.failed)

    def _remove_app(self) -> None:
        self.context.tasks.store(self._factors.remove_totp, self._said("The app is removed."), self.failed)

    # -- the keys --

    def _keys_card(self, account: Account) -> Card:
        count, mine = len(account.key_ids), account.factors
        state = counted(count, "key") if count else "None"
        words = f"{REAL} {LOST}"
        if count and mine.password_alone:
            words = (
                "Your password alone still opens everything: enrol the second key, or say that one is enough. " + words
            )
        card = self._card("Security keys", state, words)
        for number, slot_id in enumerate(account.key_ids, 1):
            row = hbox(None, 12)
            row.addWidget(Text(f"Key {number}", TextRole.BODY))
            row.addWidget(Text(slot_id[:8], TextRole.CODE, "ink3"), 1)
            link = LinkButton("Remove")
            link.setAccessibleName(f"Remove key {number}")
            link.clicked.connect(partial(self._remove_key, slot_id, number, last=count == 1))
            self.buttons[f"remove-key-{number}"] = link
            row.addWidget(link)
            card.body.addLayout(row)
        add = self._button("add-key", "Add a key", lambda: self._add_key(count))
        add.setEnabled(count < 2)
        return self._row(card, add)

    def _add_key(self, count: int) -> None:
        def enrol(password: str, keys: KeyReader, alone: bool) -> object:
            return self._keys.enrol(password, keys, alone=alone)

        words = "Plug in the second key, beside the first." if count else "Plug the key in. It has to be touched twice."
        done = self._said("The security key is enrolled.")
        dialog = KeyDialog(self.window(), words, self.context.tasks, enrol, done)
        if not count:
            dialog.offer_alone(ALONE, f"Otherwise that begins with the second key. {LOST}")
        dialog.open()

    def _remove_key(self, slot_id: str, number: int, _checked: bool = False, *, last: bool) -> None:
        def work(password: str, keys: KeyReader) -> None:
            self._keys.remove(slot_id, password, keys)

        words = "After this your password alone opens again." if last else "The other key stays."
        self._ask(f"Remove key {number}", words, "Remove", work, self._said("The security key is removed."))

    # -- dialogs --

    def _ask(self, title: str, words: str, action: str, work: Work, done: Callable[[object], None]) -> None:
        ProofDialog(self.window(), title, words, action, self.context.tasks, work, done).open()

    def _said(self, words: str) -> Callable[[object], None]:
        def done(_result: object) -> None:
            self.context.navigate.say(words)
            self.refresh()

        return done
