"""The command line. It only reads arguments, calls the public functions and prints."""
