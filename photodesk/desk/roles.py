"""Who may do what: the policy, in one table that a person can read.

Charts and the log are also guarded by keys (a front desk holds none that opens a chart); the rest is this table.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType

from photodesk.errors import Refused
from photodesk.store.roles import Role

ADMINISTRATOR, CLINICIAN, FRONT_DESK, PRIVACY_OFFICER = (
    Role.ADMINISTRATOR,
    Role.CLINICIAN,
    Role.FRONT_DESK,
    Role.PRIVACY_OFFICER,
)


class Right(StrEnum):
    """Something a person may or may not do; the text completes "You have no right to …"."""

    FIND_PATIENTS = "find patients"
    EDIT_PATIENTS = "add or change patients"
    MERGE_PATIENTS = "say that two entries are one patient"
    PLAN_VISITS = "add or change visits"
    IMPORT = "import photos"
    SEE_INBOX = "look at the inbox"
    FILE_SHOTS = "assign photos to patients"
    SEE_CHART = "open charts"
    EDIT_CHART = "change charts"
    CORRECT_CHART = "move or delete photos"
    COMPARE = "compare photos"
    EXPORT = "export photos"
    READ_LOG = "read the activity log"
    SEE_PEOPLE = "see who works here"
    MANAGE_PEOPLE = "add or change people"
    MANAGE_POLICY = "change the clinic's policy"
    EDIT_PROTOCOLS = "change photo protocols"
    KEEP_RECORDS = "decide how long records are kept"
    ERASE_PATIENTS = "erase patients"
    BACK_UP = "back up the clinic"
    USE_RECOVERY = "use or renew the recovery kit"
    CHECK_STORE = "check the store"
    REPAIR_STORE = "repair the store"


RIGHTS: Mapping[Right, frozenset[Role]] = MappingProxyType(
    {
        Right.FIND_PATIENTS: frozenset({FRONT_DESK, CLINICIAN, PRIVACY_OFFICER}),
        Right.EDIT_PATIENTS: frozenset({FRONT_DESK, CLINICIAN}),
        Right.MERGE_PATIENTS: frozenset({CLINICIAN}),
        Right.PLAN_VISITS: frozenset({FRONT_DESK, CLINICIAN}),
        Right.IMPORT: frozenset({FRONT_DESK, CLINICIAN}),
        Right.SEE_INBOX: frozenset({FRONT_DESK, CLINICIAN}),
        Right.FILE_SHOTS: frozenset({FRONT_DESK, CLINICIAN}),
        Right.SEE_CHART: frozenset({CLINICIAN}),
        Right.EDIT_CHART: frozenset({CLINICIAN}),
        Right.CORRECT_CHART: frozenset({CLINICIAN}),
        Right.COMPARE: frozenset({CLINICIAN}),
        Right.EXPORT: frozenset({CLINICIAN}),
        Right.READ_LOG: frozenset({PRIVACY_OFFICER}),
        Right.SEE_PEOPLE: frozenset({ADMINISTRATOR, PRIVACY_OFFICER}),
        Right.MANAGE_PEOPLE: frozenset({ADMINISTRATOR}),
        Right.MANAGE_POLICY: frozenset({ADMINISTRATOR}),
        Right.EDIT_PROTOCOLS: frozenset({ADMINISTRATOR, CLINICIAN}),
        Right.KEEP_RECORDS: frozenset({ADMINISTRATOR, PRIVACY_OFFICER}),
        Right.ERASE_PATIENTS: frozenset({ADMINISTRATOR, PRIVACY_OFFICER}),
        Right.BACK_UP: frozenset({ADMINISTRATOR, CLINICIAN}),
        Right.USE_RECOVERY: frozenset({ADMINISTRATOR}),
        Right.CHECK_STORE: frozenset({ADMINISTRATOR, CLINICIAN, PRIVACY_OFFICER}),
        Right.REPAIR_STORE: frozenset({ADMINISTRATOR, CLINICIAN}),
    }
)
_ARTICLES = {
    ADMINISTRATOR: "an administrator",
    CLINICIAN: "a clinician",
    FRONT_DESK: "the front desk",
    PRIVACY_OFFICER: "a privacy officer",
}


def allowed(roles: Iterable[Role], right: Right) -> bool:
    """Whether any of `roles` carries `right`."""
    return not RIGHTS[right].isdisjoint(roles)


def require(roles: Iterable[Role], right: Right) -> None:
    """`Refused("no_right")` that names who could, unless one of `roles` carries `right`."""
    if not allowed(roles, right):
        who = " or ".join(_ARTICLES[role] for role in Role if role in RIGHTS[right])
        raise Refused("no_right", f"Your role does not allow you to {right}.", f"Ask {who}.")
