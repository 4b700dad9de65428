"""Tests of the protocol between workstations and the clinic server."""
