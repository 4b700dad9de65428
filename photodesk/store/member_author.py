"""Who signs entries of the membership log: the person at the desk with this workstation, and a second person."""

from __future__ import annotations

from photodesk.store.keyset import KeySet
from photodesk.store.member_entry import KIND, Author, Cosigner
from photodesk.store.publishing import publisher_of
from photodesk.store.signer import Signer


def author_of(keyset: KeySet, signer: Signer) -> Author:
    """The signed-in person; the workstation's signature comes from the keeper, and so does the way to the server."""
    publisher = publisher_of(signer)
    return Author(
        keyset.person_id,
        keyset.workstation_id,
        lambda data: keyset.signing.sign(KIND, keyset.clinic_id, data),
        lambda data: signer.sign(KIND, data),
        publisher.publish if publisher is not None else None,
    )


def cosigner_of(keyset: KeySet) -> Cosigner:
    """Somebody whose slot was opened only to sign with."""
    signing, clinic_id = keyset.signing, keyset.clinic_id
    return Cosigner(keyset.person_id, lambda data: signing.sign(KIND, clinic_id, data))
