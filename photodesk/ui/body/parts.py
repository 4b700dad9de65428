"""Head, mouth, hands and feet, drawn larger than the body shows them. The patient's right is at the viewer's left."""

from __future__ import annotations

from math import cos, radians, sin

from PySide6.QtGui import QPainterPath, QTransform

from photodesk.photos import Laterality
from photodesk.photos.sites import FACE
from photodesk.ui.body.shapes import (
    Figure,
    Shape,
    bar,
    both,
    box,
    mirrored,
    oval,
    polygon,
    rounded_through,
    sided,
    site,
    together,
)

_FINGERS = ("thumb", "index finger", "middle finger", "ring finger", "little finger")
_TOES = ("great toe", "second toe", "third toe", "fourth toe", "fifth toe")
# (x, y, width, height, angle) of the fingers of a hand whose thumb is at the left
_FINGER_BARS = (
    (7.5, 43, 9, 27, -38),
    (19, 17, 8.4, 30, -7),
    (29, 13.5, 8.4, 34, 0),
    (38.6, 16, 8.2, 31, 6),
    (47.2, 23.5, 7.4, 25, 14),
)
_TOE_OVALS = ((31, 74, 6, 7.5), (22.6, 75, 4, 6), (15.6, 73, 3.6, 5.4), (9.6, 69.5, 3.3, 4.8), (4.6, 64.5, 3, 4.4))


def head() -> Figure:
    """The face with the scalp above it and the neck below."""
    skull = rounded_through(
        ((18, 6), (82, 6), (88, 50), (84, 78), (66, 106), (34, 106), (16, 78), (12, 50)),
    )

    def half(name: str, path: QPainterPath) -> tuple[Shape, Shape]:
        return both(50, path, True, name)

    def in_skull(*points: tuple[float, float]) -> QPainterPath:
        return skull.intersected(polygon(points))

    shapes = (
        Shape(FACE, skull),
        Shape(site("Front of neck"), polygon(((34, 92), (66, 92), (68, 118), (32, 118))).subtracted(skull)),
        *half("ear", oval(86.5, 56, 5, 10).subtracted(skull)),
        Shape(site("Scalp"), in_skull((0, 0), (100, 0), (100, 30), (74, 24), (26, 24), (0, 30))),
        Shape(site("Forehead"), in_skull((26, 24), (74, 24), (74, 43), (26, 43))),
        *half("temple", in_skull((74, 24), (100, 30), (100, 58), (76, 58), (74, 43))),
        *half("cheek", in_skull((58, 62), (76, 58), (100, 58), (100, 78), (84, 80), (64, 84), (64, 74), (59, 70))),
        *half("jawline", in_skull((64, 84), (84, 80), (100, 78), (100, 110), (63, 110), (63, 92))),
        Shape(site("Chin"), in_skull((36, 90), (64, 90), (64, 110), (36, 110))),
        *half("upper eyelid", polygon(((55, 49), (65, 46), (76, 49), (76, 54), (55, 54)))),
        *half("lower eyelid", polygon(((55, 54), (76, 54), (74, 60), (66, 61.5), (57, 60)))),
        *half("eyebrow", bar(66, 43.5, 21, 4.6, 3)),
        *half("eye", oval(65.5, 54, 8.2, 3.6)),
        Shape(site("Nose"), rounded_through(((46, 44), (54, 44), (55, 60), (60, 72), (50, 76), (40, 72), (45, 60)))),
        Shape(site("Upper lip"), rounded_through(((40, 78), (50, 75.5), (60, 78), (66, 84), (50, 83.6), (34, 84)))),
        Shape(site("Lower lip"), rounded_through(((36, 84), (50, 84.4), (64, 84), (59, 91), (41, 91)))),
    )
    return Figure("head", "Head", 100, 120, shapes)


