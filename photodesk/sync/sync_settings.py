"""How this workstation may use its network: settings of its own, for the line it hangs on. Kept in the spool."""

from __future__ import annotations

import msgspec

from photodesk.sync.spool import Spool

_FACT = "sync-settings"
LEAST_KB_S, MOST_KB_S = 2, 1_000_000


class SyncSettings(msgspec.Struct, frozen=True):
    """`limit_kb_s` kilobytes a second for photos between `from_hour` and `until_hour` of the local day (`from_hour`
    above `until_hour`: over midnight; equal: all day); 0 is no limit. `cache_gb` bounds originals that were fetched
    from others; 0: as many as there is room for.
    """

    paused: bool = False
    pause_on_metered: bool = True
    limit_kb_s: int = 0
    from_hour: int = 0
    until_hour: int = 0
    cache_gb: int = 0

    def limit_at(self, hour: int) -> int:
        """The limit in bytes a second at an hour of the local day, never below `LEAST_KB_S`; 0 for none."""
        start, end = self.from_hour % 24, self.until_hour % 24
        within = start <= hour < end if start < end else hour >= start or hour < end
        if not self.limit_kb_s or not (within or start == end):
            return 0
        return max(LEAST_KB_S, self.limit_kb_s) * 1000


def read_settings(spool: Spool) -> SyncSettings:
    """What was set; the defaults where nothing was, or where it cannot be read."""
    try:
        return msgspec.json.decode(spool.fact(_FACT), type=SyncSettings)
    except (msgspec.MsgspecError, ValueError):
        return SyncSettings()


def write_settings(spool: Spool, settings: SyncSettings) -> None:
    """Keep them; the syncer reads them before each pass and each piece of a photo."""
    spool.set_facts({_FACT: msgspec.json.encode(settings)})
