"""Settings, section "People": who works here, the sealed envelope, and who may do what."""
