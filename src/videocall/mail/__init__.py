"""Mail: what is sent, and how it goes out."""
