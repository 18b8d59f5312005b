"""The interviewer's sentences when no model words them, by language. Each has at most one question.

A new language is a new `Phrases` in `CATALOG`. `domain.interview.wording` fills in `{…}`.
"""

# ruff: noqa: E501 - a sentence on one line can be searched for
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Phrases:
    """Everything the interviewer can say in one language. Keys are tones, modes or reasons of moves."""

    greeting: Mapping[str, str]
    introduction: str
    unnamed: str
    disclosure: str
    disclosure_untimed: str
    extra_time: str
    mode: Mapping[str, str]
    scenario: str
    ready: Mapping[str, str]
    acknowledged: Mapping[str, tuple[str, ...]]
    transition: Mapping[str, tuple[str, ...]]
    numbered: str
    manner: Mapping[str, str]
    probe: Mapping[str, Mapping[str, str]]
    remind: Mapping[str, str]
    clarify: Mapping[str, str]
    moving_on: Mapping[str, str]
    code: str
    close: Mapping[str, str]
    thanks: Mapping[str, str]
    next_steps: Mapping[str, str]


ENGLISH = Phrases(
    greeting={
        "friendly": "Hi, and thank you for taking the time!",
        "professional": "Hello and welcome.",
        "strict": "Good day.",
        "challenging": "Hello. I will push on your answers; that is part of this conversation.",
    },
    introduction="I am {name}, an AI interviewer.",
    unnamed="I am an AI interviewer.",
    disclosure="You are talking to an AI, not to a person. Our conversation takes up to {minutes} minutes, is recorded as text and assessed, and a person reviews the result. You can ask for a person instead, or stop, at any time.",
    disclosure_untimed="You are talking to an AI, not to a person. Your answers are recorded as text and assessed, and a person reviews the result. There is no clock: answer when it suits you. You can ask for a person instead, or stop, at any time.",
    extra_time="Your extra time is already included.",
    mode={
        "roleplay_simulation": "This is a role play: once we begin I speak as the other person in the scene, and you act as you would in real life.",
        "situation": "Nobody plays a role here: we talk about the situation, and you tell me what you would say and do in it.",
        "practice_session": "This is practice: it decides nothing, you may repeat an answer, and afterwards you get feedback on what to improve.",
        "async_interview": "Everybody gets the same questions, one after the other.",
    },
    scenario="The scene: {scenario}",
    ready={
        "friendly": "Whenever you are: ready to start?",
        "professional": "Are you ready to begin?",
        "strict": "Ready?",
        "challenging": "Shall we get into it?",
    },
    acknowledged={
        "friendly": (
            "Thanks, that helps.",
            "I see, thank you for telling me.",
            "Thank you, that is interesting.",
            "Lovely, thanks.",
        ),
        "professional": ("Thank you.", "Understood.", "Thank you for the explanation."),
        "strict": ("Noted.",),
        "challenging": (
            "Noted; let us see how far it carries.",
            "All right, I am keeping that in mind.",
            "Hm. Noted.",
        ),
    },
    transition={
        "new_topic": (
            "Let us turn to something else.",
            "Now to a different subject.",
            "I would like to look at another side now.",
        ),
        "same_topic": ("Let us stay with this for a moment.", "One more on this."),
    },
    numbered="Question {number} of {total}.",
    manner={
        "easy": "Take your time; there is no trick in this one.",
        "hard": "Please be as precise as you can.",
    },
    probe={
        "short": {
            "friendly": "That sounds like the start of it. What exactly would you do, step by step?",
            "professional": "Please say more: what exactly would you do, step by step?",
            "strict": "That is too short to assess. What exactly would you do, step by step?",
            "challenging": "There must be more to it. What exactly would you do, step by step?",
        },
        "hedge": {
            "friendly": "It is fine not to be certain. Which part of that do you feel sure about?",
            "professional": "Which part of that are you confident about, and what would you check?",
            "strict": "Be definite. Which part of that do you stand by?",
            "challenging": "That was cautious. Which part of it would you bet on?",
        },
        "vague": {
            "friendly": "I would love to hear a real case. Which situation comes to mind, and what did you do in it yourself?",
            "professional": "Can you make that concrete with one real case: the situation, what you did yourself, and how it ended?",
            "strict": "That was general. What is one real case, with what you did yourself?",
            "challenging": "Anybody could say that. Which real case can you put behind it?",
        },
        "deeper": {
            "friendly": "I am curious: what would have made you choose differently?",
            "professional": "Why that way rather than another?",
            "strict": "Justify the choice: why not another way?",
            "challenging": "Suppose somebody you respect says that this was the wrong way. What do you answer?",
        },
        "challenge": {
            "friendly": "Let me play devil's advocate: where is the weakest spot in what you just said?",
            "professional": "Where would that approach fail?",
            "strict": "Where does that fail?",
            "challenging": "I am not convinced yet. Where does that break, and what do you do then?",
        },
        "encourage": {
            "friendly": "No problem at all. What would be your very first idea, even a rough one?",
            "professional": "A rough idea is enough. What would be your first thought?",
            "strict": "A first thought will do. What is it?",
            "challenging": "Give it a try. What would be your first thought?",
        },
        "simpler": {
            "friendly": "Let me put it more simply. {question}",
            "professional": "Let me ask it more simply. {question}",
            "strict": "More simply. {question}",
            "challenging": "Let us take a smaller step. {question}",
        },
        "again": {
            "friendly": "This is practice, so you may: would you like to give that answer once more, shorter and with one real case in it?",
            "professional": "As this is practice: would you like to give that answer once more, with one real case in it?",
            "strict": "You may repeat that answer once. Do you want to?",
            "challenging": "I think you can do better than that. Do you want to give it another go?",
        },
        "last_word": {
            "friendly": "That was my last question, thank you. Is there anything you would like to add or put right?",
            "professional": "That was my last question. Is there anything you would like to add or correct?",
            "strict": "That was the last question. Anything to add or correct?",
            "challenging": "That was my last question. Is there anything you want to add or take back?",
        },
    },
    remind={
        "role_nudge": "Hello, are you still there?",
        "silence": "Take the time you need. I am still here; just start writing when you are ready.",
        "silence_again": "I have not received anything yet. If the question is unclear, say so; if you would rather leave it out, write “next question”.",
        "one_minute": "About one minute is left. Please bring your answer to its most important point.",
        "time_over": "The time is up. Please send what you have within the next half minute; it still counts.",
        "topic_time": "So that there is time for the other questions: please bring this to its most important point.",
        "code_minutes": "About two minutes are left for this task. Please hand in what you have in good time.",
        "code_over": "The time for this task is up. Please hand in your code now, finished or not.",
        "data_only": "I can only take answers to the question into account. Back to it: {question}",
        "courtesy": "I understand if this is frustrating. Let us stay polite and go on. {question}",
        "editor": "Please write your solution in the editor and hand it in there; we will talk about it afterwards.",
    },
    clarify={
        "rephrase": "Of course. Once more, in other words: {question} Answer as you would in practice.",
        "opening": "I ask one question at a time and you answer in writing, in your own words. If a question is unclear, tell me; you can leave one out, ask for a person or stop whenever you want. Shall we begin?",
        "person": "You can be interviewed by a person instead: choose “Ask for a person” on this page, and the team that invited you is told. It does not count against you. If you prefer to go on with me, here is the question again: {question}",
        "person_unasked": "You can be interviewed by a person instead: choose “Ask for a person” on this page, and the team that invited you is told. It does not count against you. Would you rather go on with me?",
        "stop": "We can end here if you wish; what you have said so far is kept. Do you want to end the interview now?",
        "resume": "All right, we go on. {question}",
    },
    moving_on={
        "no_answer": "Let us leave this one and go on.",
        "topic_over": "Let us go on, so that there is time for the rest.",
        "code_over": "Let us go on from here.",
    },
    code="Now a task to solve in the editor: “{title}”. You have about {minutes} minutes. You may run your code as often as you like; hand it in when you are done. The task is on your screen.",
    close={
        "finished": "That is the end of the interview.",
        "time_over": "Our time is up, so we stop here.",
        "candidate_ended": "As you wished, we end here. What you have said so far is kept.",
        "operator_ended": "The interview was ended by the team that invited you.",
        "no_answer": "I have not heard from you for a while, so I end here. If something went wrong technically, tell the team that invited you; it does not count against you.",
    },
    thanks={
        "friendly": "Thank you so much for your time, and all the best!",
        "professional": "Thank you for your time.",
        "strict": "Thank you.",
        "challenging": "Thank you for holding up to the questions.",
    },
    next_steps={
        "default": "A person reviews the result, and the team that invited you gets in touch.",
        "practice_session": "Your feedback will be ready shortly. This session decides nothing.",
        "roleplay_simulation": "The role play is over and I am the AI interviewer again. A person reviews the result, and the team that invited you gets in touch.",
    },
)

