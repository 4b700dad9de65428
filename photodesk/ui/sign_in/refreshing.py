"""A sign-in that was drawn a while ago: who may sign in now."""

from __future__ import annotations

from photodesk.desk.entrance import Entrance, SignInPage
from photodesk.errors import PhotoDeskError
from photodesk.ui.sign_in.view import SignInView


def look_again(entrance: Entrance, drawn: SignInPage, view: SignInView) -> SignInPage:
    """Show who has come or gone since `drawn`, unless somebody is signing in just now; what is shown now."""
    try:
        page = entrance.page()
    except PhotoDeskError:
        return drawn  # what is wrong is said when somebody signs in
    if page == drawn or view.model.busy:
        return drawn
    view.model.take_people(page.people)
    view.refill()
    view.offer_envelope(page.envelope)
    return page
