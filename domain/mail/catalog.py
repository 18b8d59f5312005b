"""The sentences of Viva's mails, by language. `domain.mail.text` fills in `{name}` and other placeholders."""

from enum import StrEnum

from domain.sessions.mail_status import MailKind


class Notice(StrEnum):
    """What the workspace can learn about a mail to a participant."""

    held = "held"
    failed = "failed"
    unknown = "unknown"


class EndpointNotice(StrEnum):
    """Why a webhook endpoint of the workspace was disabled."""

    given_up = "endpoint_given_up"
    gone = "endpoint_gone"


# kind → (subject, paragraphs in order)
TEXTS: dict[MailKind, tuple[str, tuple[str, ...]]] = {
    MailKind.invite: (
        "invite_subject",
        ("hello", "invite", "when", "any_time", "join_link", "ai", "recorded", "human", "contact", "secret"),
    ),
    MailKind.rescheduled: (
        "rescheduled_subject",
        ("hello", "rescheduled", "when", "any_time", "join_link", "ai", "human", "contact", "secret"),
    ),
    MailKind.cancelled: ("cancelled_subject", ("hello", "cancelled", "nothing_to_do", "contact")),
    MailKind.reminder: (
        "reminder_subject",
        ("hello", "reminder", "when", "join_link", "ai", "human", "contact", "secret"),
    ),
    MailKind.result: ("result_subject", ("result", "result_note", "result_link", "result_until")),
    MailKind.help: ("help_subject", ("help", "help_next", "result_link", "result_until")),
}

# the same for notices to the workspace
NOTICES: dict[Notice, tuple[str, tuple[str, ...]]] = {
    Notice.held: ("held_subject", ("held", "held_until", "result_link")),
    Notice.failed: ("failed_subject", ("failed", "failed_next", "result_link")),
    Notice.unknown: ("unknown_subject", ("unknown", "unknown_next", "result_link")),
}

