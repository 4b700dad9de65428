"""Views and visits: standard views down, visits across, so that what was taken and what was not is seen at once.

`model` knows rows, columns, gaps and what is chosen (no Qt); `table` paints only what is seen of it; `page` joins them.
"""
