"""Push messages to browsers: who gets them, what they say, and how they go out (RFC 8030, 8291, 8292)."""
