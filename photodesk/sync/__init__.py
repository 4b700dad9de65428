"""The clinic server's protocol: what travels between a workstation and the server, as bytes both sides agree on.

Words: a *parcel* lists what one workstation sends, chained and signed by its keeper; the server's *order* is a counter
per clinic, chained too, so that dropping or swapping anything later is seen; a *part* is 8 MiB of a sealed blob.

Guarantees: pure arithmetic over bytes; no key that opens anything, no network, no files. The server uses it as well as
workstations, so there is one place where each format is written.
"""
