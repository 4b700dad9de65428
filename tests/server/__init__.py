"""Tests of the clinic server."""
