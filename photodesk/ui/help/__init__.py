"""Help: one page a topic, the same text in the window and as `photodesk help`. Texts lie in `resources/help`."""
