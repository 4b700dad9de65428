"""The clinic server on the screens: the chip and its popover, conflicts to review, the settings' section."""
