"""The only place that starts threads or processes.

`processes` spawns children and gives them a channel; `tasks` runs long work beside a window; `decoders` is the pool
that turns untrusted picture bytes into pixels. Packages below get what they need from here as constructor arguments.
"""
