"""The networks that write the elements: which there are, where they come from, and how two of them sound."""