GERMAN = Phrases(
    greeting={
        "friendly": "Hallo und vielen Dank, dass Sie sich Zeit nehmen!",
        "professional": "Guten Tag und willkommen.",
        "strict": "Guten Tag.",
        "challenging": "Guten Tag. Ich werde bei Ihren Antworten nachhaken; das gehört zu diesem Gespräch.",
    },
    introduction="Ich bin {name}, eine KI, die Interviews führt.",
    unnamed="Ich bin eine KI, die Interviews führt.",
    disclosure="Sie sprechen mit einer KI und nicht mit einem Menschen. Unser Gespräch dauert bis zu {minutes} Minuten, wird als Text aufgezeichnet und ausgewertet, und ein Mensch prüft das Ergebnis. Sie können jederzeit stattdessen einen Menschen verlangen oder aufhören.",
    disclosure_untimed="Sie sprechen mit einer KI und nicht mit einem Menschen. Ihre Antworten werden als Text aufgezeichnet und ausgewertet, und ein Mensch prüft das Ergebnis. Es läuft keine Uhr: Antworten Sie, wann es Ihnen passt. Sie können jederzeit stattdessen einen Menschen verlangen oder aufhören.",
    extra_time="Ihre zusätzliche Zeit ist schon eingerechnet.",
    mode={
        "roleplay_simulation": "Dies ist ein Rollenspiel: Sobald wir beginnen, spreche ich als die andere Person der Szene, und Sie handeln wie im echten Leben.",
        "situation": "Hier wird nichts gespielt: Wir sprechen über die Situation, und Sie sagen mir, was Sie darin sagen und tun würden.",
        "practice_session": "Dies ist eine Übung: Sie entscheidet nichts, Sie dürfen eine Antwort wiederholen, und danach erhalten Sie Hinweise, was sich verbessern lässt.",
        "async_interview": "Alle erhalten dieselben Fragen, eine nach der anderen.",
    },
    scenario="Die Szene: {scenario}",
    ready={
        "friendly": "Wann immer Sie so weit sind: Wollen wir anfangen?",
        "professional": "Sind Sie bereit?",
        "strict": "Bereit?",
        "challenging": "Steigen wir ein?",
    },
    acknowledged={
        "friendly": (
            "Danke, das hilft mir weiter.",
            "Ah, danke fürs Erzählen.",
            "Danke, das ist interessant.",
            "Schön, vielen Dank.",
        ),
        "professional": ("Danke.", "Verstanden.", "Danke für die Erläuterung."),
        "strict": ("Notiert.",),
        "challenging": (
            "Notiert; sehen wir, wie weit das trägt.",
            "Gut, das behalte ich im Kopf.",
            "Hm. Notiert.",
        ),
    },
    transition={
        "new_topic": (
            "Kommen wir zu etwas anderem.",
            "Nun zu einem anderen Thema.",
            "Jetzt möchte ich eine andere Seite ansehen.",
        ),
        "same_topic": ("Bleiben wir noch einen Moment dabei.", "Noch eine Frage dazu."),
    },
    numbered="Frage {number} von {total}.",
    manner={
        "easy": "Nehmen Sie sich Zeit; es ist keine Fangfrage.",
        "hard": "Bitte so genau wie möglich.",
    },
    probe={
        "short": {
            "friendly": "Das klingt nach einem Anfang. Was genau würden Sie tun, Schritt für Schritt?",
            "professional": "Bitte etwas ausführlicher: Was genau würden Sie tun, Schritt für Schritt?",
            "strict": "Das ist zu kurz, um es auszuwerten. Was genau würden Sie tun, Schritt für Schritt?",
            "challenging": "Da muss noch mehr sein. Was genau würden Sie tun, Schritt für Schritt?",
        },
        "hedge": {
            "friendly": "Man muss nicht alles sicher wissen. Bei welchem Teil davon fühlen Sie sich sicher?",
            "professional": "Bei welchem Teil davon sind Sie sicher, und was würden Sie prüfen?",
            "strict": "Bitte eindeutig. Zu welchem Teil davon stehen Sie?",
            "challenging": "Das war vorsichtig. Auf welchen Teil davon würden Sie wetten?",
        },
        "vague": {
            "friendly": "Ich würde gern einen echten Fall hören. Welche Situation fällt Ihnen ein, und was haben Sie darin selbst getan?",
            "professional": "Können Sie das an einem echten Fall zeigen: Lage, eigener Beitrag, Ausgang?",
            "strict": "Das war allgemein. Was ist ein echter Fall, mit dem, was Sie selbst getan haben?",
            "challenging": "Das könnte jeder sagen. Welchen echten Fall können Sie dahinterstellen?",
        },
        "deeper": {
            "friendly": "Das interessiert mich: Was hätte Sie anders entscheiden lassen?",
            "professional": "Warum so und nicht anders?",
            "strict": "Begründen Sie die Wahl: Warum nicht anders?",
            "challenging": "Angenommen, jemand, den Sie schätzen, hält das für den falschen Weg. Was antworten Sie?",
        },
        "challenge": {
            "friendly": "Lassen Sie mich einmal dagegenhalten: Wo ist die schwächste Stelle in dem, was Sie gesagt haben?",
            "professional": "Wo würde dieses Vorgehen scheitern?",
            "strict": "Wo scheitert das?",
            "challenging": "Ich bin noch nicht überzeugt. Wo bricht das, und was tun Sie dann?",
        },
        "encourage": {
            "friendly": "Gar kein Problem. Was wäre Ihre allererste Idee, auch eine grobe?",
            "professional": "Eine grobe Idee genügt. Was wäre Ihr erster Gedanke?",
            "strict": "Ein erster Gedanke reicht. Welcher ist es?",
            "challenging": "Versuchen Sie es. Was wäre Ihr erster Gedanke?",
        },
        "simpler": {
            "friendly": "Ich frage es einfacher. {question}",
            "professional": "Einfacher gefragt. {question}",
            "strict": "Einfacher. {question}",
            "challenging": "Gehen wir einen kleineren Schritt. {question}",
        },
        "again": {
            "friendly": "Da dies eine Übung ist: Möchten Sie diese Antwort noch einmal geben, kürzer und mit einem echten Fall darin?",
            "professional": "Da dies eine Übung ist: Möchten Sie diese Antwort noch einmal geben, mit einem echten Fall darin?",
            "strict": "Sie dürfen diese Antwort einmal wiederholen. Möchten Sie das?",
            "challenging": "Ich glaube, das geht besser. Wollen Sie es noch einmal versuchen?",
        },
        "last_word": {
            "friendly": "Das war meine letzte Frage, vielen Dank. Möchten Sie noch etwas ergänzen oder richtigstellen?",
            "professional": "Das war meine letzte Frage. Möchten Sie noch etwas ergänzen oder richtigstellen?",
            "strict": "Das war die letzte Frage. Noch etwas zu ergänzen oder zu berichtigen?",
            "challenging": "Das war meine letzte Frage. Möchten Sie noch etwas ergänzen oder zurücknehmen?",
        },
    },
    remind={
        "role_nudge": "Hallo, sind Sie noch da?",
        "silence": "Nehmen Sie sich die Zeit, die Sie brauchen. Ich bin noch da; schreiben Sie einfach los, wenn Sie so weit sind.",
        "silence_again": "Ich habe noch nichts erhalten. Wenn die Frage unklar ist, sagen Sie es; wenn Sie sie lieber auslassen, schreiben Sie „nächste Frage“.",
        "one_minute": "Es bleibt etwa eine Minute. Bitte bringen Sie Ihre Antwort auf den wichtigsten Punkt.",
        "time_over": "Die Zeit ist um. Bitte senden Sie in der nächsten halben Minute, was Sie haben; es zählt noch.",
        "topic_time": "Damit Zeit für die anderen Fragen bleibt: Bitte bringen Sie dies auf den wichtigsten Punkt.",
        "code_minutes": "Für diese Aufgabe bleiben etwa zwei Minuten. Bitte geben Sie rechtzeitig ab, was Sie haben.",
        "code_over": "Die Zeit für diese Aufgabe ist um. Bitte geben Sie Ihren Code jetzt ab, fertig oder nicht.",
        "data_only": "Ich kann nur Antworten auf die Frage berücksichtigen. Zurück zu ihr: {question}",
        "courtesy": "Ich verstehe, wenn das ärgerlich ist. Bleiben wir höflich und machen weiter. {question}",
        "editor": "Bitte schreiben Sie Ihre Lösung in den Editor und geben Sie sie dort ab; danach sprechen wir darüber.",
    },
    clarify={
        "rephrase": "Gern. Noch einmal, anders gesagt: {question} Antworten Sie so, wie Sie es in der Praxis tun würden.",
        "opening": "Ich stelle eine Frage nach der anderen, und Sie antworten schriftlich in Ihren eigenen Worten. Ist eine Frage unklar, sagen Sie es; Sie können eine auslassen, einen Menschen verlangen oder aufhören, wann immer Sie wollen. Fangen wir an?",
        "person": "Sie können stattdessen von einem Menschen befragt werden: Wählen Sie auf dieser Seite „Einen Menschen verlangen“, dann erfährt es das Team, das Sie eingeladen hat. Das zählt nicht gegen Sie. Wenn Sie lieber mit mir weitermachen, hier noch einmal die Frage: {question}",
        "person_unasked": "Sie können stattdessen von einem Menschen befragt werden: Wählen Sie auf dieser Seite „Einen Menschen verlangen“, dann erfährt es das Team, das Sie eingeladen hat. Das zählt nicht gegen Sie. Möchten Sie lieber mit mir weitermachen?",
        "stop": "Wir können hier aufhören, wenn Sie möchten; was Sie bisher gesagt haben, bleibt erhalten. Möchten Sie das Interview jetzt beenden?",
        "resume": "Gut, wir machen weiter. {question}",
    },
    moving_on={
        "no_answer": "Lassen wir diese Frage und gehen weiter.",
        "topic_over": "Gehen wir weiter, damit Zeit für den Rest bleibt.",
        "code_over": "Machen wir von hier aus weiter.",
    },
    code="Nun eine Aufgabe für den Editor: „{title}“. Sie haben etwa {minutes} Minuten. Sie dürfen Ihren Code beliebig oft ausführen; geben Sie ihn ab, wenn Sie fertig sind. Die Aufgabe steht auf Ihrem Bildschirm.",
    close={
        "finished": "Das Interview ist damit zu Ende.",
        "time_over": "Unsere Zeit ist um, deshalb hören wir hier auf.",
        "candidate_ended": "Wie gewünscht enden wir hier. Was Sie bisher gesagt haben, bleibt erhalten.",
        "operator_ended": "Das Interview wurde von dem Team beendet, das Sie eingeladen hat.",
        "no_answer": "Ich habe eine Weile nichts von Ihnen gehört und beende das Gespräch deshalb hier. Falls technisch etwas schiefging, sagen Sie es dem Team, das Sie eingeladen hat; es zählt nicht gegen Sie.",
    },
    thanks={
        "friendly": "Vielen herzlichen Dank für Ihre Zeit und alles Gute!",
        "professional": "Vielen Dank für Ihre Zeit.",
        "strict": "Danke.",
        "challenging": "Danke, dass Sie sich den Fragen gestellt haben.",
    },
    next_steps={
        "default": "Ein Mensch prüft das Ergebnis, und das Team, das Sie eingeladen hat, meldet sich.",
        "practice_session": "Ihre Hinweise sind in Kürze fertig. Diese Sitzung entscheidet nichts.",
        "roleplay_simulation": "Das Rollenspiel ist vorbei, und ich bin wieder die KI, die das Interview führt. Ein Mensch prüft das Ergebnis, und das Team, das Sie eingeladen hat, meldet sich.",
    },
)

CATALOG: Mapping[str, Phrases] = {"en": ENGLISH, "de": GERMAN}


def phrases_for(language: str) -> Phrases:
    """The catalog for a language; English where there is none."""
    return CATALOG.get(language.split("-")[0].lower(), ENGLISH)
