"""Long runs, each with a short form in the suite.

python -m tests.soak.locks --times 100        every trigger so often, each lock timed and followed by a memory scan
python -m tests.soak.cycles --times 500       lock and unlock, watching processes, descriptors and memory
python -m tests.soak.passwords --times 10000  wrong passwords through the real sign-in, with a clock moved by hand
python -m tests.soak.server --minutes 20      the clinic server under load: processes killed, connections cut
"""