def mouth() -> Figure:
    """An open mouth: lips, gums and teeth around palate and tongue."""
    rings = [oval(50, 45, 48 - inset, 43 - inset) for inset in (0, 8, 14.5, 21)]
    inside = rings[3]

    def band(outer: int, name: str, top: float, bottom: float) -> Shape:
        ring = rings[outer].subtracted(rings[outer + 1])
        return Shape(site(name), ring.intersected(box(0, top, 100, bottom)))

    tongue = rounded_through(((30, 54), (50, 46), (70, 54), (69, 66), (58, 70), (42, 70), (31, 66)))
    side = rings[0].subtracted(inside).intersected(polygon(((60, 45), (100, 26), (100, 64))))
    shapes = (
        band(0, "Upper lip, inside", 0, 45),
        band(0, "Lower lip, inside", 45, 90),
        band(1, "Upper gum", 0, 45),
        band(1, "Lower gum", 45, 90),
        band(2, "Upper teeth", 0, 45),
        band(2, "Lower teeth", 45, 90),
        Shape(site("Hard palate"), inside.intersected(box(0, 0, 100, 36))),
        Shape(site("Soft palate"), inside.intersected(box(0, 36, 100, 49))),
        Shape(site("Floor of mouth"), inside.intersected(box(0, 49, 100, 90))),
        *both(50, side, True, "inner cheek"),
        Shape(site("Tongue"), tongue),
    )
    return Figure("mouth", "Mouth", 100, 90, shapes)


def hand(side: Laterality, *, palm: bool) -> Figure:
    """One hand, fingers up. The back of a right hand and the palm of a left one have the thumb at the left."""
    turn = (side is Laterality.RIGHT) is palm
    middle = rounded_through(((13, 34), (32, 24), (50, 34), (53, 52), (42, 76), (20, 76), (10, 52)))
    fingers = [bar(*numbers) for numbers in _FINGER_BARS]
    paths = [(sided("palm" if palm else "hand, back", side), middle)]
    paths += [(sided(name, side), path.subtracted(middle)) for name, path in zip(_FINGERS, fingers, strict=True)]
    if not palm:
        nails = [
            bar(0.0, 0.0, width * 0.55, 5.2).translated(*_tip(x, y, height, angle))
            for x, y, width, height, angle in _FINGER_BARS
        ]
        paths.append((sided("fingernails", side), together(nails)))
    placed = [(code, path.translated(6, 0)) for code, path in paths]
    shapes = tuple(Shape(code, mirrored(path, 34) if turn else path) for code, path in placed)
    words = f"{side.capitalize()} {'palm' if palm else 'hand'}"
    return Figure(f"{side}-{'palm' if palm else 'hand'}", words, 68, 76, shapes)


def _tip(x: float, y: float, height: float, angle: float) -> tuple[float, float]:
    """Where the nail lies on a finger."""
    reach = height / 2 - 4.6
    return x + reach * sin(radians(angle)), y - reach * cos(radians(angle))


def foot(side: Laterality, *, sole: bool) -> Figure:
    """One foot: from above with the toes down, or its sole with the toes up. Great toes stand in the middle."""
    body = rounded_through(((12, 2), (30, 2), (33, 30), (38, 62), (30, 72), (14, 70), (3, 58), (8, 30)))
    if sole:
        heel = body.intersected(box(0, 0, 44, 22))
        paths = [
            (
                sided("sole", side),
                together([body, oval(19, 66, 16, 7), *(oval(*one) for one in _TOE_OVALS)]).subtracted(heel),
            ),
            (sided("heel", side), heel),
        ]
    else:
        toes = [oval(*one).subtracted(body) for one in _TOE_OVALS]
        paths = [(sided("foot, top", side), body)]
        paths += [(sided(name, side), path) for name, path in zip(_TOES, toes, strict=True)]
        nails = [oval(x, y + ry * 0.45, rx * 0.5, ry * 0.32) for x, y, rx, ry in _TOE_OVALS]
        paths.append((sided("toenails", side), together(nails)))
    shapes = []
    for code, path in paths:
        placed = mirrored(path, 20) if side is Laterality.LEFT else path
        shapes.append(Shape(code, _upside_down(placed) if sole else placed))
    words = f"{side.capitalize()} {'sole' if sole else 'foot'}"
    return Figure(f"{side}-{'sole' if sole else 'foot'}", words, 40, 84, tuple(shapes))


def _upside_down(path: QPainterPath) -> QPainterPath:
    return QTransform(1, 0, 0, -1, 0, 84).map(path)
