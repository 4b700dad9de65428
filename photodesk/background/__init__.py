"""Threads and processes: the only place that starts them.

`processes` starts children with nothing but the descriptors they need, a cleaned environment and a death wish;
`keeper_link` is how a desk, a command or an importer speaks to the keeper; `decoders` is the pool of sandboxed
decoders; `tasks` gives the windows one store thread and a small decode pool, with answers on the GUI thread. No Qt
except in `tasks`, which needs QtCore. `worklist_query` asks a DICOM worklist server.

`volumes` tells which cards come and go, and lets go of them. `security_keys` asks FIDO2 keys; `host_facts` tells how
the computer protects its disk.

Guarantees: a child dies with its parent; an answer nobody waits for any more is dropped; what `done` hears is one
frozen value on the GUI thread. It knows nothing of what the work is: stores, logs and pictures are its callers'.

Dependencies: PySide6's QtCore, because a queued signal is the one safe way onto the GUI thread; `numpy`, because
decoded pixels are arrays over shared memory, without a copy; `jeepney` (Linux) speaks to the disk
service over D-Bus; `pynetdicom` is the one kept DICOM network for Python; `fido2` is
Yubico's own library, the only kept one that speaks CTAP2 over HID on every system without a browser.
"""
