"""Camera cards on the screens: the banner that announces one, the home page's list, receipts, erasing.

`watching` hears volumes and keeps the model; everything else shows it. While the desk is locked none of this runs.
"""
