"""Settings, section "Security": what protects this workstation now, each with what to do."""
