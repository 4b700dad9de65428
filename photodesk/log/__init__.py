"""The log: every view, every change, appended, sealed, chained and signed.

Words: a *frame* is one record of a segment, an *entry* a frame that says what someone did, a *segment* one file, a
*chain* the running hash that covers every byte so far, a *checkpoint* the workstation's signature over the chain, an
*anchor* a checkpoint kept elsewhere. Guarantees: what `append` returned for is on the disk; whoever writes can not read
back; anyone can verify without a secret; any changed byte is found at its place. It does not stop someone who
runs a changed program, nor notice a cut at a whole frame without an anchor.

Others read it in their own words: `audit_csv`, `audit_fhir` and `audit_dicom` write entries as tables, as FHIR R4
AuditEvent and as DICOM audit messages; `index` is how a privacy officer asks a million entries in a moment.

Dependency: `msgspec`, because entries are MessagePack arrays of fixed order, and hashes need the same bytes each time.
"""
