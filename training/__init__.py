"""Training: corpora, data module, a thin Lightning module around the plain network, and the recipe of each element."""
