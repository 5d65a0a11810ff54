"""Administrators: who they are, what they decide, and the record of it."""
