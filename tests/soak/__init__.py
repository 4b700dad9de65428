"""Long runs; most have a short form in the suite.

python -m tests.soak.locks --times 100        every trigger so often, each lock timed and followed by a memory scan
python -m tests.soak.cycles --times 500       lock and unlock, watching processes, descriptors and memory
python -m tests.soak.passwords --times 10000  wrong passwords through the real sign-in, with a clock moved by hand
python -m tests.soak.server --minutes 20      the clinic server under load: processes killed, connections cut
python -m tests.soak.cuts --times 300         photos up and down through a network that breaks
python -m tests.soak.histories --times 10000  histories of workstations out of contact, all ending in one state
python -m tests.soak.desks --minutes 20       two real desks, a server that is killed, a network that breaks
python -m tests.soak.join --photos 20000      a workstation joins a large clinic: when it is usable, what came by then
"""
