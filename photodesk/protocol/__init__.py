"""Messages between PhotoDesk's processes, and the stream that carries them.

A frame is a u32 length and that many bytes of msgpack, over a Unix socket pair between a parent and its child; a
message may bring descriptors. Both ends are the same program started together, so there is one version and no
negotiation; an unreadable message ends the channel, and the end of a channel means that the other side is gone.

Guarantees: a frame arrives whole or the channel ends; what arrives has the declared type. It carries what it is given:
who may say what is decided by whoever listens.

Dependency: `msgspec`, because one tagged union of structs is the whole protocol: encoding, checking and typing at once,
with no generated code.
"""
