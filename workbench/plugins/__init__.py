"""Effects and instruments that others made: found, listed and run in processes of their own."""

from workbench.plugins.facts import PLUGIN_PREFIX, PluginFacts, PluginParameter, check_no_plugins, checked_settings
from workbench.plugins.naming import named_plugins
from workbench.plugins.running import failures, place_in, play_instrument, run_effect
from workbench.plugins.scanning import check_inserts, checked_insert, find_plugin, scan

__all__ = [
    "PLUGIN_PREFIX",
    "PluginFacts",
    "PluginParameter",
    "check_inserts",
    "check_no_plugins",
    "checked_insert",
    "checked_settings",
    "failures",
    "find_plugin",
    "named_plugins",
    "place_in",
    "play_instrument",
    "run_effect",
    "scan",
]
