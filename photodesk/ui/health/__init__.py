"""Checking the store from the window: what a check found, and a repair that deletes nothing."""
