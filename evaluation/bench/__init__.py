"""How fast the line is: seconds by stage, memory, and ratios against an older revision and against other programs."""
