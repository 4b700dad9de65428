"""One photo over the whole window: dark ground, zoom to its own pixels, the next one by arrow key.

It starts with the screen rendition and asks a decoder for the original once more pixels are seen than that holds.
"""
