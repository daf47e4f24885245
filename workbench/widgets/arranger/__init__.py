"""The song as it lies in time, to be heard and changed bar by bar."""
