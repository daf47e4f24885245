"""Wing of control: what a request asks for, against what is composed and heard."""
