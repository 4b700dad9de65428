"""A founded clinic for tests of the key files: cheap passwords, a keyring in memory, no keeper."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from photodesk.clock import SystemClock
from photodesk.crypto import FLOOR_COST
from photodesk.store.catching_up import catch_up
from photodesk.store.founding import Founded, found
from photodesk.store.keyring import Secrets
from photodesk.store.keyset import KeySet
from photodesk.store.layout import Layout
from photodesk.store.membership import Membership
from photodesk.store.people import add_person
from photodesk.store.roles import Role
from photodesk.store.signin import open_slot, people_for_signin
from photodesk.store.workstation import WorkstationSigner, open_workstation_keys
from tests.store.fake_keyring import MemoryKeyring

PASSWORD = "quiet lamp on the stairs"
OTHER_PASSWORD = "seven grey boats at noon"


@dataclass
class Clinic:
    layout: Layout
    secrets: Secrets
    keyring: MemoryKeyring
    founded: Founded

    def sign_in(self, name: str = "Ada Byron", password: str = PASSWORD) -> KeySet:
        slot = next(one.slot_id for one in people_for_signin(self.layout, self.secrets) if one.name == name)
        return open_slot(self.layout, self.secrets, slot, password)

    def signer(self) -> WorkstationSigner:
        keys = open_workstation_keys(self.layout, self.secrets)
        return WorkstationSigner(keys.workstation_signing, keys.clinic_id)

    def add(self, by: KeySet, name: str, *roles: Role) -> str:
        return add_person(self.membership(by), name, roles, OTHER_PASSWORD, FLOOR_COST)

    def membership(self, by: KeySet) -> Membership:
        """For one change by somebody who signed in."""
        return Membership(self.layout, by, self.secrets, self.signer(), SystemClock())

    def catch_up(self, keyset: KeySet) -> int:
        """What a sign-in does; how many grants were made."""
        return catch_up(self.layout, keyset, self.secrets, self.signer(), SystemClock())[0]

    def copied(self, to: Path) -> Clinic:
        """The same clinic in a copied folder."""
        shutil.copytree(self.layout.root, to)
        return Clinic(Layout(to), self.secrets, self.keyring, self.founded)


def make_clinic(root: Path, roles: tuple[Role, ...] = ()) -> Clinic:
    keyring = MemoryKeyring()
    secrets, layout = Secrets(keyring), Layout(root)
    founded = found(layout, "Example Skin Clinic", "Front desk", "Ada Byron", PASSWORD, roles, secrets, FLOOR_COST)
    return Clinic(layout, secrets, keyring, founded)
