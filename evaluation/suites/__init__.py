"""Wing of suites: fixed prompts and seeds that are made, measured, logged and compared between versions."""
