"""Meetings at a set time: recurrence, occurrences, invitations, reminders, calendars."""
