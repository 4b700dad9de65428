"""What a check found, in words for a person."""

from __future__ import annotations

from photodesk.desk.health import Findings
from photodesk.ui.controls import Tone
from photodesk.ui.words import counted, size_words

UNREACHABLE = "photo_unreachable"


def result_words(found: Findings) -> tuple[str, str, Tone]:
    """Title, sentence and tone of a result."""
    proven = f"{counted(found.photos, 'photo')} in {counted(found.charts, 'chart')}, {size_words(found.photo_bytes)}"
    if found.result == "clean":
        return "All is well", f"{proven}: everything is as it was stored.", Tone.OK
    if found.result == "repaired":
        return "Put right", f"{proven}. What was wrong could be made anew or put back; no photo was affected.", Tone.OK
    backup = any(problem.is_in_a_backup for problem in found.problems)
    how = " A backup made before could bring back what is named here." if backup else ""
    return "Something is damaged", f"{proven} were looked at. Everything else goes on working.{how}", Tone.BAD


def problem_lines(found: Findings) -> list[tuple[str, str, bool]]:
    """(message, what to do, whether it was put right); photos of one chart that are all out of reach are one line."""
    lines: list[tuple[str, str, bool]] = []
    together: dict[str | None, int] = {}
    for problem in found.problems:
        if problem.kind == UNREACHABLE:
            together[problem.chart_id] = together.get(problem.chart_id, 0) + 1
        else:
            lines.append((problem.message, problem.remedy, problem.repaired))
    remedy = next((problem.remedy for problem in found.problems if problem.kind == UNREACHABLE), "")
    for chart_id, photos in together.items():
        lines.append((f"{counted(photos, 'photo')} of chart {chart_id} cannot be reached.", remedy, False))
    return lines
