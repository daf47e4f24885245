"""Suites: each looks at one side of an element and returns bars and figures."""
