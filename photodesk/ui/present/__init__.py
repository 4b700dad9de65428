"""Presenting: a comparison full screen for the patient, without anything that says whose it is.

`stage` knows what a desk does meanwhile (the entry from start to end, the other idle time, the desk's own window, the
screens); `window` shows the panes a comparison lends it, with the `band` below; `leaving` asks for the desk's person.
Nothing here knows a name, a number or a date, so nothing here can show one: not a title, a tool tip or what a screen
reader says. Marks and whatever else lies over the photos stay with the desk.
"""
