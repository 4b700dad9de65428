"""The screens: a view (widgets, no decisions) and a model (state, testable without a window) each.

`theme`, `fonts`, `icons` and `controls` are what every screen is made of; `page` is what a screen gets and gives;
`window` holds the screens; `desk_services` is all a screen may ask of the desk. Screens never reach the store or
the log: photos come through the desk's viewing gate only. Nothing here blocks the thread of the windows.

Words: a *page* is one screen in the window, a *place* where a person was, a *well* the empty ground of a photo whose
view is not logged yet.

Dependencies: `pyside6-essentials`, because Qt paints large photos fast on all three systems and its licence lets a
clinic's product use it; without the Addons, which bring a browser nobody needs here. `qtawesome`, for the Phosphor font
it carries; `segno` for the QR symbol of the recovery code; OpenCV to halve pictures and `simplejpeg` to decode our own
renditions.
"""
