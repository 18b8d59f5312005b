"""A candidate's message, written into the log in one transaction together with what follows from it at once."""

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from domain.interview.protocol import Message, Refused, admit, phase_of
from domain.sessions.lifecycle import SessionStatus
from domain.sessions.mail_status import MailKind
from domain.webhooks.events import WebhookEvent
from server.jobs.promising import enqueue_session_event, tell_contact
from storage.interviews import event_log, interview_record, plans, sessions

if TYPE_CHECKING:
    from server.interview.room import Room

# Whoever asks for a person over and over is heard, and mailed about so often.
MOST_HELP_MAILS = 3
Row = dict[str, Any]


def taken(room: "Room", db: sa.Connection, message: Message) -> tuple[int, bool]:
    """The number under which the message is kept, and whether it is new; `Refused` leaves nothing behind."""
    row = sessions.for_change(db, room.workspace, room.id)
    if row is None:
        raise Refused("gone", "This interview is not there any more.", "Ask whoever invited you.", 410)
    known = event_log.known(db, room.workspace, room.id, message.client_id)
    if known is not None:
        return known, False
    later = interview_record.log(db, room.workspace, room.id, room.last_seq)
    admit(message, phase_of(SessionStatus(row["status"]), [e.kind for e in (*room.entries, *later)]))
    if message.type.startswith("code_"):
        _admit_code(room, message)
    if message.type == "begin":
        _begin(room, db, row)
    add, now = event_log.append, room.rooms.clock()
    entry = add(db, room.workspace, room.id, message.kind, message.body, now, client=message.client_id)
    if message.type == "help":
        _ask_for_person(room, db, row)
    if message.type == "practice":
        reply = {"text": room.rooms.practice_reply(row["language"])}
        add(db, room.workspace, room.id, "practice_reply", reply, now)
    return entry["seq"], True


def _begin(room: "Room", db: sa.Connection, row: Row) -> None:
    rooms, now = room.rooms, room.rooms.clock()
    plan = plans.compiled(db, row)
    event_log.freeze(db, room.workspace, room.id, plan.model_dump(mode="json"), now)
    values = {"status": SessionStatus.in_progress.value, "started_at": now, "updated_at": now}
    sessions.change(db, row, values)
    started = WebhookEvent.session_started
    enqueue_session_event(db, rooms.jobs, rooms.public_url, started, {**row, **values}, now)


def _ask_for_person(room: "Room", db: sa.Connection, row: Row) -> None:
    asked = len(event_log.helped(db, room.workspace, room.id))
    if asked <= MOST_HELP_MAILS:
        tell_contact(db, room.rooms.jobs, row, MailKind.help, room.rooms.clock(), attempt=asked)


def _admit_code(room: "Room", message: Message) -> None:
    item, body = room.state.item, message.body
    open_task = item is not None and item.id == body["task"] and not room.submission(item.id)
    if item is None or item.code is None or not open_task:
        raise Refused("not_now", "This task is not open.", "Go on with what is asked now.", 409)
    if body["language"] not in item.code.languages:
        raise Refused("other_language", "This task is not offered in that language.", "Choose another one.")
