"""What is wrong on this machine, or with a project, and what helps."""
