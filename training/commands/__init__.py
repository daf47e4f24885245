"""The commands that `beatsfoundry` has from this package: train, finetune, sweep, models and corpora."""
