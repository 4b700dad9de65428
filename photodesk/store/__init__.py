"""The store: the only place that opens SQLCipher, and the only place that holds what a clinic recorded.

Words: the *catalog* says who the patients are; a *chart* is one patient's database under its own key; a *pack* is a
sealed inbox database; the *erasure keys* are one key per patient whose forgetting erases; an *operation* is one signed,
sealed change; a *generation* counts the commits of one database.

Guarantees: every change is an operation committed with its effect; a photo exists when its chart transaction has
committed; what was acknowledged survives any kill; a damaged database is reported by its chart id and touches nothing
else; a newer format is refused untouched.

It does not decide who may look (see `desk`), decode a picture (see `imaging`) or start a thread.

Dependencies: `sqlcipher3`, because it brings SQLCipher and SQLite in one wheel, so that every page is encrypted and
authenticated and its SQLite is one we know (older ones can corrupt WAL files and are refused); `keyring`, because it
speaks to all three systems' keyrings, of which only an allow-list is used; `msgspec` for records and key files;
`obstore`, because it speaks to every S3-compatible store, for backups that go there (loaded only then).
"""
