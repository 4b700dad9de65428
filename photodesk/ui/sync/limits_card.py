"""How fast this workstation may send and fetch photos, at which hours, and how many originals of others it keeps."""

from __future__ import annotations

from msgspec import structs

from photodesk.sync.sync_settings import SyncSettings
from photodesk.ui.controls import Card, CheckBox, Dropdown, Text, hbox, vbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.page import PageContext, sentence
from photodesk.ui.sync import words
from photodesk.ui.sync.watch import ServerWatch

SPEEDS = (
    ("0", "No limit"),
    ("100", "100 kB a second"),
    ("250", "250 kB a second"),
    ("500", "500 kB a second"),
    ("1000", "1 MB a second"),
    ("2000", "2 MB a second"),
    ("5000", "5 MB a second"),
    ("10000", "10 MB a second"),
)
CACHES = (
    ("0", "As many as fit"),
    ("10", "At most 10 GB"),
    ("50", "At most 50 GB"),
    ("100", "At most 100 GB"),
    ("200", "At most 200 GB"),
    ("500", "At most 500 GB"),
)
HOURS = tuple((str(hour), words.hours(hour)) for hour in range(24))
CACHE_WORDS = (
    "Originals of other workstations are fetched when they are looked at. When the room is used up, those fetched "
    "longest ago go first; the server keeps them. What was imported here stays."
)


def offered(choices: tuple[tuple[str, str], ...], value: int, unit: str) -> tuple[tuple[str, str], ...]:
    """The choices, with the one that holds where it was set elsewhere to something else."""
    return choices if str(value) in dict(choices) else (*choices, (str(value), f"{value:,} {unit}"))


class LimitsCard(Card):
    """Every choice holds at once, for this workstation only."""

    def __init__(self, context: PageContext, watch: ServerWatch) -> None:
        super().__init__(24, 12)
        self._context, self._watch = context, watch
        self.settings = SyncSettings()
        self.body.addWidget(Text("This workstation's network and room", TextRole.SUBHEADING))
        self._rows = vbox(None, 12)
        self.body.addLayout(self._rows)
        self._words = Text("", TextRole.BODY, wrap=True)
        self.metered = CheckBox("Pause on networks that are paid by volume")
        self.metered.clicked.connect(lambda on: self.change(pause_on_metered=bool(on)))
        self._speed = Dropdown("Speed", SPEEDS, height=40)
        self._from = Dropdown("From", HOURS, height=40)
        self._until = Dropdown("Until", HOURS, height=40)
        self._cache = Dropdown("Originals of other workstations", CACHES, height=40)
        for dropdown, name in (
            (self._speed, "limit_kb_s"),
            (self._from, "from_hour"),
            (self._until, "until_hour"),
            (self._cache, "cache_gb"),
        ):
            dropdown.picked.connect(lambda value, field=name: self.change(**{field: int(value)}))
        row = hbox(None, 12)
        self._until_word = Text("until", TextRole.BODY, "ink2")
        self._from_word = Text("from", TextRole.BODY, "ink2")
        for widget in (self._speed, self._from_word, self._from, self._until_word, self._until):
            row.addWidget(widget)
        row.addStretch(1)
        for part in (self._words, self.metered):
            self._rows.addWidget(part)
        self._rows.insertLayout(1, row)
        kept = hbox(None, 12)
        kept.addWidget(Text("Originals of other workstations", TextRole.BODY))
        kept.addWidget(self._cache)
        kept.addStretch(1)
        self._rows.addLayout(kept)
        self._rows.addWidget(Text(CACHE_WORDS, TextRole.SMALL, "ink2", wrap=True))

    def refresh(self) -> None:
        """Read what holds."""
        self._context.tasks.store(self._watch.server.settings, self._took, self._failed)

    def change(self, **changes: object) -> None:
        """Set something; it holds from the next piece of a photo on."""
        wanted = structs.replace(self.settings, **changes)
        server = self._watch.server

        def keep() -> SyncSettings:
            server.set_settings(structs.replace(server.settings(), **changes))
            return server.settings()

        self.settings = wanted
        self._context.tasks.store(keep, self._took, self._failed)

    def _took(self, settings: SyncSettings) -> None:
        self.settings = settings
        self._speed.set_choices(offered(SPEEDS, settings.limit_kb_s, "kB a second"), str(settings.limit_kb_s))
        self._from.set_choices(HOURS, str(settings.from_hour % 24))
        self._until.set_choices(HOURS, str(settings.until_hour % 24))
        self._cache.set_choices(offered(CACHES, settings.cache_gb, "GB"), str(settings.cache_gb))
        self.metered.setChecked(settings.pause_on_metered)
        limited = settings.limit_kb_s > 0
        for widget in (self._from_word, self._from, self._until_word, self._until):
            widget.setVisible(limited)
        self._words.set_text(words.limit_sentence(settings.limit_kb_s, settings.from_hour, settings.until_hour))

    def _failed(self, failure: BaseException) -> None:
        self._context.navigate.say(sentence(failure))
        self.refresh()
