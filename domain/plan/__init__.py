"""Interview plans: what is asked and by which criteria; may use `domain.text`, never scoring or a running interview."""
