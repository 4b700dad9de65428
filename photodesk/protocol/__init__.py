"""Messages between PhotoDesk's processes, and the stream that carries them.

A frame is a u32 length and that many bytes of msgpack, over a Unix socket pair between a parent and its child; a
message may bring descriptors. Both ends are the same program started together, so there is one version and no
negotiation; an unreadable message ends the channel, and the end of a channel means that the other side is gone.
"""
