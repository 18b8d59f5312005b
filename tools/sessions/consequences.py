"""What calls about sessions would do, in words: whose interview it is, which step, and when."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from domain.moments import in_words
from domain.text.quoting import quoted
from storage.people import participants
from storage.schema.records import SessionRecord
from tools.kernel.consequences import Consequence, person_in_words
from tools.kernel.operation import Call
from tools.sessions.views import find_session

_NAMED = 5


def invitations(
    call: Call, people: Sequence[UUID], stage: str, start: datetime | None, zone: str
) -> Consequence:
    """Interviews for these people; whoever of them does not exist is refused by the operation itself."""
    rows = {row.id: row for row in participants.identities(call.db, call.workspace, people)}
    known = [rows[each] for each in people if each in rows]
    named = [person_in_words(row.name, row.email) for row in known[:_NAMED]]
    more = [f"{len(known) - _NAMED} more"] if len(known) > _NAMED else []
    when = in_words(start, zone) if start else "now"
    sentence = f"Invite {', '.join([*named, *more]) or 'nobody'} to {quoted(stage)}, starting {when}."
    return Consequence(sentence, state=tuple((row.id, row.name, row.email) for row in known))


def about(call: Call, id: UUID, verb: str, ending: str = "") -> Consequence:
    """What happens to one session: `verb` the interview of whom, and the time it is at."""
    session = find_session(call, id, hold=True)
    person = participants.get(call.db, call.workspace, session.candidate_id)
    assert person is not None, "a session's participant exists"
    whose = person_in_words(person.name, person.email)
    when = in_words(session.scheduled_at, session.timezone)
    sentence = f"{verb} the interview {quoted(session.stage)} of {whose} on {when}{ending}."
    return Consequence(sentence, state=(person.id, person.name, person.email, *_stand(session)))


def _stand(session: SessionRecord) -> tuple[object, ...]:
    outcome = (session.score, session.passed, session.recommendation)
    return session.status, session.generation, session.scheduled_at, session.ended_at, *outcome
