"""Queries about mails, notices and webhooks that leave or have left; nothing is sent here."""
