"""From *password only* into a keyring: both secrets are kept there and read back before `store.json` names it.

What is cut short leaves the store as it was, or with a `secrets.local` that nothing reads any more; the next call, or
the next look at it (`left_behind`), takes it away. Copies of the folder that were made before keep their secrets.
"""

from __future__ import annotations

from photodesk.errors import Fixable, Refused
from photodesk.store.files import sync_folder
from photodesk.store.keyring import NO_KEYRING, LocalSecrets, Secrets, workstation_secret_account
from photodesk.store.keyset import KeySet
from photodesk.store.layout import Layout
from photodesk.store.roles import Role
from photodesk.store.signin import check_store
from photodesk.store.store_json import StoreFacts, mac_key, make_store, write_store


def move_into_keyring(layout: Layout, keyset: KeySet, keyring: Secrets) -> str:
    """The keyring's name. Refused `no_right`; Fixable `keyring_already`, `keyring_missing`, `keyring_locked`."""
    if Role.ADMINISTRATOR not in keyset.roles:
        raise Refused("no_right", "Only an administrator moves the secrets.", "Ask an administrator of the clinic.")
    local, name = LocalSecrets(layout.secrets_local), keyring.name()
    checked = check_store(layout, local if layout.secrets_local.exists() else keyring)
    if checked.store.keyring != NO_KEYRING:
        forget_left_behind(layout, keyring)
        raise Fixable("keyring_already", "The secrets lie in the keyring already.", "There is nothing to do.")
    for account, secret in local.everything().items():
        keyring.set(account, secret)
    facts = StoreFacts(checked.store.workstation_id, name, keyset.person_id)
    write_store(layout, make_store(checked.members, facts, keyset.signing, mac_key(checked.workstation_secret)))
    forget_left_behind(layout, keyring)
    return name


def forget_left_behind(layout: Layout, keyring: Secrets) -> bool:
    """Take away a `secrets.local` whose secrets are all in the keyring; whether there was one."""
    path = layout.secrets_local
    if not path.exists():
        return False
    held = LocalSecrets(path).everything()
    if any(keyring.get(account) != secret for account, secret in held.items()):
        raise Fixable("secrets_differ", "The keyring holds other secrets than the store.", "Ask for help.")
    path.unlink()
    sync_folder(path.parent)
    return True


def secrets_in_store(layout: Layout, keyset: KeySet) -> bool:
    """Whether this workstation's secret lies in the store's own folder."""
    if not layout.secrets_local.exists():
        return False
    account = workstation_secret_account(keyset.clinic_id, keyset.workstation_id)
    return account in LocalSecrets(layout.secrets_local).everything()
