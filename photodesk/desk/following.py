"""A signed-in desk follows what other workstations change of people: granted keys, names, grants that wait."""

from __future__ import annotations

from photodesk.desk.session import Session
from photodesk.store.catching_up import catch_up
from photodesk.store.learning import learn_keys
from photodesk.store.members_log import MembersLog
from photodesk.store.people import people
from photodesk.store.rewrapping import rewrap_charts


class Following:
    """Runs in the desk's writing lane; looks only where the membership log has grown."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._seen = 0

    def run(self) -> bool:
        """Whether people, or this desk's keys, are others than before."""
        session, keyset = self._session, self._session.keyset
        sequence = MembersLog.open(session.layout.members, keyset.clinic_id).members.sequence
        if sequence == self._seen:
            return False
        learn_keys(session.layout, session.secrets, keyset)
        catch_up(session.layout, keyset, session.secrets, session.log, session.clock)
        if not session.catalog.behind_log:
            listed = people(session.layout, keyset)
            session.catalog.project_people({one.person_id: one.name for one in listed})
            rewrap_charts(session.catalog)
        self._seen = MembersLog.open(session.layout.members, keyset.clinic_id).members.sequence
        return True
