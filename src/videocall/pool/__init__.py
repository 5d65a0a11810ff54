"""The pool: Jitsi servers of other people, their health, and which of them carries a meeting."""
