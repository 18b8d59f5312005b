"""The events, payloads, signatures and allowed URLs of webhooks; nothing here resolves a name or sends anything."""
