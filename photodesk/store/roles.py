"""The four roles, and which of the clinic's keys each one is granted."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum, StrEnum


class Role(StrEnum):
    """What a person does in the clinic."""

    ADMINISTRATOR = "administrator"
    CLINICIAN = "clinician"
    FRONT_DESK = "front-desk"
    PRIVACY_OFFICER = "privacy-officer"


class KeyKind(IntEnum):
    """Keys that are granted or sealed, as numbered in records."""

    DESK = 1
    CHART = 2
    LOG = 3
    INBOX = 4
    CLINIC_SECRET = 5
    WORKSTATION_SECRET = 6


FOUNDER_ROLES = frozenset({Role.ADMINISTRATOR, Role.CLINICIAN, Role.PRIVACY_OFFICER})


def keys_of(roles: Iterable[Role]) -> frozenset[KeyKind]:
    """The kinds of key these roles are granted: the desk key to everyone, chart keys to clinicians, log keys
    to privacy officers. The inbox key is not granted by itself: it lies under the chart key of its epoch.
    """
    held = frozenset(roles)
    kinds = {KeyKind.DESK}
    if Role.CLINICIAN in held:
        kinds.add(KeyKind.CHART)
    if Role.PRIVACY_OFFICER in held:
        kinds.add(KeyKind.LOG)
    return frozenset(kinds)
