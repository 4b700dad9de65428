"""The membership log a little further than it was taken: whoever joined while this pass was on its way is known.

Entries that came since are read and checked like any others, and kept nowhere: the next pass takes them.
"""

from __future__ import annotations

from photodesk.errors import PhotoDeskError
from photodesk.store.member_entry import decode_entry
from photodesk.store.members import Members
from photodesk.sync.contradictions import Attack, Contradiction
from photodesk.sync.line import PAGE, MemberLine
from photodesk.sync.passing import CurrentMembers

MOST_PAGES = 200


class MembersAhead:
    """A `CurrentMembers` that can look further."""

    def __init__(self, line: MemberLine, members: CurrentMembers) -> None:
        self._line = line
        self._members = members
        self._ahead: Members | None = None

    def __call__(self) -> Members:
        """As far as it is known."""
        taken = self._members()
        return taken if self._ahead is None or self._ahead.sequence <= taken.sequence else self._ahead

    def look(self) -> Members:
        """As far as the server has it now; a `Contradiction` where what it has does not follow."""
        members = self().copy()
        for _ in range(MOST_PAGES):
            page = self._line.members(members.sequence)
            if len(page) > PAGE:
                raise Contradiction(Attack.RESOURCES, "it serves membership entries without end")
            for record in page:
                try:
                    members.take(decode_entry(record))
                except PhotoDeskError as error:
                    raise Contradiction(
                        Attack.MEMBERSHIP, "it serves membership entries that do not fit", {"entry.bin": record}
                    ) from error
            if len(page) < PAGE:
                break
        self._ahead = members
        return members
