"""Privacy policy and terms: documents with versions, in the store (policy sections 1 and 16)."""
