"""Storing a candidate's message: one transaction with everything that follows from it at once."""

from collections.abc import Callable, Set
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from domain.interview.log import phase_of
from domain.interview.page_messages import Message, MessageRefused, admit
from domain.plan.items import Item
from domain.sessions.lifecycle import SessionStatus
from domain.sessions.mail_status import MailKind
from server.interview.context import InterviewContext
from storage.interviews import event_log, interview_record, plans, sessions
from storage.schema.records import SessionRecord
from tools.kernel.mailing import enqueue_contact_mail
from tools.kernel.unit import Unit
from tools.sessions import transitions

# Requests for a person are all kept, and this many of them are mailed.
MAX_HELP_MAILS = 3
# Work on the interview says that the candidate is there, whatever carried it. Leaving does not need a running clock.
RETURNS = frozenset({"answer", "code_run", "code_submit"})


@dataclass(frozen=True, slots=True)
class RoomSnapshot:
    """The part of a room that storing a message needs. `open_task` is the coding task that may be worked on now."""

    workspace: UUID
    session: UUID
    last_seq: int
    kinds: Set[str]
    open_task: Item | None


def store_message(
    context: InterviewContext,
    room: RoomSnapshot,
    unit: Unit,
    message: Message,
    note_return: Callable[[sa.Connection], None],
) -> tuple[int, bool]:
    """Store the message once: its number in the log, and whether it is new. `MessageRefused` leaves nothing behind.

    `note_return` lets a clock that stands go on, before the message is stored.
    """
    row = sessions.for_change(unit.db, room.workspace, room.session)
    if row is None:
        raise MessageRefused("gone", "This interview is not there any more.", "Ask whoever invited you.", 410)
    known = event_log.seq_of(unit.db, room.workspace, room.session, message.client_id)
    if known is not None:
        return known, False
    newer = interview_record.load_entries(unit.db, room.workspace, room.session, room.last_seq)
    kinds = [*room.kinds, *(entry.kind for entry in newer)]
    admit(message, phase_of(SessionStatus(row.status), kinds))
    if message.type.startswith("code_"):
        _admit_code(room.open_task, message)
    if message.type == "begin":
        transitions.begin(unit, row, plans.compile_for_session(unit.db, row))
    if message.type in RETURNS:
        note_return(unit.db)
    seq = event_log.append(
        unit.db,
        room.workspace,
        room.session,
        message.kind,
        message.body,
        unit.now,
        client=message.client_id,
    )
    if message.type == "help":
        _mail_contact(unit, row)
    if message.type == "practice":
        reply = {"text": context.practice_reply(row.language)}
        event_log.append(unit.db, room.workspace, room.session, "practice_reply", reply, unit.now)
    return seq, True


def _mail_contact(unit: Unit, row: SessionRecord) -> None:
    asked = len(event_log.help_requests(unit.db, row.workspace_id, row.id))
    if asked <= MAX_HELP_MAILS:
        enqueue_contact_mail(unit, row, MailKind.help, attempt=asked)


def _admit_code(task: Item | None, message: Message) -> None:
    if task is None or task.code is None or task.id != message.body["task"]:
        raise MessageRefused("not_now", "This task is not open.", "Go on with what is asked now.", 409)
    if message.body["language"] not in task.code.languages:
        raise MessageRefused(
            "other_language", "This task is not offered in that language.", "Choose another one."
        )
