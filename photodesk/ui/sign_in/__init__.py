"""Screen 1: who signs in, why it locked, what goes on meanwhile. Knows nothing about patients.

Its window is also the cover: a warm spare draws it out of sight and shows it on every screen within 100 ms.
"""

from photodesk.ui.sign_in.covers import SignInScreens
from photodesk.ui.sign_in.flow import SignInFlow
from photodesk.ui.sign_in.model import (
    SignInModel,
    is_about_the_key,
    is_refusal_of_password,
    is_sentence,
    lock_sentence,
)
from photodesk.ui.sign_in.refreshing import look_again
from photodesk.ui.sign_in.view import SignInView

__all__ = [
    "SignInFlow",
    "SignInModel",
    "SignInScreens",
    "SignInView",
    "is_about_the_key",
    "is_refusal_of_password",
    "is_sentence",
    "lock_sentence",
    "look_again",
]
