"""The endpoints, one file a noun. They read messages, ask the parts, and answer; they decide nothing."""
