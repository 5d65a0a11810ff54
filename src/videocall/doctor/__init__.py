"""``videocall doctor``: looks at everything an installation needs, and says in plain words what to do."""
