"""The REST face and what all HTTP faces share: authentication, rate limits, error bodies. No operation lives here."""
