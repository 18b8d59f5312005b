"""Question patterns by kind of dimension, for templates without a question bank. This file holds the English ones.

Data only; `domain.plan.composer` applies it. `{topic}` is the dimension's name, `{skill}` a skill of the template,
`{setting}` where the use case takes place. Each entry has three variants: easier, common, harder. All three are scored by
the same criteria. A question never contains the words of its criteria.
"""

# ruff: noqa: E501 - sentences stay on one line, so that they can be searched for
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Signal(StrEnum):
    """A quality of an answer that shows in its form, whatever the subject."""

    steps = "steps"
    example = "example"
    own_part = "own_part"
    result = "result"
    reasons = "reasons"
    trade_offs = "trade_offs"
    reflection = "reflection"
    others = "others"
    specific = "specific"


@dataclass(frozen=True)
class SignalCriterion:
    """The wording of a signal as a criterion, and the open question that probes for it."""

    text: str
    probe: str


@dataclass(frozen=True)
class DimensionKind:
    """What to ask about one kind of dimension.

    `past` asks for an experience, `case` poses a hypothetical case, `scene` opens a role play: easier, common, harder.
    `keywords` are starts of words that assign a dimension to this kind.
    """

    keywords: tuple[str, ...]
    past: tuple[str, str, str]
    case: tuple[str, str, str]
    scene: tuple[str, str, str]
    probes: tuple[str, ...]
    signals: tuple[Signal, ...]


SIGNALS: Mapping[str, Mapping[Signal, SignalCriterion]] = {
    "en": {
        Signal.steps: SignalCriterion(
            "Describes what was done in a clear order of steps",
            "What exactly came first, and what did you do after that?",
        ),
        Signal.example: SignalCriterion(
            "Gives a real, checkable example", "Which real case does that bring to mind, and when was it?"
        ),
        Signal.own_part: SignalCriterion(
            "Names what they did themselves", "Which part of that was in your own hands?"
        ),
        Signal.result: SignalCriterion("States what came of it", "What came of it in the end?"),
        Signal.reasons: SignalCriterion(
            "Gives reasons for the decisions", "What made you decide it that way?"
        ),
        Signal.trade_offs: SignalCriterion(
            "Weighs at least one alternative",
            "Which other way could it have gone, and why did you not take it?",
        ),
        Signal.reflection: SignalCriterion(
            "Says what they learned or would change",
            "If you met the same situation tomorrow, how would you go about it?",
        ),
        Signal.others: SignalCriterion(
            "Takes the other people's view into account",
            "How did the other people involved see it, and how do you know?",
        ),
    },
    "de": {
        Signal.steps: SignalCriterion(
            "Beschreibt das Vorgehen in einer klaren Reihenfolge",
            "Womit ging es genau los, und was haben Sie danach getan?",
        ),
        Signal.example: SignalCriterion(
            "Nennt ein echtes, überprüfbares Beispiel",
            "An welchen echten Fall denken Sie dabei, und wann war das?",
        ),
        Signal.own_part: SignalCriterion(
            "Benennt den eigenen Anteil", "Welcher Teil davon lag in Ihrer eigenen Hand?"
        ),
        Signal.result: SignalCriterion("Sagt, was dabei herauskam", "Was ist am Ende daraus geworden?"),
        Signal.reasons: SignalCriterion(
            "Begründet die Entscheidungen", "Was hat Sie dazu gebracht, es so zu machen?"
        ),
        Signal.trade_offs: SignalCriterion(
            "Wägt mindestens eine Alternative ab",
            "Welcher andere Weg wäre möglich gewesen, und warum haben Sie ihn nicht gewählt?",
        ),
        Signal.reflection: SignalCriterion(
            "Sagt, was sie oder er gelernt hat oder ändern würde",
            "Wenn Sie morgen vor derselben Lage stünden, wie gingen Sie vor?",
        ),
        Signal.others: SignalCriterion(
            "Bezieht die Sicht der anderen ein",
            "Wie haben die anderen Beteiligten das gesehen, und woher wissen Sie das?",
        ),
    },
}

SETTINGS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "hiring": "at work",
        "admissions": "in your studies or in a project",
        "training": "in your job or in this course",
        "custom_api": "in practice",
    },
    "de": {
        "hiring": "bei der Arbeit",
        "admissions": "im Studium oder in einem Projekt",
        "training": "im Beruf oder in diesem Kurs",
        "custom_api": "in der Praxis",
    },
}

