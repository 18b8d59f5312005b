"""The Director: what the interviewer does next. Rules in code decide time, order, depth and difficulty, never a model.

Nothing here reads a clock: `next_move` gets the present moment from its caller.

    state = fold(plan, events)
    move = next_move(state, now)      # None: it is the candidate's turn, or the interview is over
    # word it, append Spoke(move=move, text=…) to the log, step the state
    wake_at(state, now)               # when to ask again if nobody says anything

Every message is understood before it is replied to: `state.heard` says what it does (`domain.listening`).
"""

from datetime import datetime, timedelta

from domain.interview import scene
from domain.interview.events import Move, MoveKind
from domain.interview.ordering import close, move_on
from domain.interview.phrases.catalog import phrases_for
from domain.interview.probing import easier_way_in, encouragement, probe
from domain.interview.replies import ask_again, is_still_unclear, offer_once_more, reply, told_with
from domain.interview.state import AskedItem, Interview, elapsed, seconds_left
from domain.interview.timers import is_coding, timers
from domain.interview.unsaid import first_unsaid, is_fresh_start
from domain.listening.acts import Act
from domain.plan.items import Item, ItemKind

# What ends a scene's silence from outside, or the wait for a last word: replied to, and the place is kept.
_LEAVES_PLACE = frozenset(
    {
        Act.asks_us,
        Act.human,
        Act.moment,
        Act.pause,
        Act.leave,
        Act.upset,
        Act.hostile,
        Act.repeat,
        Act.other_language,
    }
)
# Replies that go before the next question when an answer stands beside what they reply to.
_TOLD_ON_THE_WAY = frozenset({"asks_us", "human"})
_SAID_ONCE = frozenset({"upset", "hostile"})
_OUT_OF_ROLE = frozenset({Act.pause, Act.leave, Act.upset, Act.human, Act.other_language})


def next_move(
    state: Interview, now: datetime, last_activity: datetime | None = None, gather: float = 0.0
) -> Move | None:
    """The interviewer's next step. None while it is the candidate's turn, while paused, and after the end.

    Whoever left gets the closing turn also while the clock stands: nobody comes back to start it again.
    `last_activity` is the moment of the candidate's last keystroke. Nobody is reminded while typing, and a message is
    replied to after `gather` seconds without another one and without a keystroke.
    """
    if state.started is None or state.closed or not state.plan.conducted:
        return None
    if state.end_reason:
        return close(state, state.end_reason)
    if state.paused_at:
        return None
    if state.last_move is None:
        return Move(kind=MoveKind.open, variant=state.plan.manner.variant)
    at = elapsed(state, now)
    due = next((timer.move for timer in timers(state, now, last_activity) if timer.at <= at), None)
    if state.waiting:
        return due
    if _seconds_to_quiet(state, now, last_activity, gather) > 0:
        return due
    if state.plan.timed and seconds_left(state, now) <= 0:
        return close(state, "time_over")
    return _react(state, now) or due


def wake_at(
    state: Interview, now: datetime, last_activity: datetime | None = None, gather: float = 0.0
) -> datetime | None:
    """When `next_move` may answer differently without a new event. None when never."""
    if state.started is None or state.closed or state.paused_at or not state.plan.conducted:
        return None
    at = elapsed(state, now)
    ahead = [timer.at - at for timer in timers(state, now, last_activity) if timer.at > at]
    quiet = _seconds_to_quiet(state, now, last_activity, gather)
    if not state.waiting and quiet > 0:
        ahead.append(quiet)
    # a millisecond later, so that rounding to microseconds never wakes the caller too early
    return now + timedelta(seconds=min(ahead), milliseconds=1) if ahead else None


def _seconds_to_quiet(
    state: Interview, now: datetime, last_activity: datetime | None, gather: float
) -> float:
    """Seconds until the candidate's turn counts as finished, by the clock on the wall: a restart is no keystroke."""
    if not state.parts or gather <= 0:
        return 0.0
    sent = state.parts[-1].at
    return gather - (now - max(sent, last_activity or sent)).total_seconds()


def _react(state: Interview, now: datetime) -> Move | None:
    """The reply to the candidate's last turn. None while they work on code."""
    if state.pending is None:
        return None
    wish = _react_to_wishes(state)
    if wish is not None:
        return wish
    if scene.is_playing(state):
        outside = reply(state, now) if set(state.heard.acts) & _OUT_OF_ROLE else None
        return outside or scene.next_line(state, now) or move_on(state, now)
    current, item = state.current, state.item
    if current is None or item is None:
        return _react_before_start(state, now)
    if state.last_word:
        stays = set(state.heard.acts) & _LEAVES_PLACE and not state.heard.answers
        again = reply(state, now) if stays else None
        # one human sentence; who says so again has said their last word
        said = state.last_move is not None and again is not None and again.key == state.last_move.key
        if again is None or (said and again.reason in _SAID_ONCE):
            return close(state, "finished")
        return again
    order = _react_to_order(state, current)
    if order is not None:
        return order
    return _react_to_message(state, item, current, now)


