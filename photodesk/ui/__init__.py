"""The screens: a view (widgets, no decisions) and a model (state, testable without a window) each.

`theme`, `fonts`, `icons` and `controls` are what every screen is made of; `page` is what a screen gets and gives;
`window` holds the screens; `desk_services` is all a screen may ask of the desk. Screens never reach the store or
the log: photos come through the desk's viewing gate only. Nothing here blocks the thread of the windows.
"""
