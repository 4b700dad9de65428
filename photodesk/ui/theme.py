"""The two themes as numbers: *desk* (lists and forms) and *viewing* (photos). Every grey has R = G = B.

Values are those of the style page; the tests check their contrast.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QColor, QPalette


@dataclass(frozen=True)
class Theme:
    """Colours by use, as `#RRGGBB`."""

    name: str
    bg: str
    panel: str
    sunk: str
    hover: str
    well: str
    line: str
    line2: str
    control: str
    ink: str
    ink2: str
    ink3: str
    accent: str
    on_accent: str
    accent_hover: str
    accent_ink: str
    accent_soft: str
    ok: str
    ok_soft: str
    warn: str
    warn_soft: str
    bad: str
    bad_soft: str
    hint_on_accent: str

    def colour(self, token: str) -> QColor:
        """The colour of a token by its name."""
        return QColor(getattr(self, token))


DESK = Theme(
    name="desk",
    bg="#F2F2F2",
    panel="#FFFFFF",
    sunk="#EAEAEA",
    hover="#F6F6F6",
    well="#D6D6D6",
    line="#DEDEDE",
    line2="#C4C4C4",
    control="#8A8A8A",
    ink="#1A1A1A",
    ink2="#4A4A4A",
    ink3="#666666",
    accent="#1F5FBF",
    on_accent="#FFFFFF",
    accent_hover="#184E9E",
    accent_ink="#184E9E",
    accent_soft="#E6EDF8",
    ok="#1E7A46",
    ok_soft="#E7F2EB",
    warn="#8A5A00",
    warn_soft="#F8EFDD",
    bad="#B3261E",
    bad_soft="#F9E9E8",
    hint_on_accent="#184E9E",
)
VIEWING = Theme(
    name="viewing",
    bg="#1C1C1C",
    panel="#242424",
    sunk="#191919",
    hover="#2C2C2C",
    well="#333333",
    line="#363636",
    line2="#4C4C4C",
    control="#757575",
    ink="#F2F2F2",
    ink2="#C6C6C6",
    ink3="#A0A0A0",
    accent="#F2F2F2",
    on_accent="#1A1A1A",
    accent_hover="#FFFFFF",
    accent_ink="#FFFFFF",
    accent_soft="#3A3A3A",
    ok="#F2F2F2",
    ok_soft="#3A3A3A",
    warn="#E0B460",
    warn_soft="#332D20",
    bad="#F0938C",
    bad_soft="#352726",
    hint_on_accent="#E0E0E0",
)
SURROUNDS = ("#333333", "#777777", "#D6D6D6")


def palette(theme: Theme) -> QPalette:
    """The Qt palette, so that what Qt draws itself fits too."""
    made = QPalette()
    roles = {
        QPalette.ColorRole.Window: theme.bg,
        QPalette.ColorRole.WindowText: theme.ink,
        QPalette.ColorRole.Base: theme.panel,
        QPalette.ColorRole.AlternateBase: theme.hover,
        QPalette.ColorRole.Text: theme.ink,
        QPalette.ColorRole.Button: theme.panel,
        QPalette.ColorRole.ButtonText: theme.ink,
        QPalette.ColorRole.Highlight: theme.accent_soft,
        QPalette.ColorRole.HighlightedText: theme.ink,
        QPalette.ColorRole.PlaceholderText: theme.ink3,
        QPalette.ColorRole.ToolTipBase: theme.panel,
        QPalette.ColorRole.ToolTipText: theme.ink,
        QPalette.ColorRole.Accent: theme.accent,
    }
    for role, colour in roles.items():
        made.setColor(role, QColor(colour))
    return made


def style_sheet(theme: Theme) -> str:
    """What plain Qt widgets need; PhotoDesk's own controls paint themselves."""
    return f"""
    QWidget {{ color: {theme.ink}; }}
    QMainWindow, QWidget#page {{ background: {theme.bg}; }}
    QWidget#panel, QFrame#panel {{ background: {theme.panel}; }}
    QWidget#sunk {{ background: {theme.sunk}; }}
    QFrame#card {{ background: {theme.panel}; border: 1px solid {theme.line}; border-radius: 8px; }}
    QFrame#card_strong {{ background: {theme.panel}; border: 1px solid {theme.line2}; border-radius: 8px; }}
    QFrame#line {{ background: {theme.line}; border: none; }}
    QLabel {{ background: transparent; }}
    QScrollArea, QScrollArea > QWidget > QWidget#scrolled {{ background: transparent; border: none; }}
    QLineEdit, QPlainTextEdit {{ background: transparent; border: none; padding: 0;
        selection-background-color: {theme.accent}; selection-color: {theme.on_accent}; }}
    QListView, QTableView {{ background: {theme.panel}; border: none; outline: 0; }}
    QHeaderView::section {{ background: {theme.panel}; color: {theme.ink3}; border: none;
        border-bottom: 1px solid {theme.line}; padding: 0 12px; }}
    QScrollBar:vertical {{ background: transparent; width: 12px; margin: 2px; }}
    QScrollBar:horizontal {{ background: transparent; height: 12px; margin: 2px; }}
    QScrollBar::handle {{ background: {theme.line2}; border-radius: 4px; min-height: 32px; min-width: 32px; }}
    QScrollBar::handle:hover {{ background: {theme.control}; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
    QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
    QToolTip {{ background: {theme.panel}; color: {theme.ink}; border: 1px solid {theme.line2}; padding: 4px 8px; }}
    """
