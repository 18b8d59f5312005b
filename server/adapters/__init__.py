"""Everything outside the process: mail, webhooks, models, job engine, sandbox. No rule and no face lives here."""
