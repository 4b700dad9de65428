"""Start-up of every process and the command line: the only wiring.

`entry` looks at the first argument and hands over to the keeper, a desk, an importer, a decoder or the command line, so
that each process loads only what it needs. The keeper (`keeper*`) holds the workstation's signing keys, writes the log,
counts attempts and ends desks.
"""
