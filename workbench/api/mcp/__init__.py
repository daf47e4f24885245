"""The same verbs as tools of the Model Context Protocol, for assistants: songs lie in one folder of this machine."""
