"""The body from the front and from the back: one outline, cut into sites."""

from __future__ import annotations

from itertools import pairwise

from photodesk.photos.sites import ABDOMEN, CHEST, FACE
from photodesk.ui.body.shapes import Figure, Points, Shape, both, box, oval, polygon, rounded_through, site

WIDTH, HEIGHT = 76.0, 160.0
_MIDDLE, _WIDE = WIDTH / 2, 92.0
# half an outline, (x, y) in shares from the middle line: neck, shoulder, arm, hand, armpit, waist, hip, leg, foot
_HALF = (
    (0.05, 0.135),
    (0.06, 0.165),
    (0.19, 0.19),
    (0.245, 0.225),
    (0.27, 0.33),
    (0.335, 0.43),
    (0.375, 0.55),
    (0.335, 0.585),
    (0.285, 0.53),
    (0.215, 0.40),
    (0.175, 0.30),
    (0.165, 0.42),
    (0.195, 0.53),
    (0.185, 0.68),
    (0.155, 0.80),
    (0.135, 0.95),
    (0.16, 0.985),
    (0.06, 0.985),
    (0.045, 0.80),
    (0.02, 0.57),
)
# the line between trunk and arm, from the neck down
_ARM = ((0.13, 0.14), (0.155, 0.22), (0.175, 0.30), (0.24, 0.62))
_ARM_CUTS = (
    ("shoulder", 0.14, 0.245),
    ("upper arm", 0.245, 0.335),
    ("elbow", 0.335, 0.385),
    ("forearm", 0.385, 0.485),
    ("wrist", 0.485, 0.515),
    ("hand", 0.515, 0.64),
)
_FRONT_LEG = (("knee", 0.70, 0.755), ("lower leg", 0.755, 0.90), ("ankle", 0.90, 0.94), ("foot", 0.94, 1.0))
_BACK_LEG = (("back of knee", 0.70, 0.755), ("calf", 0.755, 0.90), ("ankle", 0.90, 0.945), ("heel", 0.945, 1.0))


def _place(points: Points) -> list[tuple[float, float]]:
    return [(_MIDDLE + x * _WIDE, y * HEIGHT) for x, y in points]


def _mirror(points: Points) -> list[tuple[float, float]]:
    return [(-x, y) for x, y in reversed(points)]


_OUTLINE = rounded_through(_place([*_HALF, *_mirror(_HALF)]))
_HEAD = oval(_MIDDLE, 11.5, 9.5, 11.5)


def _half(name: str, front: bool, *points: tuple[float, float]) -> tuple[Shape, ...]:
    path = _OUTLINE.intersected(polygon(_place(points)))
    return both(_MIDDLE, path, front, name)


def _trunk(code: str, *points: tuple[float, float]) -> Shape:
    """A part over the middle line, given by its right half from top to bottom."""
    return Shape(code, _OUTLINE.intersected(polygon(_place([*points, *_mirror(points)]))))


def _arm_edge(y: float) -> float:
    for (x0, y0), (x1, y1) in pairwise(_ARM):
        if y <= y1:
            return x0 + (x1 - x0) * (y - y0) / (y1 - y0)
    return _ARM[-1][0]


def _arms(front: bool) -> list[Shape]:
    shapes: list[Shape] = []
    for name, top, bottom in _ARM_CUTS:
        edge = [(x, y) for x, y in _ARM if top < y < bottom]
        inner = [(_arm_edge(top), top), *edge, (_arm_edge(bottom), bottom)]
        shapes += _half(name, front, *inner, (0.5, bottom), (0.5, top))
    return shapes


def _legs(front: bool) -> list[Shape]:
    shapes: list[Shape] = []
    for name, top, bottom in _FRONT_LEG if front else _BACK_LEG:
        shapes += _half(name, front, (0, top), (0.3, top), (0.3, bottom), (0, bottom))
    return shapes


def _to_arm(top: float, bottom: float) -> list[tuple[float, float]]:
    edge = [(x, y) for x, y in _ARM if top < y < bottom]
    return [(_arm_edge(top), top), *edge, (_arm_edge(bottom), bottom)]


def front() -> Figure:
    """The patient's right is at the viewer's left."""
    shapes = [
        Shape(FACE, _HEAD),
        Shape(site("Front of neck"), _OUTLINE.intersected(box(0, 0, WIDTH, 0.16 * HEIGHT)).subtracted(_HEAD)),
        _trunk(CHEST, *_to_arm(0.16, 0.305)),
        _trunk(ABDOMEN, (0.115, 0.305), (0.115, 0.455), (0.05, 0.515)),
        *_half("flank", True, (0.115, 0.305), *_to_arm(0.305, 0.455), (0.115, 0.455)),
        *_half("hip", True, (0.115, 0.455), (0.3, 0.455), (0.3, 0.535), (0.155, 0.535)),
        *_half("groin", True, (0.05, 0.515), (0.115, 0.455), (0.155, 0.535), (0.06, 0.575), (0, 0.60), (0, 0.575)),
        *_half("thigh", True, (0, 0.60), (0.06, 0.575), (0.155, 0.535), (0.3, 0.535), (0.3, 0.70), (0, 0.70)),
        _trunk(site("Genital area"), (0.05, 0.515), (0.045, 0.56), (0.0, 0.585)),
        *_arms(True),
        *_legs(True),
        *both(_MIDDLE, oval(_MIDDLE + 7.4, 40.5, 5.6, 5.6), True, "breast"),
        *_half("armpit", True, (0.145, 0.262), (0.185, 0.255), (0.19, 0.315), (0.16, 0.315)),
        Shape(site("Navel"), oval(_MIDDLE, 65, 1.9, 1.9)),
    ]
    return Figure("front", "Front", WIDTH, HEIGHT, tuple(shapes))


def back() -> Figure:
    """The patient's right is at the viewer's right."""
    shapes = [
        Shape(site("Back of scalp"), _HEAD),
        Shape(site("Nape of neck"), _OUTLINE.intersected(box(0, 0, WIDTH, 0.16 * HEIGHT)).subtracted(_HEAD)),
        _trunk(site("Upper back"), *_to_arm(0.16, 0.325)),
        _trunk(site("Lower back"), *_to_arm(0.325, 0.455)),
        *_half("buttock", False, (0, 0.455), (0.3, 0.455), (0.3, 0.565), (0, 0.575)),
        *_half("thigh", False, (0, 0.575), (0.3, 0.565), (0.3, 0.70), (0, 0.70)),
        *_arms(False),
        *_legs(False),
    ]
    return Figure("back", "Back", WIDTH, HEIGHT, tuple(shapes))
