"""Before and after: which pair, where one photo lies on the other, how comparable they are, and the picture of both.

*Aligned* means a confidence of 0.80 or more: a wrong alignment must never be presented as a right one, so everything
below that is shown as it is. *Comparability* is measured and stated, never judged. All of it is arithmetic on pixels a
decoder gave or renditions hold; nothing here reads a store, warps skin non-rigidly, or finds a change by itself.

Words: the *frame* is the whole photo as 0…1 each way, so that photos of different sizes share one view; a *pane* is
where one is drawn, a *placement* how its pixels become the pane's.

Dependencies: OpenCV (`cv2`, headless), because SIFT, RANSAC and the warps are there, fast and long examined, where
writing them would be the risk; `numpy` for the arithmetic.
"""

from photodesk.compare.align import ALIGNED_FROM, Alignment, align
from photodesk.compare.comparability import Measure, Side, Verdict, as_json, measure, ratio_words
from photodesk.compare.pairs import (
    DatedPhoto,
    Pair,
    all_series,
    next_pair,
    next_series,
    pair_with,
    sensible_pairs,
    suggested_pair,
)
from photodesk.compare.render import Mode, render, render_row, scaled_matrix
from photodesk.compare.view_transform import LinkedView, Placement, aligned_placement

__all__ = [
    "ALIGNED_FROM",
    "Alignment",
    "DatedPhoto",
    "LinkedView",
    "Measure",
    "Mode",
    "Pair",
    "Placement",
    "Side",
    "Verdict",
    "align",
    "aligned_placement",
    "all_series",
    "as_json",
    "measure",
    "next_pair",
    "next_series",
    "pair_with",
    "ratio_words",
    "render",
    "render_row",
    "scaled_matrix",
    "sensible_pairs",
    "suggested_pair",
]
