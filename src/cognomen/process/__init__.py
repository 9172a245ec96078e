"""A running server: the socket, one process or several, and the line that says it is ready."""
