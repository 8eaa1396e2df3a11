"""What was made, from what, and how good it is: files by content id and an index of the log."""
