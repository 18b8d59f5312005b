"""Words that say what a line is about, by language: aspects of an answer, synonyms, and words that say nothing.

Data only; `domain.plan.subjects` applies it. All entries are starts of words in lower case.
"""

# ruff: noqa: E501 - a group on one line can be searched for
from collections.abc import Mapping

# Aspects that a criterion and a probe can share without sharing a word: "Names the rollback plan" and "And if it had
# gone wrong?" are both about failure.
ASPECTS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "reason": "reason rationale justif because motiv argument purpose",
        "result": "result outcome effect impact consequence came happened end ended turned improv achiev success grew "
        "fell dropped",
        "measure": "measur metric number figure latency percent count data benchmark baseline kpi statistic quantif "
        "indicator threshold",
        "own_part": "yourself own personal role responsib contribut part parts owned",
        "alternatives": "alternativ option instead otherwise trade-off tradeoff trade weigh compar versus different "
        "differently choos chose choice",
        "failure": "rollback rolled undo revert fail wrong broke break crash recover backup restor fallback incident "
        "outage error fault mistake problem unexpected conting",
        "risk": "risk danger worst threat safe careful hazard harm",
        "time": "deadline late early schedul timing timeline duration order sequence prioriti urgent plan week day",
        "people": "team colleague coworker stakeholder manager customer client owner involve peer boss people person "
        "everyone somebody others supervisor lead",
        "learning": "learn lesson reflect hindsight different differently next again since improv",
        "check": "check test verif confirm prov prove sure evidence review valid tell monitor inspect observ notice "
        "know knew",
        "understanding": "understand understood listen clear clarif question explain summar misunderst repeat ask asked asking",
        "cause": "cause root diagnos investigat suspect narrow find found behind trac origin isolat debug locat log",
        "agreement": "agree commit settl decid decision compromise consens accept sign",
        "conflict": "disagree conflict oppos push against resist object disput tension argu convinc persuad pushback",
        "feeling": "feel felt emotion calm angry anger upset empath acknowledg frustrat anxious afraid fear mood "
        "tone worried worry",
        "cost": "cost price budget money expens afford cheap discount pay euro dollar margin saving",
        "telling": "inform announc notif communicat report told said message word update escalat present wrote email "
        "tell say speak spoke",
        "limit": "limit boundar edge scal load capacit exceed large extreme volume grow",
        "security": "secur access permission attack leak credential secret encrypt auth vulnerab privac confidential",
        "writing": "document written wrote record note runbook ticket protocol checklist",
        "start": "first begin began start initial step open",
        "help": "escalat help support assist call doctor senior expert backup hand",
        "need": "need want requir goal aim expect wish interest pain require",
        "follow_up": "follow next later afterwards track remind keep stay maintain close",
        "method": "method approach way technique process procedure step tool strateg",
        "teaching": "teach taught train coach mentor explain pupil student show",
    },
    "de": {
        "reason": "grund gründe begründ weil motiv argument zweck dafür",
        "result": "ergebnis ergeb wirkung folge ausgang ausgegangen erfolg verbesser heraus passier geendet erreicht "
        "gesunken gestiegen gebracht",
        "measure": "mess gemess maß zahl kennzahl wert prozent daten statistik indikator schwell bezifffer beziffer",
        "own_part": "selbst eigen anteil rolle persönlich beitrag verantwort",
        "alternatives": "alternativ stattdessen option abwäg abgewog vergleich gegenüber anders andere möglichkeit "
        "auswahl entschied wahl gewählt",
        "failure": "rückgängig zurückroll rollback zurück schief fehler ausfall störung wiederherstell scheiter notfall "
        "panne kaputt problem misslung schiefgeh ersatz",
        "risk": "risik gefahr gefähr schlimm sicher vorsicht schaden",
        "time": "frist spät früh zeitplan reihenfolge dauer priorit dringend plan woche tag termin",
        "people": "team kolleg beteilig kund chef vorgesetzt mensch personen jemand leute andere eltern",
        "learning": "lern gelernt lehre anders nächst seitdem rückblick verbesser",
        "check": "prüf geprüft überprüf test getestet bestätig kontroll sicher vergewisser nachweis beleg woran merk "
        "gemerkt beobacht",
        "understanding": "versteh verstand verständ zuhör zugehört nachfrag frag gefragt klar klär erklär zusammenfass "
        "wiederhol",
        "cause": "ursach fehlersuch eingrenz eingegrenz grund dahinter diagnos untersuch verdacht gefund find "
        "protokoll auslös",
        "agreement": "einig entscheid entschied zusag kompromiss vereinbar absprach",
        "conflict": "uneinig widersp widerstand konflikt dagegen streit überzeug einwand einwänd spannung",
        "feeling": "gefühl ruhig ruhe verärger wütend wut angst sorg empath stimmung ton frustr",
        "cost": "kosten kostet preis budget geld teuer günstig rabatt euro aufwand marge",
        "telling": "sagen gesagt mitteil mitgeteilt inform kommunizier bericht meld gemeldet nachricht weitergeb "
        "weitergegeb erzähl sprech gesproch",
        "limit": "grenze last auslast kapaz groß skalier menge wachs gewachs",
        "security": "sicherheit zugriff zugang berechtig angriff verschlüssel datenschutz vertraulich geheim",
        "writing": "dokument aufgeschrieb schriftlich protokoll notier notiz festgehalt festhält checkliste",
        "start": "zuerst anfang angefang beginn begonn erste zunächst schritt",
        "help": "eskal hilfe unterstütz geholt hinzugezog ärzt arzt fachkraft",
        "need": "bedarf bedürf brauch wunsch wünsch anforder ziel erwart interesse",
        "follow_up": "nachfass nachhak danach später dran weiter nachverfolg",
        "method": "methode ansatz vorgeh vorgegang weise verfahren werkzeug strateg schritt",
        "teaching": "lehr unterricht beibring beigebracht erklär schüler anleit lernend übung",
    },
}
# Interrogatives open nearly every question. In a probe they say what it is after.
INTERROGATIVES: Mapping[str, Mapping[str, str]] = {
    "en": {
        "reason": "why",
        "people": "who whom",
        "measure": "many much",
        "time": "when long",
        "method": "how",
    },
    "de": {
        "reason": "warum weshalb wieso",
        "people": "wer wem wen",
        "measure": "viel viele",
        "time": "wann lange",
        "method": "wie",
    },
}
# Verbs of criteria ("Names …", "Describes …") and words that frame a question ("Tell me about a time …").
FRAME: Mapping[str, str] = {
    "en": "name names named mention mentions describe describes described explain explains state states say says "
    "give gives show shows demonstrate demonstrates tell tells talk walk through take share recall think thinking "
    "time times situation situations example examples instance case recent recently last past experience moment "
    "please could would when what how which did done do make made get got go going really thing things something "
    "anything everything someone somebody use uses used uses refer refers point points out bring brings include "
    "includes candidate answer answers answered speaks suggest suggests propose proposes recommend recommends identify identifies list lists consider considers co may might allowed permitted possible there can clearly clear concrete concretely specific specifically "
    "detail details real least one two three ever job work worked working position role here approach handle handled "
    "deal dealt happen happened happens like also well exactly imagine suppose has had been",
    "de": "möglich erlaubt nennt nennen benennt erwähnt schlägt dürfen darf kann können könnte beschreibt beschreiben beschreib erklärt erklären erläutert erläutern sagt sagen gibt geben "
    "zeigt zeigen erzählen erzähl berichten erzählt schildert schildern nehmen bringt spricht situation situationen "
    "lage beispiel beispiele fall fälle zeit moment mal einmal letzten letzte zuletzt bitte könnten würden wann wie "
    "welche welchen welcher welches was gemacht getan tun machen machten etwas ding dinge sache jemand konkret "
    "konkrete konkretes konkreten genau kandidat kandidatin antwort bewerber mindestens eine einen zwei drei je "
    "arbeit gearbeitet arbeiten stelle rolle umgegangen umgehen gehen gegangen vorgehen stellen vor angenommen "
    "erlebt erfahrung verwendet nutzt nutzen dabei dazu daran darin damals ihrer ihrem ihren ihre ihr hier wurde",
}
# A probe of nothing but these, frame words and stop words could follow any answer.
GENERIC: Mapping[str, str] = {
    "en": "more else elaborat expand further detail exactly precise continue add interesting difficult hard challeng "
    "tough concret specific example mean part okay ok right bit little deeper anyth someth nothing really yes "
    "thoughts thought comment remark that's what's it's how's",
    "de": "mehr noch weiter genau näher ausführ ergänz hinzufüg interessant schwer schwierig schwierigkeit konkret "
    "beispiel meinen heißt bedeut darüber davon dazu daran bisschen gern ok okay richtig vertief sonst außerdem könn würd sollt möcht gerne "
    "gedank anmerk",
}
# Different words for one thing, for finding the same question in other words. The first stands for all.
SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "en": (
        "colleague coworker worker teammate peer workmate",
        "customer client buyer user",
        "problem issue trouble difficult challeng obstacle hard tough",
        "mistake error fault wrong fail failure",
        "disagree conflict argu disput clash",
        "fix solv resolv repair",
        "decid decision choos choice chose",
        "boss manager supervisor superior",
        "teach train coach mentor",
        "angry upset furious unhapp frustrat dissatisf",
        "deadline due",
        "success achiev accomplish proud pride",
        "learn taught",
        "priorit rank order",
        "motivat driv interest attract",
        "strength strong good",
        "weak weakness improve",
        "bug defect",
        "feedback critici",
        "pay salar compensat wage earn",
        "remote home office",
    ),
    "de": (
        "kolleg mitarbeit teammitglied",
        "kund auftraggeb nutzer",
        "problem schwierig herausforder hürde schwer",
        "fehler irrtum scheiter misserfolg",
        "uneinig konflikt streit meinungsverschied auseinandersetz",
        "lös behob beheb reparier",
        "entscheid entschied wahl gewählt wähl",
        "chef vorgesetzt leitung führungskraft",
        "beibring beigebracht schul anleit einarbeit",
        "verärger wütend unzufried aufgebracht sauer",
        "frist termin",
        "erfolg stolz erreicht gelung",
        "lern gelernt",
        "priorit reihenfolge",
        "motiv antrieb reiz",
        "stärk stark",
        "schwäch verbesser",
        "rückmeld feedback kritik",
        "gehalt bezahl verdien vergüt lohn",
        "homeoffice zuhause remote ortsunabhäng",
    ),
}
