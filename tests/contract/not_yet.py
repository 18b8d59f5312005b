"""The rows that no test keeps yet, and why. Whoever writes or marks the test takes the row out of here."""

_NO_ROOM = "the interview room is being built"
_NO_SCORING = "scoring of sessions is being built"

NOT_YET: dict[str, str] = {
    # faces
    "auth.cookie": "the dashboard comes later",
    "auth.participant-tokens": "the embed widget is outside the readable contract",
    # participants
    "participants.resume-read": "nothing fetches a résumé yet",
    # webhooks
    **dict.fromkeys(("lifecycle.events", "webhooks.scored-after-completed"), _NO_SCORING),
    # the interview and what comes of it
    **dict.fromkeys(("sessions.join-any-time",), _NO_ROOM),
    **dict.fromkeys(
        (
            "lifecycle.scored-is-no-status",
            "lifecycle.two-minutes",
            "lifecycle.failed-unscored",
            "scorecard.score-text",
            "scorecard.score-scale",
            "scorecard.weighted",
            "scorecard.passed",
            "scorecard.rule-fallback",
            "scorecard.recommendation",
            "scorecard.tokens",
            "scorecard.output-flags",
            "scorecard.breakdown",
            "scorecard.transcript",
            "scorecard.signals",
            "scorecard.signals-shape",
            "scorecard.summary",
            "scorecard.links",
        ),
        _NO_SCORING,
    ),
}
