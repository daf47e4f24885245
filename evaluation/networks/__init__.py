"""Wing of the networks: what an element's network writes, judged against n-grams and human music."""
