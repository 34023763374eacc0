"""Mails on their way out: claim, look once more, hand over, mark; try again or tell staff."""
