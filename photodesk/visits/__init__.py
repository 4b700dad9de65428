"""One encounter of one patient on one day, and the time between two of them in words.

Pure values. Days are the workstation's own calendar. What a visit was about is clinical and kept by the chart.
`worklist` holds what another system says about planned visits, `worklist_source` where that comes from.
"""

from photodesk.visits.visit import Visit, VisitDraft, interval_words

__all__ = ["Visit", "VisitDraft", "interval_words"]
