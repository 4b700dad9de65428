"""Threads and processes: the only place that starts them.

`processes` starts children with nothing but the descriptors they need, a cleaned environment and a death wish;
`keeper_link` is how a desk, a command or an importer speaks to the keeper; `decoders` is the pool of sandboxed
decoders; `tasks` gives the windows one store thread and a small decode pool, with answers on the GUI thread. No Qt
except in `tasks`, which needs QtCore.
"""
