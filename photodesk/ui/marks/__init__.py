"""Marks over photos: a vector layer on every canvas, tools to draw and measure, and the lesion over visits.

`model` holds what is drawn and what can be undone, `drafting` what a hand is drawing, `layer` paints, `hand` turns
mouse, pen and touch into points, `keeping` reads and writes through the desk, `attached` joins them to a page.
"""
