"""What the phone app asks before it asks for anything else: looks and advertising by country (policy section 14)."""
