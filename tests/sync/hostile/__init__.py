"""A hostile server: what it may try, by the eight classes of the design, and what becomes of it."""
