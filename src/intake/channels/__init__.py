"""The ways in. Each makes an Envelope of what came, stores it, and only then says yes."""
