"""Wing of metric checks: whether metrics follow known damage, and how far estimators err on signals of known truth."""
