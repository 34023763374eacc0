"""``/api/v1``: the JSON API for the agency's own system (contract.md, Web)."""
