"""Colours for the screen they are seen on: pixels go from sRGB to the screen's profile, where that is another one.

Work is done beside the GUI thread by whoever decodes. Stored photos, exports, alignment and measurement never see it:
what leaves `taken` are the photo's own colours again, as far as eight bits a channel tell.
"""

from __future__ import annotations

from PySide6.QtGui import QColorSpace, QImage, QScreen

from photodesk.ui.monitor_profile import profile_of

SAID = "For this screen's profile"


class DisplayColours:
    """The screen photos are shown on. Read from any thread; `look_at` on the GUI thread."""

    def __init__(self) -> None:
        self._profile = b""
        self._space: QColorSpace | None = None
        self.turn = 0
        """Another number with every change."""

    @property
    def space(self) -> QColorSpace | None:
        """What pixels are changed to; None where they stay sRGB."""
        return self._space

    @property
    def matched(self) -> bool:
        """Whether pixels are changed for the screen."""
        return self._space is not None

    def look_at(self, screen: QScreen | None) -> bool:
        """From now on for this screen; whether photos look different from before."""
        return self.use(profile_of(screen) if screen is not None else b"")

    def use(self, profile: bytes) -> bool:
        """For a screen of this ICC profile; whether that is another one."""
        if profile == self._profile:
            return False
        before, self._profile = self._space, profile
        self.turn += 1
        self._space = screen_space(profile)
        return (before is None) != (self._space is None) or before != self._space

    def shown(self, image: QImage) -> QImage:
        """The picture (sRGB) as this screen shows it right; itself where the screen is sRGB, or nobody knows."""
        return _converted(image, QColorSpace(QColorSpace.NamedColorSpace.SRgb), self._space)

    def taken(self, image: QImage) -> QImage:
        """Back from `shown`."""
        return _converted(image, self._space, QColorSpace(QColorSpace.NamedColorSpace.SRgb))


def screen_space(profile: bytes) -> QColorSpace | None:
    """What a profile says; None for sRGB itself and for what is no profile of an RGB screen."""
    space = QColorSpace.fromIccProfile(profile) if profile else QColorSpace()
    if not space.isValid() or space.colorModel() != QColorSpace.ColorModel.Rgb or not space.isValidTarget():
        return None
    srgb = QColorSpace(QColorSpace.NamedColorSpace.SRgb)
    if space == srgb or (space.primaries(), space.transferFunction()) == (srgb.primaries(), srgb.transferFunction()):
        return None
    return space


def _converted(image: QImage, source: QColorSpace | None, target: QColorSpace | None) -> QImage:
    if source is None or target is None or image.isNull():
        return image
    made = image.copy()
    made.applyColorTransform(source.transformationToColorSpace(target))
    return made
