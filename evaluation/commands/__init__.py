"""One module for each subject of `beatsfoundry evaluate`: `add_to(subjects)` adds its parser, whose `run` judges."""
