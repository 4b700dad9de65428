"""Camera cards on the screens: the banner that announces one, the home page's list, receipts, erasing.

`watching` hears volumes and keeps the model, `acting` imports and ejects; everything else shows it. While the desk is
locked none of this runs.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from photodesk.ui.cards.watching import CardWatch
    from photodesk.ui.navigation import Navigator


def hear_cards(navigator: Navigator) -> CardWatch:
    """Hear of cards, announce them below the top bar and on pages made from now on."""
    from photodesk.ui.cards.acting import CardActions
    from photodesk.ui.cards.banner import CardBanner
    from photodesk.ui.cards.watching import CardWatch

    watch = CardWatch(navigator.context)
    actions = CardActions(watch)
    navigator.context = replace(navigator.context, cards=actions)
    navigator.window.put_strip(CardBanner(actions, navigator.window))
    watch.read_register()
    return watch
