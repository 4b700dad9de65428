"""The desk: who is signed in, what their roles allow, and the viewing gate. The only door from screens to the store.

Words: a *session* is a signed-in person's workplace; a *right* is something a role may do; the *gate* gives pixels only
for durable log entries; a *place* is where a person was when the desk locked.

Guarantees: every service asks for its right before it does anything; every change is an entry; no pixel leaves before
its `VIEW`, `COMPARE` or `EXPORT` entry is on the disk, and none at all when the log cannot be written.

It starts no thread and no process, and knows no window. Decoder and keeper are constructor arguments.

Dependency: `msgspec`, as everywhere here for records: it refuses what does not fit the type, and is fast.
"""
