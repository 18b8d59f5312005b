"""The life of a session: statuses, stages, participants, reminders, mail statuses; nothing of what is said in it."""
