"""The desk under the hands."""
