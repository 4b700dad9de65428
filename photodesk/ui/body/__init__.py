"""The body to point at: front, back, head, hands, feet and mouth as vector paths, each part a body site.

`figures` has the drawings, `SiteMap` shows them and takes clicks and arrow keys, `SitePopover` lets a person choose a
site by pointing, by typing or by one digit for what this patient had last.
"""
