"""Meetings: create, admission, host powers, life cycle, attendance."""
