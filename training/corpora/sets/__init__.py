"""The corpora, one module each: how it is read, where it is had, under which licence, whom to cite."""
