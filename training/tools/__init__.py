"""Programs that made data which ships with the workbench; each is run as `python -m training.tools.NAME`."""
