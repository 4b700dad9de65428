"""When an untouched desk locks: defaults and caps by role, and the countdown before it. Pure.

| role              | default | cap    |
| front desk        | 3 min   | 10 min |
| everyone else     | 5 min   | 15 min |
| presenting        | 20 min  | 60 min |

Only real input counts. The caller says when input came and asks what to do; times are monotonic milliseconds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from photodesk.store.roles import Role

MINUTE_MS = 60_000
COUNTDOWN_MS = 20_000
PRESENTING_POLICY = "idle.presenting"


@dataclass(frozen=True)
class IdleLimit:
    """Default and cap, both in milliseconds."""

    default_ms: int
    cap_ms: int

    def of(self, chosen_ms: int | None) -> int:
        """The limit in force for a chosen one: never above the cap, never below one minute."""
        if chosen_ms is None:
            return self.default_ms
        return max(MINUTE_MS, min(chosen_ms, self.cap_ms))


FRONT_DESK = IdleLimit(3 * MINUTE_MS, 10 * MINUTE_MS)
OTHERS = IdleLimit(5 * MINUTE_MS, 15 * MINUTE_MS)
PRESENTING = IdleLimit(20 * MINUTE_MS, 60 * MINUTE_MS)


def idle_limit(roles: Iterable[Role], *, presenting: bool = False) -> IdleLimit:
    """The limit of a person: front desk's only for somebody with no other role."""
    if presenting:
        return PRESENTING
    return FRONT_DESK if set(roles) == {Role.FRONT_DESK} else OTHERS


def limits_of(roles: Iterable[str], policy: Callable[[str], str] | None = None) -> tuple[int, int]:
    """(working, presenting) in ms for a person, with the clinic's policies `idle.<role>` and `idle.presenting`.

    Of several roles the strictest counts; the front desk's only for somebody with no other role.
    """
    held = set(roles)
    working = idle_limit(Role(role) for role in held)
    if policy is None:
        return working.default_ms, PRESENTING.default_ms
    counted = held - {Role.FRONT_DESK} or held
    chosen = [working.of(1000 * int(policy(f"idle.{role}"))) for role in counted]
    return min(chosen, default=working.default_ms), PRESENTING.of(1000 * int(policy(PRESENTING_POLICY)))


@dataclass(frozen=True)
class IdleState:
    """What the desk does now. `remaining_ms` until it locks; `counting` shows the countdown; `lock` locks."""

    remaining_ms: int
    counting: bool
    lock: bool

    @property
    def words(self) -> str:
        """`Locking in 15 s. Move the mouse to stay.`, or nothing."""
        return f"Locking in {-(-self.remaining_ms // 1000)} s. Move the mouse to stay." if self.counting else ""


class IdleWatch:
    """Remembers the last input and says how long the desk stays open.

    A limit shorter than the countdown counts from its start. An unseen gap (the machine slept) locks at once.
    """

    def __init__(self, limit_ms: int, now_ms: int) -> None:
        self._limit_ms = limit_ms
        self._last_input_ms = now_ms

    @property
    def limit_ms(self) -> int:
        """The limit in force."""
        return self._limit_ms

    def set_limit(self, limit_ms: int) -> None:
        """Change the limit (presenting started or ended); the last input stays."""
        self._limit_ms = limit_ms

    def input(self, now_ms: int) -> None:
        """A person moved, clicked or typed."""
        self._last_input_ms = max(self._last_input_ms, now_ms)

    def state(self, now_ms: int) -> IdleState:
        """What to do at `now_ms`."""
        remaining = max(0, self._last_input_ms + self._limit_ms - now_ms)
        return IdleState(remaining, 0 < remaining <= COUNTDOWN_MS, remaining == 0)
