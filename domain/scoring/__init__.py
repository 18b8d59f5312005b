"""From evidence to a scorecard: findings, points, recommendation; may use plan and text, never a running interview."""
