"""Backups on the screen: a section of the settings, and what makes them run beside everything else."""
