"""Tells a privacy officer after sign-in that the log is due to be signed off. Others are told nothing."""

from __future__ import annotations

from photodesk.desk.activity_review import Standing, standing_sentence
from photodesk.desk.roles import Right
from photodesk.ui.page import PageContext


def remind_of_sign_off(context: PageContext) -> None:
    """A sentence with the way there, where signing off is overdue."""
    desk = context.desk
    if not desk.may(Right.READ_LOG):
        return

    def told(standing: Standing) -> None:
        if standing.overdue_days:
            words = f"Activity log: {standing_sentence(standing, '')}"
            context.navigate.say(words, "Open the log", context.navigate.activity)

    context.tasks.store(desk.log_review.standing, told)