def _react_to_wishes(state: Interview) -> Move | None:
    """Wishes to stop or to talk to a person come before everything else."""
    stopping = state.last_move is not None and state.last_move.reason == "stop"
    if state.heard.does(Act.stops) or (stopping and _agrees(state.pending_text)):
        return close(state, "candidate_ended") if stopping else _clarify(state, "stop")
    if state.heard.does(Act.person):
        return _clarify(state, "person")
    if stopping and not set(state.heard.acts) & _LEAVES_PLACE:
        return _clarify(state, "resume")
    return None


def _react_before_start(state: Interview, now: datetime) -> Move:
    """Before the first question anything but a request begins the interview."""
    acts = set(state.heard.acts)
    if acts & {Act.repeat, Act.meaning, Act.example} or state.pending_text.strip("? ") == "":
        return _clarify(state, "opening")
    if acts & _LEAVES_PLACE and not state.heard.answers:
        answer = reply(state, now)
        if answer is not None:
            return answer
    return move_on(state, now)


def _react_to_order(state: Interview, current: AskedItem) -> Move | None:
    """Orders to the scorer get one neutral line for each question, while there are words for it."""
    words = phrases_for(state.plan.language).remind["data_only"]
    fresh = any(is_fresh_start(each.replace("{question}", ""), state.said) for each in words)
    if not state.heard.does(Act.instructs) or "remind:data_only" in current.move_keys or not fresh:
        return None
    return Move(kind=MoveKind.remind, reason="data_only", item_id=current.item_id, text=state.open_question)


def _react_to_message(state: Interview, item: Item, current: AskedItem, now: datetime) -> Move | None:
    heard = state.heard
    if _declines_retry(state):
        return move_on(state, now)
    if _accepts_retry(state):
        return _clarify(state, "moment")
    if is_coding(state):
        return _react_to_talk_while_coding(state, current, now)
    answer = reply(state, now)
    if answer is not None and not (heard.answers and answer.reason in _TOLD_ON_THE_WAY):
        return answer
    if is_still_unclear(state):
        again = state.asked_back == 0
        return ask_again(state) if again else move_on(state, now, "accepted_unclear")
    if not heard.answers and not heard.content:
        return _react_to_no_answer(state, item, current, now)
    assert state.pending is not None
    onward = move_on(state, now)
    if item.kind is not ItemKind.code and not state.pending.empty:
        onward = probe(state, item, current, state.pending, now) or onward
    return told_with(onward, answer) if answer is not None else onward


def _react_to_no_answer(state: Interview, item: Item, current: AskedItem, now: datetime) -> Move:
    """Somebody who cannot or will not answer is believed: at most one easier way in, and then on."""
    if state.heard.does(Act.skips) and (offer := offer_once_more(state, item)) is not None:
        return offer
    if state.heard.does(Act.skips) or state.heard.does(Act.instructs):
        return move_on(state, now, "accepted_skips")
    if state.heard.does(Act.already):
        return move_on(state, now, "accepted_already")
    gentle = easier_way_in(state, item, current, now) or encouragement(state, current, now)
    return gentle or move_on(state, now, "accepted_cannot")


def _react_to_talk_while_coding(state: Interview, current: AskedItem, now: datetime) -> Move | None:
    if state.heard.does(Act.skips):
        return move_on(state, now, "accepted_skips")
    if not state.heard.answers:
        answer = reply(state, now)
        if answer is not None:
            return answer
    if "remind:editor" in current.move_keys:
        return None
    words = phrases_for(state.plan.language).remind["editor"]
    return Move(kind=MoveKind.remind, reason="editor") if first_unsaid(words, state.said) else None


def _clarify(state: Interview, reason: str) -> Move:
    current = state.current
    text = state.open_question if current and not state.last_word else ""
    if scene.is_playing(state):
        text = scene.last_line(state)
    return Move(
        kind=MoveKind.clarify,
        reason=reason,
        item_id=current.item_id if current else None,
        variant=current.variant if current else state.plan.manner.variant,
        text=text,
    )


def _declines_retry(state: Interview) -> bool:
    """Whether the candidate says no to giving an answer once more."""
    offered = state.last_move is not None and state.last_move.reason == "again"
    words = state.pending_text.casefold().split()
    says_no = bool(words) and words[0].strip(".,!") in {"no", "nein", "not", "nope", "nö"}
    return offered and says_no and len(words) <= 8


def _accepts_retry(state: Interview) -> bool:
    offered = state.last_move is not None and state.last_move.reason == "again"
    return offered and _agrees(state.pending_text)


def _agrees(text: str) -> bool:
    """Whether a short text begins with a yes."""
    words = text.casefold().split()
    return (
        len(words) <= 6
        and bool(words)
        and words[0].strip(".,!") in {"yes", "ja", "ok", "okay", "sure", "please", "bitte", "yep", "yeah"}
    )