# The kind whose keywords occur most often wins, the first of equals; `general` when none occurs.
ENGLISH: Mapping[str, DimensionKind] = {
    "knowledge": DimensionKind(
        keywords=(
            "technical",
            "technisch",
            "knowledge",
            "fachwissen",
            "fach",
            "engineering",
            "programming",
            "coding",
            "design",
            "architecture",
            "system",
            "data",
            "api",
            "security",
            "cloud",
            "software",
            "domain",
            "expertise",
            "kenntnis",
            "method",
            "entwicklung",
            "architektur",
            "daten",
        ),
        past=(
            "Tell me about something you built or worked on {setting} that involved {skill}: what was it, and how did it work?",
            "Walk me through a demanding task {setting} in which {skill} mattered: how did you approach it?",
            "Take the hardest problem involving {skill} that you met {setting}: what made it hard, and how did you go about it?",
        ),
        case=(
            "Suppose a new colleague has to use {skill} for the first time: what would you show them, and in which order?",
            "Suppose you take over work that depends on {skill} and it misbehaves now and then: how do you proceed?",
            "Suppose the demands on something built with {skill} grow tenfold within a month: what breaks, and how do you deal with it?",
        ),
        scene=(
            "Thanks for coming over. We need {skill} for this and I know little about it: how would you start?",
            "I was told to use {skill} here, and I doubt that it fits: what do you say to that?",
            "Our system that rests on {skill} is down and the customer is on the phone: what do you do right now?",
        ),
        probes=(
            "What could go wrong there, and how would you notice?",
            "How would you check that it really works?",
            "What changes if there is ten times as much of it?",
        ),
        signals=(Signal.steps, Signal.reasons, Signal.trade_offs),
    ),
    "problem_solving": DimensionKind(
        keywords=(
            "problem",
            "debug",
            "analy",
            "troubleshoot",
            "critical",
            "reasoning",
            "logic",
            "investigat",
            "diagnos",
            "denken",
            "lösung",
            "operations",
            "betrieb",
        ),
        past=(
            "Tell me about a problem {setting} that you managed to solve: what was wrong, and how did you get there?",
            "Think of a problem {setting} whose cause was far from obvious: how did you find out what was going on?",
            "Think of a problem {setting} where your first idea turned out to be wrong: how did you notice, and how did it go on?",
        ),
        case=(
            "Something that worked yesterday fails today and nobody changed anything, they say: where do you look?",
            "Two reports about the same matter contradict each other and a decision is due today: how do you proceed?",
            "A fault shows up once a week, never while you watch: how do you catch it?",
        ),
        scene=(
            "It worked yesterday, and today nothing works any more: what do you need to know from me?",
            "Your colleague told me the opposite this morning: whom should I believe?",
            "This is the third time this month, and each time you said it was fixed: why should I trust you now?",
        ),
        probes=(
            "What did you rule out on the way, and how?",
            "Which piece of information would have changed your mind?",
            "How did you know that it was really solved?",
        ),
        signals=(Signal.steps, Signal.reasons, Signal.result),
    ),
    "communication": DimensionKind(
        keywords=(
            "communicat",
            "kommunikation",
            "presentation",
            "präsent",
            "writing",
            "language",
            "explain",
            "verbal",
            "storytelling",
            "ausdruck",
            "sprach",
            "listening",
        ),
        past=(
            "Tell me about a time {setting} when you had to make something complicated clear to somebody: how did you do it?",
            "Tell me about a message {setting} that was hard to get across: who had to hear it, and how did you go about it?",
            "Tell me about a time {setting} when you were misunderstood and it mattered: what happened?",
        ),
        case=(
            "You have two minutes to bring somebody up to date who knows nothing about your subject: how do you use them?",
            "You have to tell people who count on you that a promise cannot be kept: how do you go about it?",
            "Experts and laypeople sit in the same meeting and both must leave with a decision: how do you lead it?",
        ),
        scene=(
            "I have two minutes and no idea of your field: what is this about?",
            "You promised me something else last week: what do I tell my people now?",
            "Half of us are lost and the other half are bored: can you start again?",
        ),
        probes=(
            "How did you notice whether it had arrived?",
            "Which words did you choose, and which did you avoid?",
            "What did they say to it?",
        ),
        signals=(Signal.others, Signal.example, Signal.result),
    ),
    "collaboration": DimensionKind(
        keywords=(
            "collaborat",
            "team",
            "cooperat",
            "conflict",
            "interpersonal",
            "zusammenarbeit",
            "sozial",
            "stakeholder",
            "relationship",
            "konflikt",
            "empath",
        ),
        past=(
            "Tell me about something {setting} that you did together with others: who did what?",
            "Tell me about a disagreement {setting} with somebody you depended on: how did it go?",
            "Tell me about working {setting} with somebody who made it difficult for everyone: how did you handle it?",
        ),
        case=(
            "A colleague falls behind and your part depends on theirs: how do you go about it?",
            "Two people in your group want opposite things and ask you to take a side: how do you respond?",
            "Your group has agreed on something you consider wrong: how do you act?",
        ),
        scene=(
            "I know I am late with my part again: are you angry with me?",
            "Just tell them that I am right, will you?",
            "We have decided this without you, and it stays that way: what now?",
        ),
        probes=(
            "How did you two talk about it?",
            "What did you give up, and what did you insist on?",
            "How is the relationship today?",
        ),
        signals=(Signal.others, Signal.own_part, Signal.result),
    ),
    "leadership": DimensionKind(
        keywords=(
            "leader",
            "führung",
            "ownership",
            "management",
            "mentor",
            "coach",
            "decision",
            "initiative",
            "verantwort",
            "responsib",
            "delegat",
        ),
        past=(
            "Tell me about something {setting} that you took charge of: how did it come about?",
            "Tell me about a decision {setting} that others depended on and that was yours to make: how did you make it?",
            "Tell me about a decision of yours {setting} that met resistance: how did you deal with it?",
        ),
        case=(
            "You take over a group whose last lead left suddenly: how do your first two weeks look?",
            "Two important things are due and you can only do one of them: how do you decide?",
            "Your best person wants to leave in the middle of the most important project: how do you respond?",
        ),
        scene=(
            "You are new here: why should we listen to you?",
            "Both are urgent and I want both by Friday: what do you say?",
            "I have another offer and I am taking it: what do you say now?",
        ),
        probes=(
            "Who disagreed, and what did you do with that?",
            "What did you hand over to others, and how?",
            "How did you know that it was the right call?",
        ),
        signals=(Signal.own_part, Signal.reasons, Signal.result),
    ),
    "customer": DimensionKind(
        keywords=(
            "customer",
            "client",
            "service",
            "support",
            "sales",
            "kunde",
            "vertrieb",
            "patient",
            "guest",
            "verkauf",
            "negotiat",
            "complaint",
            "beratung",
        ),
        past=(
            "Tell me about somebody you helped {setting} who was not happy at first: what happened?",
            "Tell me about the most difficult request {setting} that you had to deal with: how did you handle it?",
            "Tell me about a time {setting} when you had to say no to somebody important: how did you do it?",
        ),
        case=(
            "Somebody writes for the third time about the same fault and is angry: how do you answer?",
            "Somebody demands something that your rules do not allow, and has a point: how do you proceed?",
            "Your biggest client threatens to leave because of a mistake that was yours: how do you act?",
        ),
        scene=(
            "I have been waiting for a week and nobody could help me: what are you going to do about it?",
            "Your competitor offers me the same for less: why should I stay?",
            "This mistake of yours cost me a lot of money, and I want to speak to somebody in charge: what do you say?",
        ),
        probes=(
            "What did you say first?",
            "How did you find out what they really needed?",
            "What did you do so that it would not happen again?",
        ),
        signals=(Signal.others, Signal.steps, Signal.result),
    ),
    "integrity": DimensionKind(
        keywords=(
            "integrity",
            "ethic",
            "complian",
            "safety",
            "trust",
            "honest",
            "integrität",
            "ethik",
            "sicherheit",
            "privacy",
            "quality",
            "qualität",
            "sorgfalt",
            "care",
        ),
        past=(
            "Tell me about a time {setting} when doing it properly took longer than doing it quickly: what did you do?",
            "Tell me about a time {setting} when you were under pressure to cut a corner: how did you respond?",
            "Tell me about a mistake of yours {setting} that nobody else had noticed: what did you do?",
        ),
        case=(
            "You notice that a rule meant to protect people is ignored by everyone around you: how do you act?",
            "Your superior asks you to sign off something you have not checked: how do you respond?",
            "You find out that a result everybody celebrates rests on an error: how do you proceed?",
        ),
        scene=(
            "Nobody here follows that rule, so you need not either: all right?",
            "Just sign it, we have no time to look at it: will you?",
            "If you report this, the whole project is finished: do you really want that?",
        ),
        probes=(
            "Who else would have been affected?",
            "What was at stake for yourself?",
            "Whom did you tell, and when?",
        ),
        signals=(Signal.own_part, Signal.reasons, Signal.result),
    ),
    "learning": DimensionKind(
        keywords=(
            "learn",
            "growth",
            "curio",
            "adapt",
            "lern",
            "neugier",
            "flexib",
            "coachab",
            "development",
            "academic",
            "research",
            "forschung",
            "wissenschaft",
        ),
        past=(
            "Tell me about something you taught yourself {setting}: how did you go about it?",
            "Tell me about criticism {setting} that was hard to hear: what did you do with it?",
            "Tell me about a conviction of yours {setting} that you had to give up: what happened?",
        ),
        case=(
            "In four weeks you must be able to do something that you have never done: how do you plan that time?",
            "The way you have always worked is replaced by another next month: how do you prepare?",
            "You must judge work in a field you know little about: how do you become able to?",
        ),
        scene=(
            "You have never done this, have you?",
            "We do this differently now, and your way is out: can you live with that?",
            "I think your work on this was poor: what do you say?",
        ),
        probes=(
            "How did you notice that you were getting better?",
            "Whom or what did you use as help?",
            "What do you do differently since?",
        ),
        signals=(Signal.reflection, Signal.steps, Signal.example),
    ),
    "motivation": DimensionKind(
        keywords=(
            "motivation",
            "culture",
            "fit",
            "values",
            "werte",
            "passion",
            "interest",
            "commitment",
            "kultur",
            "interesse",
            "antrieb",
            "goal",
        ),
        past=(
            "Tell me about something {setting} that you enjoyed doing: what was it about?",
            "Tell me about a stretch {setting} in which you did your best work: what made that possible?",
            "Tell me about a time {setting} when you kept going although it was tempting to give up: what happened?",
        ),
        case=(
            "Imagine your first three months here: what would you want to have done by then?",
            "Imagine you may choose your next task freely: which one would you take, and what would you want from it?",
            "Imagine that after half a year the work is not what you had hoped for: how do you act?",
        ),
        scene=(
            "So, why are you here?",
            "There are many others who want this: why you?",
            "I have the feeling that you will be gone in a year: am I wrong?",
        ),
        probes=(
            "What exactly was it about that which drew you in?",
            "What would you not want to do?",
            "How does that go together with what is needed here?",
        ),
        signals=(Signal.example, Signal.reasons, Signal.own_part),
    ),
    "planning": DimensionKind(
        keywords=(
            "plan",
            "organi",
            "priorit",
            "time",
            "project",
            "deliver",
            "execution",
            "projekt",
            "zeit",
            "umsetzung",
            "process",
            "prozess",
        ),
        past=(
            "Tell me about something with a deadline {setting} that you organised: how did you set about it?",
            "Tell me about a project {setting} that went off course: how did you bring it back?",
            "Tell me about a time {setting} when there was more to do than could be done: how did you handle it?",
        ),
        case=(
            "You get ten tasks on a Monday, all called urgent: how do you start?",
            "Halfway through, the goal of your project changes: how do you proceed?",
            "A supplier you depend on drops out a week before the end: how do you act?",
        ),
        scene=(
            "I need this today: can you do it?",
            "The board wants something else now: how long will that take?",
            "You knew about this deadline for months: what went wrong?",
        ),
        probes=(
            "What did you leave out, and who agreed to that?",
            "How did you keep track of where you stood?",
            "What did you do when it slipped?",
        ),
        signals=(Signal.steps, Signal.trade_offs, Signal.result),
    ),
    "general": DimensionKind(
        keywords=(),
        past=(
            "Tell me about an experience {setting} that shows your {topic}: what was the situation, and what did you do?",
            "Tell me about a situation {setting} in which {topic} made the difference: what happened?",
            "Tell me about the hardest test of your {topic} that you met {setting}: what happened?",
        ),
        case=(
            "If you had to explain to a newcomer what {topic} means {setting}, what would you tell them?",
            "Imagine a day {setting} on which everything depends on {topic}: how would you go about it?",
            "Imagine a situation {setting} in which {topic} and speed pull in different directions: how do you act?",
        ),
        scene=(
            "Let us see how you handle this: I have a problem and little time, so how do you begin?",
            "I have listened, and I am not convinced yet: what else can you tell me?",
            "Frankly, I expected more: what do you say to that?",
        ),
        probes=(
            "Can you take me through one moment of that more closely?",
            "What was difficult about it?",
            "How could somebody else have seen that?",
        ),
        signals=(Signal.example, Signal.own_part, Signal.reasons, Signal.result),
    ),
}
