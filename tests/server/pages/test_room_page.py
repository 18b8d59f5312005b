"""The candidate's page in a real browser against a stub of its server: no answer is lost or doubled."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from domain.text.markdown import markdown_tree
from server.pages.room_page import gone_state, render_room
from tests.support.candidate_browser import CandidateBrowser, launch_chromium, walk_interview
from tests.support.room_stub import SCRIPT, TASK, Room, RoomStub

pytestmark = pytest.mark.needs("browser")
EVIL = '</script><img src=x onerror="document.title=1"><b>bold</b>'
TRICKS = "a\u200bb \u202egnirts\u202c שלום"

Invite = Callable[..., CandidateBrowser]


@pytest.fixture(scope="module")
def stub() -> Iterator[RoomStub]:
    with RoomStub() as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launch_chromium() as running:
        yield running


@pytest.fixture
def secret(request: pytest.FixtureRequest) -> str:
    return "".join(letter for letter in request.node.name if letter.isalnum())[:80]


@pytest.fixture
def room(stub: RoomStub, secret: str) -> Room:
    return stub.open(secret)


@pytest.fixture
def invite(stub: RoomStub, browser: Browser, room: Room, secret: str) -> Iterator[Invite]:
    """Candidates with the link to this room, each with a device of their own; none may hear complaints."""
    invited: list[CandidateBrowser] = []

    def invited_with(**device: Any) -> CandidateBrowser:
        invited.append(CandidateBrowser(browser, f"{stub.url}/join/{secret}", **device))
        return invited[-1]

    yield invited_with
    for candidate in invited:
        candidate.leave()
    assert [candidate.complaints for candidate in invited if candidate.complaints] == []


@pytest.fixture
def ada(invite: Invite) -> CandidateBrowser:
    return invite()


def in_talk(candidate: CandidateBrowser) -> CandidateBrowser:
    candidate.arrive()
    candidate.agree_and_begin()
    return candidate


def in_task(candidate: CandidateBrowser) -> CandidateBrowser:
    in_talk(candidate)
    candidate.answer("one")
    candidate.heard_questions(2)
    candidate.answer("two")
    expect(candidate.on("#editor .cm-content")).to_contain_text("solve")
    return candidate


DEVICES: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "phone": {"color_scheme": "light", "viewport": {"width": 360, "height": 740}, "has_touch": True},
    # 200 % zoom of a laptop's window is half of its width in CSS pixels
    "zoom": {"color_scheme": "dark", "viewport": {"width": 640, "height": 400}, "device_scale_factor": 2},
}


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("device", DEVICES)
def test_the_whole_interview_can_be_walked_without_a_grave_finding(
    invite: Invite, room: Room, device: str, language: str
) -> None:
    candidate = invite(**DEVICES[device])
    candidate.arrive(f"?language={language}")
    expect(candidate.on("html")).to_have_attribute("lang", language)

    def look(phase: str) -> None:
        candidate.shoot(f"{device}-{language}-{phase}")
        assert candidate.grave_findings() == []
        assert not candidate.scrolls_sideways()

    walk_interview(candidate, look)
    assert room.of("consent") == [{"version": "2026-11", "language": language}]
    assert len(room.of("answer")) == 4
    assert [body["code"] for body in room.of("code_submitted")] == ["print(sum(map(int, input().split())))"]
    assert candidate.on("#clock").is_hidden()


def test_the_lobby_says_all_that_a_candidate_must_know(ada: CandidateBrowser) -> None:
    ada.arrive()
    said = ada.on("#lobby").inner_text()
    for fact in (
        "Grace & Söhne",
        "Hello Ada",
        "Nora",
        "Backend engineer",
        "40 minutes",
        "10 minutes of extra",
        "11:00",
    ):
        assert fact in said
    for heading in ("An AI conducts", "What is recorded", "Who decides", "does not use a language model"):
        assert heading in said


def test_one_press_gives_consent_begins_and_leaves_the_focus_where_the_answer_goes(
    ada: CandidateBrowser, room: Room
) -> None:
    ada.arrive()
    assert room.log == []
    expect(ada.on("#lobby-server")).to_have_text("works")
    expect(ada.on("#lobby-drafts")).to_have_text("works")
    assert room.log == []
    ada.on("#agree").click()
    ada.heard_questions(1)
    assert [event["type"] for event in room.log] == ["consent", "begun", "interviewer"]
    expect(ada.on("#answer")).to_be_focused()
    ada.page.keyboard.type("one")
    ada.on("#answer-form button").click()
    ada.heard_questions(2)
    expect(ada.on("#answer")).to_be_focused()


def test_where_only_the_event_stream_gets_through_one_press_begins_as_well(
    ada: CandidateBrowser, room: Room
) -> None:
    room.sockets = False
    ada.arrive()
    ada.agree_and_begin()
    assert [event["type"] for event in room.log] == ["consent", "begun", "interviewer"]


def test_a_turn_does_not_take_the_focus_from_somebody_who_types(
    ada: CandidateBrowser, room: Room, stub: RoomStub
) -> None:
    in_talk(ada)
    ada.on("#help summary").click()
    ada.on("#help-words").click()
    stub.do(room.say())
    ada.heard_questions(2)
    expect(ada.on("#help-words")).to_be_focused()
    ada.on("#answer").fill("half a sen")
    stub.do(room.say())
    expect(ada.on("#task")).to_be_visible()
    expect(ada.on("#answer")).to_be_focused()
    ada.page.keyboard.type("tence")
    expect(ada.on("#answer")).to_have_value("half a sentence")


def test_the_note_to_somebody_silent_is_shown_and_read_out_once(ada: CandidateBrowser, room: Room) -> None:
    in_talk(ada)
    room.append("interviewer", {"text": "Take your time; I am still here.", "kind": "remind", "item": "i1"})
    ada.heard_questions(2)
    expect(ada.on("#announcer")).to_contain_text("Nora: Take your time; I am still here.")
    assert ada.turns().count("Take your time; I am still here.") == 1
    expect(ada.on("#answer")).to_be_focused()


def test_where_an_interview_has_no_clock_the_page_does_not_speak_of_one(
    ada: CandidateBrowser, room: Room
) -> None:
    room.facts |= {"timed": False, "mode": "async_interview"}
    ada.arrive()
    said = ada.on("#lobby").inner_text()
    assert "without a time limit" in said
    assert "You have 40 minutes" not in said
    assert "your time stands still" not in said


def test_a_practice_lobby_says_that_nobody_decides_from_it(ada: CandidateBrowser, room: Room) -> None:
    room.facts |= {"mode": "practice_session"}
    ada.arrive()
    said = ada.on("#lobby").inner_text()
    assert "this is practice, and nothing is decided from it" in said
    assert "decide, not software" not in said


def test_a_person_or_an_adjustment_can_be_asked_for_before_consenting(
    ada: CandidateBrowser, room: Room
) -> None:
    ada.arrive()
    ada.on("#help summary").click()
    ada.on('#help input[value="adjustment"]').check()
    ada.on("#help-words").fill("I use a screen reader.")
    ada.on("#help-form button").click()
    expect(ada.on("#help-status")).to_contain_text("passed on")
    assert room.of("help") == [{"kind": "adjustment", "text": "I use a screen reader."}]


def test_drafts_of_answer_and_code_survive_a_reload(ada: CandidateBrowser) -> None:
    in_task(ada)
    ada.on("#speak").click()
    ada.on("#answer").fill("half a thou")
    ada.code("x = 1")
    ada.on("#code-language").select_option("typescript")
    ada.code("let x = 1;")
    ada.page.reload()
    expect(ada.on("#answer")).to_have_value("half a thou")
    expect(ada.on("#editor .cm-content")).to_have_text("let x = 1;")
    ada.on("#code-language").select_option("python")
    expect(ada.on("#editor .cm-content")).to_have_text("x = 1")
    ada.on("#code-language").select_option("javascript")
    expect(ada.on("#editor .cm-content")).to_contain_text("function solve")


def test_a_reload_shows_the_whole_conversation_once(ada: CandidateBrowser) -> None:
    in_talk(ada)
    ada.answer("one")
    ada.heard_questions(2)
    before = ada.turns()
    ada.page.reload()
    ada.heard_questions(2)
    assert ada.turns() == before == [SCRIPT[0]["text"], "one", SCRIPT[1]["text"]]
    assert ada.on("#announcer").inner_text() == ""


def test_an_answer_whose_acknowledgement_was_lost_is_neither_lost_nor_doubled(
    ada: CandidateBrowser, room: Room
) -> None:
    in_talk(ada)
    room.acks = False
    ada.answer("one")
    expect(ada.on("body")).to_have_attribute("data-line", "lost")
    room.acks = True
    ada.connected()
    expect(ada.on("#turns .candidate:not(.waiting)")).to_have_count(1)
    expect(ada.on("#turns .waiting")).to_have_count(0)
    sent = [message["client_id"] for message in room.received if message["type"] == "answer"]
    assert len(sent) >= 2
    assert len(set(sent)) == 1
    assert room.of("answer") == [{"text": "one"}]


def test_an_answer_written_while_the_line_is_down_is_sent_when_it_is_back(
    ada: CandidateBrowser, room: Room, stub: RoomStub
) -> None:
    in_talk(ada)
    ada.context.set_offline(True)
    stub.do(room.drop())
    expect(ada.on("#line")).to_contain_text("kept here")
    ada.answer("written in a tunnel")
    expect(ada.on("#turns .waiting")).to_contain_text("Being sent")
    assert room.of("answer") == []
    ada.context.set_offline(False)
    ada.heard_questions(2)
    assert room.of("answer") == [{"text": "written in a tunnel"}]
    assert ada.turns().count("written in a tunnel") == 1


def test_an_answer_that_was_never_sent_is_sent_after_a_reload(
    ada: CandidateBrowser, room: Room, stub: RoomStub
) -> None:
    in_talk(ada)
    # the line eats what is said into it
    room.acks = False
    keep, room.take = room.take, lambda message: {"type": "lost"}  # type: ignore[method-assign]
    ada.answer("before the reload")
    expect(ada.on("body")).to_have_attribute("data-line", "lost")
    room.acks, room.take = True, keep  # type: ignore[method-assign]
    ada.page.reload()
    ada.heard_questions(2)
    assert room.of("answer") == [{"text": "before the reload"}]
    assert ada.turns().count("before the reload") == 1


def test_that_the_interviewer_is_thinking_does_not_outlive_the_line(
    ada: CandidateBrowser, room: Room, stub: RoomStub
) -> None:
    in_talk(ada)
    room.held = True
    ada.answer("one")
    expect(ada.on("#thinking")).to_be_visible()
    stub.do(room.drop())
    expect(ada.on("#thinking")).to_be_hidden()
    room.held = False
    stub.do(room.say())
    expect(ada.on("#announcer")).to_contain_text("Nora: And what did you do when it failed?")


def test_where_websockets_are_broken_the_event_stream_carries_the_interview(
    ada: CandidateBrowser, room: Room
) -> None:
    room.sockets = False
    ada.arrive()
    ada.agree()
    expect(ada.on("#practice-text")).to_be_focused()
    expect(ada.on("#check-live")).to_contain_text("simpler way")
    ada.begin()
    ada.answer("one")
    ada.heard_questions(2)
    assert room.of("answer") == [{"text": "one"}]


def test_a_second_tab_takes_over_and_the_first_can_take_it_back(ada: CandidateBrowser, room: Room) -> None:
    in_talk(ada)
    first = ada.page
    first.locator("#answer").fill("begun here")
    ada.page = ada.tab()
    ada.arrive()
    expect(first.locator("#superseded")).to_be_visible()
    expect(first.locator("#answer-form")).to_have_attribute("inert", "")
    expect(ada.on("#answer")).to_have_value("begun here")
    ada.on("#answer").fill("gone on there")
    first.locator("#take-back").click()
    expect(first.locator("#superseded")).to_be_hidden()
    expect(first.locator("#answer")).to_have_value("gone on there")
    expect(ada.on("#superseded")).to_be_visible()
    ada.page = first
    ada.answer("and sent from the first")
    ada.heard_questions(2)
    assert room.of("answer") == [{"text": "and sent from the first"}]


def test_another_device_continues_where_the_first_was(ada: CandidateBrowser, invite: Invite) -> None:
    in_talk(ada)
    ada.answer("one")
    ada.heard_questions(2)
    phone = invite(**DEVICES["phone"])
    phone.arrive()
    phone.heard_questions(2)
    assert phone.turns() == ada.turns()
    expect(ada.on("#superseded")).to_be_visible()


def test_merely_opening_the_link_elsewhere_changes_nothing_until_somebody_goes_on(
    ada: CandidateBrowser, invite: Invite, room: Room
) -> None:
    in_talk(ada)
    before = list(room.log)
    scanner = invite()
    scanner.page.goto(scanner.address)
    expect(scanner.on("#elsewhere")).to_contain_text("Nothing changes there")
    assert scanner.grave_findings() == []
    scanner.shoot("elsewhere")
    scanner.page.reload()
    expect(scanner.on("#go-on")).to_be_visible()
    ada.answer("one")
    ada.heard_questions(2)
    assert len(room.lines) == 1
    assert [event["type"] for event in room.log[len(before) :]] == ["answer", "interviewer"]
    expect(ada.on("#superseded")).to_be_hidden()
    scanner.go_on()
    scanner.heard_questions(2)
    expect(ada.on("#superseded")).to_be_visible()


def test_a_superseded_tab_that_is_loaded_again_waits_for_its_person(
    ada: CandidateBrowser, invite: Invite
) -> None:
    in_talk(ada)
    phone = invite()
    phone.arrive()
    expect(ada.on("#superseded")).to_be_visible()
    ada.page.reload()
    expect(ada.on("#go-on")).to_be_visible()
    expect(phone.on("#superseded")).to_be_hidden()


def test_a_link_opened_in_the_lobby_takes_no_line(ada: CandidateBrowser, invite: Invite, room: Room) -> None:
    ada.arrive()
    ada.agree()
    expect(ada.on("#practice")).to_be_visible()
    scanner = invite()
    scanner.page.goto(scanner.address)
    expect(scanner.on("#go-on")).to_be_visible()
    assert len(room.lines) == 1
    assert len(room.log) == 1


def leave(candidate: CandidateBrowser) -> None:
    candidate.on("#leave").click()
    candidate.on("#asking-yes").click()


def test_leaving_is_sent_although_the_line_is_lost_for_good(
    ada: CandidateBrowser, room: Room, stub: RoomStub
) -> None:
    in_talk(ada)
    room.sockets = False
    stub.do(room.drop())
    expect(ada.on("body")).to_have_attribute("data-line", "lost")
    leave(ada)
    expect(ada.on("#ended-reason")).to_contain_text("You ended the interview")
    assert len(room.of("leave")) == 1


def test_leaving_from_a_tab_that_is_not_the_active_one_ends_the_interview(
    ada: CandidateBrowser, invite: Invite, room: Room
) -> None:
    in_talk(ada)
    invite().arrive()
    expect(ada.on("#superseded")).to_be_visible()
    leave(ada)
    expect(ada.on("#ended-reason")).to_contain_text("You ended the interview")
    assert len(room.of("leave")) == 1


def test_leaving_and_closing_the_page_at_once_is_heard(
    ada: CandidateBrowser, room: Room, stub: RoomStub
) -> None:
    in_talk(ada)
    # the line is open and eats what is said into it
    keep = room.take

    def eat(message: dict[str, Any]) -> dict[str, Any]:
        room.take = keep  # type: ignore[method-assign]
        return {"type": "lost"}

    room.take = eat  # type: ignore[method-assign]
    leave(ada)
    ada.page.goto("about:blank")
    stub.do(_until_ended(room))
    assert room.of("ended") == [{"reason": "left"}]


async def _until_ended(room: Room) -> None:
    while room.phase != "ended":
        await room.grown.wait()


@pytest.mark.parametrize("words", [EVIL, TRICKS, "{workspace} $& {{ 7*7 }}"], ids=["html", "bidi", "braces"])
def test_what_people_write_is_shown_as_text(ada: CandidateBrowser, room: Room, words: str) -> None:
    room.facts |= dict.fromkeys(("role", "workspace", "interviewer", "stage", "candidate"), words)
    in_talk(ada)
    ada.answer(words)
    ada.heard_questions(2)
    assert ada.turns()[1] == words
    assert ada.on("main img, main b.said, .said b").count() == 0
    assert ada.page.title() != "1"
    ada.page.reload()
    ada.heard_questions(2)
    assert ada.turns()[1] == words
    assert room.of("answer") == [{"text": words}]


def test_an_answer_over_16_kib_is_held_back_with_its_text(ada: CandidateBrowser, room: Room) -> None:
    in_talk(ada)
    long = "ü" * 8193
    ada.on("#answer").fill(long)
    ada.on("#answer-form button").click()
    expect(ada.on("#answer-status")).to_contain_text("too long by 2 bytes")
    expect(ada.on("#answer")).to_have_value(long)
    assert room.of("answer") == []


def test_a_refused_answer_comes_back_into_the_field_with_the_reason(
    ada: CandidateBrowser, room: Room
) -> None:
    in_talk(ada)
    ada.on("#answer").fill("/refuse")
    ada.on("#answer-form button").click()
    expect(ada.on("#answer-status")).to_contain_text("Wait a little.")
    expect(ada.on("#answer")).to_have_value("/refuse")
    expect(ada.on("#turns .candidate")).to_have_count(0)
    ada.page.reload()
    expect(ada.on("#answer")).to_have_value("/refuse")


def box(candidate: CandidateBrowser, selector: str) -> dict[str, float]:
    found = candidate.on(selector).bounding_box()
    assert found is not None
    return {"left": found["x"], "top": found["y"], "right": found["x"] + found["width"]} | {
        "bottom": found["y"] + found["height"]
    }


@pytest.mark.parametrize("width", [900, 1440])
def test_beside_the_task_there_is_one_place_to_answer_with_what_came_of_it(
    invite: Invite, room: Room, width: int
) -> None:
    ada = in_task(invite(viewport={"width": width, "height": 800}))
    expect(ada.on("#editor .cm-content")).to_be_focused()
    expect(ada.on("#answer")).to_be_hidden()
    expect(ada.on("#task-prompt strong")).to_have_text("whole numbers")
    expect(ada.on("#task-prompt li")).to_have_count(2)
    ada.code("syntax!")
    ada.on("#code-run").click()
    expect(ada.on("#results")).to_contain_text("Line 1")
    text, editor, results = box(ada, "#task-text"), box(ada, "#editor"), box(ada, "#results")
    assert text["right"] <= editor["left"]
    assert text["right"] <= results["left"]
    assert editor["bottom"] <= results["top"]
    assert results["bottom"] <= 800, "the result is in sight without scrolling"
    assert ada.page.evaluate("document.documentElement.scrollHeight") <= 800
    ada.on("#code-run").click()
    expect(ada.on("#code-run")).to_be_focused()


def test_on_a_phone_the_task_stands_above_the_editor_and_gets_the_focus(invite: Invite) -> None:
    ada = in_task(invite(**DEVICES["phone"]))
    expect(ada.on("#task-title")).to_be_focused()
    assert box(ada, "#task-text")["bottom"] <= box(ada, "#editor")["top"]
    assert not ada.scrolls_sideways()


def test_while_a_task_is_open_something_can_be_asked(ada: CandidateBrowser, room: Room) -> None:
    in_task(ada)
    ada.on("#speak").click()
    expect(ada.on("#answer")).to_be_focused()
    ada.answer("May I use a library?")
    expect(ada.on("#turns .candidate:not(.waiting)")).to_have_count(3)
    assert room.of("answer")[-1] == {"text": "May I use a library?"}
    expect(ada.on("#task")).to_be_visible()


def test_a_question_about_the_code_keeps_it_in_sight_on_any_device(
    ada: CandidateBrowser, invite: Invite, room: Room
) -> None:
    in_task(ada)
    ada.code("print(sum(map(int, input().split())))")
    ada.on("#code-submit").click()
    ada.on("#asking-yes").click()
    ada.heard_questions(4)
    expect(ada.on("#answer")).to_be_focused()
    phone = invite(**DEVICES["phone"])
    phone.arrive()
    for candidate in (phone, ada):
        if candidate is ada:
            ada.on("#take-back").click()
        expect(candidate.on("#editor .cm-content")).to_contain_text("print(sum(")
        expect(candidate.on("#code-submit")).to_be_hidden()
        expect(candidate.on("#answer")).to_be_visible()
    ada.answer("It is short.")
    ada.heard_questions(5)
    expect(ada.on("#task")).to_be_hidden()
    expect(ada.on("#task-text")).to_be_hidden()


def test_a_task_holds_no_element_that_its_author_wrote_as_html(ada: CandidateBrowser, room: Room) -> None:
    sly: list[Any] = [
        *markdown_tree(
            f"{EVIL}\n\n[here](javascript:alert(1)) [there](https://example.com/?a=1)\n\n![cat](//x/y)"
        ),
        {"tag": "script", "children": ["document.title = 1"]},
    ]
    in_talk(ada)
    room.append("interviewer", SCRIPT[2] | {"task": TASK | {"prompt": sly}})
    expect(ada.on("#task-prompt")).to_contain_text("<b>bold</b>")
    assert ada.on("#task-prompt img, #task-prompt b, #task-prompt script").count() == 0
    links = ada.on("#task-prompt a")
    assert [link.get_attribute("href") for link in links.all()] == ["https://example.com/?a=1"]
    assert ada.page.title() != "1"


def test_ending_with_something_unsent_says_so_and_gives_it_back(ada: CandidateBrowser) -> None:
    in_talk(ada)
    ada.on("#answer").fill("half a thought")
    ada.on("#leave").click()
    expect(ada.on("#asking-text")).to_contain_text("something that you have not sent")
    ada.on("#asking-no").click()
    expect(ada.on("#answer")).to_have_value("half a thought")
    leave(ada)
    expect(ada.on("#unsent")).to_contain_text("half a thought")
    ada.page.reload()
    expect(ada.on("#ended")).to_be_visible()
    expect(ada.on("#unsent")).to_be_hidden()


def test_ending_with_code_that_was_not_submitted_says_so(ada: CandidateBrowser) -> None:
    in_task(ada)
    ada.on("#leave").click()
    expect(ada.on("#asking-text")).not_to_contain_text("have not sent")
    ada.on("#asking-no").click()
    ada.code("x = 1")
    ada.on("#leave").click()
    expect(ada.on("#asking-text")).to_contain_text("something that you have not sent")
    ada.on("#asking-yes").click()
    expect(ada.on("#unsent pre")).to_have_text("x = 1")


ENDINGS = {
    "completed": ("Thank you", True),
    "left": ("You ended the interview", True),
    "expired": ("This interview is over", False),
    "fault": ("had to stop", False),
    "not_answered": ("without an answer", False),
    "cancelled": ("was cancelled", False),
}


@pytest.mark.parametrize("reason", ENDINGS)
def test_an_ended_page_says_what_is_true_at_once_and_after_a_reload(
    ada: CandidateBrowser, room: Room, stub: RoomStub, reason: str
) -> None:
    title, assessed = ENDINGS[reason]
    in_talk(ada)
    stub.do(_end(room, reason))
    for _ in range(2):
        expect(ada.on("#ended-title")).to_contain_text(title)
        expect(ada.on("#ended-next")).to_be_visible(visible=assessed)
        expect(ada.on("#ended-again")).to_be_visible(visible=not assessed)
        expect(ada.on("#ended")).to_contain_text("grace@example.com")
        ada.page.reload()


def test_what_happens_next_agrees_with_what_was_consented_to(ada: CandidateBrowser, room: Room) -> None:
    room.facts |= {"consent": {"version": "2026-11", "given": True, "model": "m-1", "moves_on": True}}
    in_talk(ada)
    leave(ada)
    said = ada.on("#ended-next")
    expect(said).to_contain_text("the next step may be booked for you automatically")
    expect(said).to_contain_text("language model m-1")
    expect(said).not_to_contain_text("Nothing is decided automatically")


def test_a_program_that_does_not_compile_is_told_where(ada: CandidateBrowser) -> None:
    in_task(ada)
    ada.code("syntax!")
    ada.on("#code-run").click()
    expect(ada.on("#results")).to_contain_text("Line 1, column 7: unexpected '!'")


def test_of_a_hidden_case_only_the_outcome_is_shown(ada: CandidateBrowser) -> None:
    in_task(ada)
    ada.on("#code-run").click()
    hidden = ada.on("#results li").filter(has_text="hidden case")
    expect(hidden).to_contain_text("not passed")
    assert hidden.locator("pre").count() == 0
    expect(ada.on("#results pre").filter(has_text="<b>None</b>")).to_have_count(2)


def test_leaving_the_tab_and_pasting_are_told_as_facts(ada: CandidateBrowser, room: Room) -> None:
    in_talk(ada)
    ada.page.evaluate(
        """() => {
            const data = new DataTransfer();
            data.setData("text/plain", "copied");
            const paste = new ClipboardEvent("paste", { clipboardData: data, bubbles: true });
            document.getElementById("answer").dispatchEvent(paste);
            Object.defineProperty(document, "hidden", { value: true, configurable: true });
            document.dispatchEvent(new Event("visibilitychange"));
            delete document.hidden;
        }"""
    )
    ada.answer("one")
    ada.heard_questions(2)
    assert room.of("signal") == [{"kind": "paste", "length": 6}, {"kind": "tab_hidden"}]


def test_the_clock_counts_in_minutes_and_says_when_it_stands(
    ada: CandidateBrowser, room: Room, stub: RoomStub
) -> None:
    in_talk(ada)
    expect(ada.on("#clock")).to_have_text("About 35 minutes left")
    for seconds, words in ((61, "About 2 minutes left"), (59, "Last minute."), (0, "The time is used.")):
        stub.do(room.tell({"type": "clock", "body": {"left_seconds": seconds, "paused": False}}))
        expect(ada.on("#clock")).to_contain_text(words)
    stub.do(room.tell({"type": "clock", "body": {"left_seconds": 300, "paused": True}}))
    expect(ada.on("#clock")).to_have_text("Paused: your time stands still")


def test_leaving_early_is_asked_twice_and_ends_calmly(ada: CandidateBrowser, room: Room) -> None:
    in_talk(ada)
    ada.on("#leave").click()
    expect(ada.on("#asking-no")).to_be_focused()
    ada.page.keyboard.press("Escape")
    expect(ada.on("#asking")).to_be_hidden()
    assert room.of("leave") == []
    ada.on("#leave").click()
    ada.on("#asking-yes").click()
    expect(ada.on("#ended")).to_contain_text("You ended the interview")
    expect(ada.on("#ended")).to_contain_text("People at Grace & Söhne")
    ada.page.reload()
    expect(ada.on("#ended-reason")).to_contain_text("You ended the interview")


def test_a_session_that_ended_meanwhile_is_shown_as_ended(
    ada: CandidateBrowser, room: Room, stub: RoomStub
) -> None:
    in_talk(ada)
    stub.do(_end(room, "fault"))
    expect(ada.on("#ended")).to_contain_text("does not count against you")


def test_after_practice_what_to_work_on_appears_by_itself_and_stays(
    ada: CandidateBrowser, room: Room
) -> None:
    room.facts |= {"mode": "practice_session", "feedback": {"due": True, "lines": None}}
    in_talk(ada)
    expect(ada.on("#feedback")).to_be_hidden()
    ada.on("#leave").click()
    ada.on("#asking-yes").click()
    expect(ada.on("#feedback-status")).to_contain_text("is being prepared")
    expect(ada.on("#ended")).to_contain_text("nothing is decided from it")
    assert "People at" not in ada.on("#ended").inner_text()
    room.facts["feedback"] = {"due": True, "lines": ["Depth: say <b>why</b>.", "Clarity: sum up."]}
    expect(ada.on("#feedback-lines li")).to_have_text(["Depth: say <b>why</b>.", "Clarity: sum up."])
    assert ada.grave_findings() == []
    ada.shoot("practice-end")
    ada.page.reload()
    expect(ada.on("#feedback-lines li")).to_have_count(2)


async def _end(room: Room, reason: str) -> None:
    room.end(reason)


def test_a_link_that_leads_nowhere_says_so_and_tells_nothing_else(
    stub: RoomStub, ada: CandidateBrowser
) -> None:
    ada.page.goto(f"{stub.url}/join/nothing")
    expect(ada.on("h1")).to_have_text("This link does not lead to an interview")
    assert ada.grave_findings() == []


def test_the_interview_can_be_walked_with_the_keyboard_alone(ada: CandidateBrowser, room: Room) -> None:
    ada.arrive()
    keys = ada.page.keyboard
    keys.press("Tab")
    expect(ada.on(".skip")).to_be_focused()
    keys.press("Enter")
    tab_to(ada.page, "#agree-practice")
    keys.press("Enter")
    expect(ada.on("#practice")).to_be_visible()
    tab_to(ada.page, "#begin")
    keys.press("Enter")
    ada.heard_questions(1)
    for words, questions in (("one", 2), ("two", 3)):
        expect(ada.on("#answer")).to_be_focused()
        keys.type(words)
        keys.press("Control+Enter")
        ada.heard_questions(questions)
    expect(ada.on("#editor .cm-content")).to_be_focused()
    keys.press("Control+a")
    keys.type("sum")
    keys.press("Tab")
    expect(ada.on("#editor .cm-content")).to_be_focused()
    keys.press("Escape")
    keys.press("Tab")
    expect(ada.on("#code-run")).to_be_focused()
    keys.press("Tab")
    keys.press("Enter")
    expect(ada.on("#asking-no")).to_be_focused()
    tab_to(ada.page, "#asking-yes", back=True)
    keys.press("Enter")
    ada.heard_questions(4)
    expect(ada.on("#answer")).to_be_focused()
    assert room.of("code_submitted")[0]["code"].strip() == "sum"


def tab_to(page: Page, selector: str, *, back: bool = False) -> None:
    """Press Tab until the focus is there."""
    for _ in range(30):
        page.keyboard.press("Shift+Tab" if back else "Tab")
        if page.evaluate("wanted => document.activeElement?.matches(wanted) ?? false", selector):
            return
    raise AssertionError(f"The focus never reached {selector}.")


def test_the_page_asks_for_nothing_from_elsewhere_and_holds_no_inline_script() -> None:
    html = render_room(Room({"role": EVIL}).state(), "en")
    assert EVIL not in html
    assert "style=" not in html
    assert "http://" not in html
    assert "https://" not in html
    assert html.count("<script") == 3
    assert TASK["title"] not in html


def test_the_page_of_a_dead_link_is_rendered_in_every_language() -> None:
    assert "Dieser Link" in render_room(gone_state("de"), "de-CH")
    assert "This link" in render_room(gone_state(), "hi")
