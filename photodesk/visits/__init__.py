"""One encounter of one patient on one day, and the time between two of them in words.

Pure values. Days are the workstation's own calendar. What a visit was about is clinical and kept by the chart.
"""

from photodesk.visits.visit import Visit, VisitDraft, interval_words

__all__ = ["Visit", "VisitDraft", "interval_words"]
