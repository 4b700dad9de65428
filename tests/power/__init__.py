"""Power cuts: what a session writes and syncs is recorded, and replayed to any instant with unsynced writes lost."""
