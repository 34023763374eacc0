"""Pages and hooks: for seekers, for staff, for other programs."""
