"""Where the parts are joined: the only place that chooses the outside."""
