"""People with an account: sign in, profile, second factor, export, deletion (policy sections 3.1, 3.4, 3.5, 10, 12)."""
