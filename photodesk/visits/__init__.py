"""One encounter of one patient on one day, and the time between two of them in words."""

from photodesk.visits.visit import Visit, VisitDraft, interval_words

__all__ = ["Visit", "VisitDraft", "interval_words"]
