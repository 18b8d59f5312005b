"""What must hold after any number of kills."""

from tests.soak.runner import Observations, Plan


def check_observations(plan: Plan, seen: Observations) -> None:
    """Every session once, no mail twice, every missing one flagged, every event told under one id, an exact ledger."""
    assert seen.kills == plan.kills
    assert set(seen.answers) <= {200, 201, 402}, seen.answers
    assert len(seen.rows) == plan.credits, "as many sessions as there were credits for"
    assert seen.workspace["credits_used"] == plan.credits
    by_key = {row["idempotency_key"]: row["id"] for row in seen.rows}
    assert len(by_key) == len(seen.rows), "one session a key"
    assert all(ids == {by_key[key]} for key, ids in seen.booked.items()), "a key means one session"
    assert seen.doubled == []
    assert seen.unflagged == []
    assert seen.events.keys() == set(by_key.values()), "every session is told of, and no other"
    assert all(len(set(ids)) == 1 for ids in seen.events.values()), "an event keeps its id"
