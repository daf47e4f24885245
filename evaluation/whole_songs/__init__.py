"""Whole songs as a user gets them, judged beside whole songs that people wrote.

Excerpts tell whether four bars sound human. A song can be made of such bars and still have no tune: nothing comes
back, the lead is silent for most of it, a chorus has four bars. Here every value is of a song from its first bar to
its last.
"""
