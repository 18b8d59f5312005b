"""Queries about mails, notices and webhooks, queued or sent. Nothing is sent here."""