CATALOG: dict[str, dict[str, str]] = {
    "en": {
        "weekdays": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
        "months": "January February March April May June July August September October November December",
        "moment": "{weekday}, {day} {month} {year}, {time}",
        "invite_subject": "Your interview with {workspace}: {role}",
        "rescheduled_subject": "New time for your interview with {workspace}: {role}",
        "cancelled_subject": "Your interview with {workspace} was cancelled",
        "reminder_subject": "Reminder: your interview with {workspace}",
        "result_subject": "Result ready: {name}, {role}, {stage}",
        "hello": "Hello {name},",
        "invite": "{workspace} invites you to an interview for “{role}”, step “{stage}”. It takes about"
        " {minutes} minutes, in your browser, in writing.",
        "rescheduled": "{workspace} has moved your interview for “{role}”, step “{stage}”. It takes about"
        " {minutes} minutes.",
        "cancelled": "{workspace} has cancelled your interview for “{role}”, step “{stage}”.",
        "nothing_to_do": "You need not do anything; the link in earlier mails no longer works.",
        "reminder": "this is a reminder of your interview for “{role}” with {workspace}, step “{stage}”,"
        " about {minutes} minutes.",
        "when": "When: {when}",
        "any_time": "The link below works at any time before that, too: start when it suits you.",
        "join_label": "Open your interview",
        "ai": "An AI conducts this interview. It asks the questions; a person decides what follows from it.",
        "recorded": "Your written answers, and code if there is a coding task, are stored and assessed."
        " Before it begins you see what is recorded and are asked for your consent.",
        "human": "If you would rather be interviewed by a person, or need an adjustment such as more time, you"
        " can ask for it on the first page of the link, or by replying to this mail.",
        "human_by_link": "If you would rather be interviewed by a person, or need an adjustment such as more time,"
        " you can ask for it on the first page of the link.",
        "contact": "Questions? Write to {contact}.",
        "secret": "The link is yours alone; please do not pass it on.",
        "result": "The interview of {name} for “{role}”, step “{stage}”, has been scored: {outcome}.",
        "result_note": "Every claim in the scorecard quotes the transcript. A person decides.",
        "result_label": "Open the session",
        "result_until": "Whoever has this link can open it, for a week.",
        "help_subject": "{name} asks for a person: {role}, {stage}",
        "help": "{name} asks for a person or for an adjustment in the interview for “{role}”, step “{stage}”.",
        "help_next": "What they wrote stands with the session. An answer to this mail goes to them.",
        "held_subject": "Leaving soon: mail to {name}, {role}",
        "held": "A mail to {name} about the interview for “{role}”, step “{stage}”, is ready.",
        "held_until": "It leaves on {leaves_at}. Cancel the session before that and nothing is sent.",
        "failed_subject": "Not delivered: mail to {name}, {role}",
        "failed": "The mail to {name} about the interview for “{role}”, step “{stage}”, was not delivered.",
        "failed_next": "Check the address of the participant, then send the invitation again.",
        "unknown_subject": "Perhaps not delivered: mail to {name}, {role}",
        "unknown": "It is not known whether the mail to {name} about the interview for “{role}”, step “{stage}”,"
        " arrived: the connection broke while it was handed over.",
        "unknown_next": "It is not sent again by itself, so that nobody gets it twice. Ask the participant, or send"
        " it again.",
        "given_up_subject": "A webhook endpoint of {workspace} was disabled",
        "given_up": "Nothing has got through to {url} since {since}, so events are no longer sent there.",
        "given_up_next": "Repair the receiver, enable the endpoint again and replay what it missed.",
        "gone": "The receiver at {url} answered that it is gone for good (410), so events are no longer sent there.",
        "gone_next": "Delete the endpoint if nobody needs it. Otherwise repair the receiver, enable the endpoint again"
        " and replay what it missed.",
    },
    "de": {
        "weekdays": "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag",
        "months": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
        "moment": "{weekday}, {day}. {month} {year}, {time} Uhr",
        "invite_subject": "Ihr Interview bei {workspace}: {role}",
        "rescheduled_subject": "Neuer Termin für Ihr Interview bei {workspace}: {role}",
        "cancelled_subject": "Ihr Interview bei {workspace} wurde abgesagt",
        "reminder_subject": "Erinnerung: Ihr Interview bei {workspace}",
        "result_subject": "Ergebnis liegt vor: {name}, {role}, {stage}",
        "hello": "Guten Tag {name},",
        "invite": "{workspace} lädt Sie zu einem Interview für „{role}“ ein, Schritt „{stage}“. Es dauert etwa"
        " {minutes} Minuten und findet schriftlich in Ihrem Browser statt.",
        "rescheduled": "{workspace} hat Ihr Interview für „{role}“ verlegt, Schritt „{stage}“. Es dauert etwa"
        " {minutes} Minuten.",
        "cancelled": "{workspace} hat Ihr Interview für „{role}“ abgesagt, Schritt „{stage}“.",
        "nothing_to_do": "Sie müssen nichts tun; der Link in früheren Mails gilt nicht mehr.",
        "reminder": "dies ist eine Erinnerung an Ihr Interview für „{role}“ bei {workspace}, Schritt „{stage}“,"
        " etwa {minutes} Minuten.",
        "when": "Wann: {when}",
        "any_time": "Der Link unten funktioniert auch jederzeit vorher: Beginnen Sie, wann es Ihnen passt.",
        "join_label": "Interview öffnen",
        "ai": "Eine KI führt dieses Interview. Sie stellt die Fragen; was daraus folgt, entscheidet ein Mensch.",
        "recorded": "Ihre schriftlichen Antworten und, falls es eine Programmieraufgabe gibt, Ihr Code werden"
        " gespeichert und bewertet. Vor Beginn sehen Sie, was aufgezeichnet wird, und werden um Ihre"
        " Einwilligung gebeten.",
        "human": "Wenn Sie lieber mit einem Menschen sprechen möchten oder eine Anpassung wie mehr Zeit"
        " brauchen, können Sie das auf der ersten Seite des Links oder als Antwort auf diese Mail sagen.",
        "human_by_link": "Wenn Sie lieber mit einem Menschen sprechen möchten oder eine Anpassung wie mehr Zeit"
        " brauchen, können Sie das auf der ersten Seite des Links sagen.",
        "contact": "Fragen? Schreiben Sie an {contact}.",
        "secret": "Der Link gehört nur Ihnen; bitte geben Sie ihn nicht weiter.",
        "result": "Das Interview von {name} für „{role}“, Schritt „{stage}“, wurde bewertet: {outcome}.",
        "result_note": "Jede Aussage der Bewertung zitiert das Transkript. Es entscheidet ein Mensch.",
        "result_label": "Session öffnen",
        "result_until": "Wer diesen Link hat, kann sie öffnen, eine Woche lang.",
        "help_subject": "{name} bittet um einen Menschen: {role}, {stage}",
        "help": "{name} bittet im Interview für „{role}“, Schritt „{stage}“, um einen Menschen oder eine Anpassung.",
        "help_next": "Was dazu geschrieben wurde, steht bei der Session. Eine Antwort auf diese Mail geht dorthin.",
        "held_subject": "Geht gleich hinaus: Mail an {name}, {role}",
        "held": "Eine Mail an {name} zum Interview für „{role}“, Schritt „{stage}“, ist bereit.",
        "held_until": "Versand: {leaves_at}. Wird die Session vorher abgesagt, geht nichts hinaus.",
        "failed_subject": "Nicht zugestellt: Mail an {name}, {role}",
        "failed": "Die Mail an {name} zum Interview für „{role}“, Schritt „{stage}“, wurde nicht zugestellt.",
        "failed_next": "Prüfen Sie die Adresse und senden Sie die Einladung dann noch einmal.",
        "unknown_subject": "Vielleicht nicht zugestellt: Mail an {name}, {role}",
        "unknown": "Ob die Mail an {name} zum Interview für „{role}“, Schritt „{stage}“, angekommen ist, ist nicht"
        " bekannt: Die Verbindung brach bei der Übergabe ab.",
        "unknown_next": "Sie wird nicht von selbst noch einmal gesendet, damit niemand sie doppelt bekommt. Fragen"
        " Sie nach, oder senden Sie sie erneut.",
        "given_up_subject": "Ein Webhook-Endpunkt von {workspace} wurde abgeschaltet",
        "given_up": "An {url} ist seit {since} nichts mehr angekommen; Ereignisse werden nicht mehr dorthin gesendet.",
        "given_up_next": "Reparieren Sie den Empfänger, schalten Sie den Endpunkt wieder ein und senden Sie nach, was"
        " ihm fehlt.",
        "gone": "Der Empfänger {url} hat geantwortet, dass es ihn nicht mehr gibt (410); Ereignisse werden nicht mehr"
        " dorthin gesendet.",
        "gone_next": "Löschen Sie den Endpunkt, wenn ihn niemand braucht. Sonst reparieren Sie den Empfänger, schalten"
        " Sie den Endpunkt wieder ein und senden Sie nach, was ihm fehlt.",
    },
}
