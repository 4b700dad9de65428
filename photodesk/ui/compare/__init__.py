"""Before and after: two photos side by side or behind a curtain, with linked zoom and pan.

`model` holds the pair, the filmstrip and what the panes show (no Qt); `loading` brings pixels through the gate, both
photos on two threads; `photo_canvas` paints photos through one shared view; `page` is the whole. A `COMPARE` entry is
durable before the first pixel of a pair. Modes that do not exist yet have no button.
"""
