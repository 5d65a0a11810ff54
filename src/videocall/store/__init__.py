"""Where documents are kept: one port, one engine for a single machine and one for MongoDB."""
