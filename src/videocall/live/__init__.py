"""The live room: who is there, what changes, and the signalling between browsers."""
