"""The networks: grid, rows, transformer, sampling, weights. Import what you need from the modules."""
