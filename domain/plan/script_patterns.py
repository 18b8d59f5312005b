"""Patterns of weak spots in questions, probes, criteria and facts, English and German.

Data and small tests of one text; `domain.plan.script_linter` applies them. Every repetition is bounded.
"""

# ruff: noqa: E501, RUF001 - patterns stay on one line, so that they can be searched for
import re
from functools import lru_cache

from domain.plan.subjects import words_of
from domain.text.protected_topics import PROTECTED
from domain.text.tokens import STOP_WORDS


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)


def _word_set(text: str) -> frozenset[str]:
    return frozenset(text.split())


QUESTION_MARK = re.compile("[?？؟]+")
# What stands in a text that nobody has finished.
PLACEHOLDER = _any(
    r"\{[a-z_ ]{1,40}\}|\[(?:[a-z_ ]{2,40})\]|<[a-z_ ]{2,40}>|\b(?:todo|tbd|tbc|xxx+|lorem ipsum|fixme)\b",
    r"^\W*(?:n/?a|none|null|probe|question|test|frage|-+|\.+)\W*$",
)
_HAS_LETTERS = re.compile(r"[^\W\d_]{2}")

# A second question in the same sentence: a conjunction, an interrogative, and what follows it.
_JOINED = _any(
    r"(?:,? (?:and|or|as well as)|[,;] (?:and then|and also))(?: also| then)? (?:how|why|what|when|where|who|whom|which|whether)\b(?P<en>[^?.!]{0,300})",
    r"(?:,? (?:und|oder|sowie))(?: auch| dann)? (?:wie|warum|weshalb|wieso|was|wann|wo|wer|wem|wen|welche[rsnm]?|woran|womit|wodurch|wozu|ob)\b(?P<de>[^?.!]{0,300})",
)
# `…, and why?` and `…, and how did it end?` complete a question; more words make it another one.
MAX_TAIL_WORDS = 4

YES_NO = _any(
    r"^(?:do|does|did|are|is|was|were|have|has|had|will|should|must|may|might) (?:you|your|there|it|this|that|the|a|an|he|she|they|we|people)\b",
    r"^(?:can|could|would) (?:you|your|there|it|this|that)\b(?! (?:please )?(?:tell|describe|explain|walk|give|talk|share|take|outline|show|name|sketch|say|recall|think|compare|summari[sz]e|elaborate|put|list)\b)",
    r"^(?:haben|hatten|hast|sind|bist|waren|würden|würdest|wollen|sollten|sollen|dürfen|dürften|müssen|mussten|arbeiten|kennen|mögen|wissen|nutzen|verwenden|finden|glauben|denken|machen|gehen|planen|nehmen|benutzen|beherrschen|sprechen) (?:sie|du|wir|ihr)\b",
    r"^(?:können|könnten|kannst) (?:sie|du)\b(?! (?:(?:mir|uns|bitte|kurz|mich|das|ein|eine|einen) ){0,3}(?:beschreiben|erklären|erzählen|schildern|nennen|sagen|erläutern|geben))(?![^?]{0,200}(?:beschreiben|erklären|erzählen|schildern|nennen|sagen|erläutern|geben)\?)",
    r"^(?:ist|war|gibt|gab|hat|wird|kann|darf|muss) (?:es|das|dies|ihr|ihre|der|die|man|ein|eine)\b",
)
LEADING = _any(
    r"\b(?:don'?t|wouldn'?t|isn'?t|aren'?t|shouldn'?t|couldn'?t|didn'?t|haven'?t|won'?t) (?:you|it|that|we|they|this)\b|\b(?:surely|obviously|of course|naturally|i assume|i suppose you|you must agree|as we all know|everybody knows|do you agree that|would you agree that|wouldn'?t you say)\b",
    r", (?:right|correct|ok|yes|no|agreed)\?|\b(?:you (?:would|will|do|are|have|can) [^?]{3,120}, (?:wouldn'?t|won'?t|don'?t|aren'?t|haven'?t|can'?t) you)\b",
    r"\b(?:doch sicher|sicherlich|selbstverständlich|natürlich|wie wir alle wissen|sie stimmen (?:mir )?(?:doch )?zu|stimmen sie (?:mir )?zu,? dass|finden sie nicht auch|meinen sie nicht auch|ist es nicht so)\b|,? (?:nicht wahr|oder|richtig|stimmt'?s|ja|nein)\?$",
)
JARGON = _any(
    r"\b(?:synerg\w{0,6}|leverag(?:e|ed|ing)|low[- ]hanging fruit|move the needle|circle back|rock ?star|ninja|guru|paradigm shift|thought leader\w{0,4}|best[- ]of[- ]breed|boil the ocean|bandwidth for|north star metric|value[- ]add|mission[- ]critical|world[- ]class|deep dive|touch base|10x|growth hack\w{0,4}|blue[- ]sky|drill down|holistic\w{0,5}|actionable insights?|stakeholder alignment|hit the ground running|wear many hats)\b",
    r"\b(?:synergieeffekt\w{0,3}|ganzheitlich\w{0,3}|mindset|hands[- ]on[- ]mentalität|committen|performen|challengen|aligne\w{0,2}|onboarden|deliverables?|quick wins?|proaktiv\w{0,3}|zielführend\w{0,3}|am ende des tages)\b",
)
ACRONYM = re.compile(r"\b[A-Z][A-Z0-9]{2,6}\b")
# Acronyms that need no explanation in most work.
COMMON_ACRONYMS = _word_set(
    "API APIS HTTP HTTPS REST SQL CSS HTML JSON XML URL URLS PDF CRM ERP CPU RAM SSH DNS TCP TLS SSL SDK IDE CLI GUI "
    "AWS GCP SAP SEO FAQ CEO CTO USA GMBH GDPR DSGVO ICU ABC OK SMS USB VPN IOS CSV LTS B2B B2C SAAS HR IT QA UX UI "
    "TV PC CV EUR USD"
)
# What only somebody outside the scene would say.
OUT_OF_ROLE = _any(
    r"\bwhat (?:was|is) (?:difficult|hard|challenging) about (?:it|that|this)\b|\btell me about a time\b|\b(?:can|could) you give (?:me )?an example of a (?:time|situation)\b|\bwhat did you learn from (?:it|that)\b|\bin this (?:interview|role play|exercise|scene|assessment)\b|\b(?:the|this|as a|your) (?:candidate|interviewer|interviewee)\b|\bas an ai\b|\b(?:criteria|rubric|score)\b",
    r"\bwas war (?:daran|dabei) schwierig\b|\berzählen sie (?:mir )?von einer (?:situation|zeit)\b|\bwas haben sie daraus gelernt\b|\bin diese[rm] (?:interview|rollenspiel|übung|szene|gespräch als bewerber)\b|\b(?:die|als) (?:bewerber(?:in)?|kandidat(?:in)?)\b|\bals ki\b|\b(?:kriterien|bewertungsbogen|punktzahl)\b",
)
_PROMISE = _any(
    r"\byou(?:'ll| will| are going to|'re going to) (?:definitely |certainly |surely |of course )?(?:get|have|receive|be (?:offered|given)|land) (?:the|this|a|an) (?:job|position|offer|contract|place|role|seat)\b|\byou(?:'ll| will) (?:definitely |certainly |surely )?(?:be (?:hired|accepted|admitted|employed|promoted)|pass|start with us)\b",
    r"\b(?:guarantee[ds]?|guaranteed|we promise|i promise|promised|assured of|for certain|rest assured)\b|\bthe job is yours\b|\byou(?:'re| are) (?:hired|in|accepted|as good as hired)\b|\beverybody (?:gets|will get|passes|is hired)\b|\bwe (?:always )?hire (?:everyone|everybody|anybody)\b|\bonly a formality\b",
    r"\b(?:sie (?:bekommen|erhalten|kriegen) (?:die stelle|den job|den platz|das angebot|eine zusage|den vertrag|auf jeden fall))\b|\bsie werden (?:sicher |bestimmt |auf jeden fall |garantiert )?(?:eingestellt|genommen|angenommen|übernommen|zugelassen)\b|\bsie sind (?:eingestellt|angenommen|genommen|so gut wie eingestellt)\b",
    r"\b(?:everybody|everyone|all candidates|all applicants|whoever)\b[^.!?]{0,40}\b(?:is|are|gets?|will be|will get|receives?)\b[^.!?]{0,20}\b(?:invited|hired|an offer|offered|accepted|admitted|the next round|a contract)\b",
    r"\b(?:alle|jede[rn]?)\b[^.!?]{0,40}\b(?:wird|werden|bekommt|bekommen|kommt|kommen|erhält|erhalten)\b[^.!?]{0,20}\b(?:eingeladen|eingestellt|genommen|angenommen|ein angebot|einen vertrag|die nächste runde|eine zusage)\b",
    r"\b(?:garantier\w{0,4}|garantie|wir versprechen|ich verspreche|versprochen|zugesichert|zusage ist sicher|reine formsache|nur eine formsache)\b",
)
# An order to ask somebody, or somebody who does, about what nobody may be asked in an interview.
_ASKED_PERSON = re.compile(
    r"\b(?:ask\w*|question\w*|find\w* out from|quiz\w*|frag\w*|erkundig\w*|befrag\w*)\b[^.!?]{0,25}\b(?:candidates?|applicants?|interviewees?|sellers?|bewerber\w*|kandidat\w*|verkäufer\w*)\b[^.!?]{0,60}\b(?P<topic>age|health|illness\w*|disabilit\w*|family|children|kids|marriage|marital status|husband|wife|pregnan\w*|religio\w*|faith|church|origin|nationality|ethnic\w*|politic\w*|union|sexual\w*|alter|gesundheit\w*|krankheit\w*|behinderung\w*|familie\w*|kinder\w*|schwanger\w*|glauben|herkunft|nationalität|partei|gewerkschaft\w*)\b",
    re.IGNORECASE,
)
_NEGATION = re.compile(
    r"\b(?:cannot|can'?t|no|not|never|don'?t|doesn'?t|isn'?t|aren'?t|won'?t|without|nobody|nicht|kein\w{0,2}|nie|ohne|niemand)\b[^.!?,;:]{0,30}$",
    re.IGNORECASE,
)
_NEGATED_AFTER = re.compile(r"^[^.!?]{0,25}\b(?:nicht|keine?|not given)\b", re.IGNORECASE)
# Criteria that judge what somebody is, where it is no question that could be recognised by `you` and `your`.
PROTECTED_CRITERION = _any(
    r"\b(?:native speaker|mother tongue|muttersprachler\w{0,4}|accent[- ]free|akzentfrei|(?:no|without(?: an?)?|ohne|kein\w{0,2}) (?:foreign |strong |fremden |starken )?(?:accent|akzent))\b",
    r"\b(?:is|are|looks?|seems?|sounds?|wirkt|ist|sieht) (?:still |quite |too |noch |zu |recht )?(?:young|old|under \d\d|over \d\d|married|single|healthy|pregnant|religious|christian|muslim|jewish|male|female|jung|alt|unter \d\d|über \d\d|verheiratet|ledig|gesund|schwanger|religiös|christlich|männlich|weiblich)\b",
    r"\b(?:has|hat|have|wants?|will|plans?) (?:no |keine |any )?(?:children|kids|kinder|a family|familie)\b|\b(?:younger|older|jünger|älter) (?:than|als) \d\d\b",
)
_MORE_PERSONAL = _any(
    r"\b(?:start|starting|have|having|raise|raising) a family\b|\bwho (?:looks after|takes care of) your\b|\bwhat does your (?:husband|wife|partner|spouse)\b|\bany (?:health|medical) (?:problems?|issues?|conditions?)\b|\bhow is your health\b|\bwhat holidays do you celebrate\b|\bdo you live alone\b|\byour maiden name\b",
    r"\b(?:are|do|would|will|did) you [^?.!]{0,30}\b(?:plan\w*|hop\w*|want\w*|intend\w*|expect\w*|think\w*|like|going)\b[^?.!]{0,25}\b(?:children|kids|a baby|a family|pregnant|married|maternity|parental)\b|\bdo you (?:go to|attend|belong to|pray at) (?:an? |the |your )?(?:church|mosque|synagogue|temple|parish)\b",
    r"\b(?:planen|wollen|möchten|wünschen|haben|erwarten|denken) sie [^?.!]{0,40}\b(?:kinder|nachwuchs|schwanger\w*|ein baby|eine familie|elternzeit|heirat\w*)\b|\bgehen sie [^?.!]{0,20}\b(?:in die|zur|in den|in eine) (?:kirche|moschee|synagoge|gottesdienst|tempel)\b",
    r"\b(?:eine familie gründen|wer betreut ihre|was macht ihr (?:mann|partner)|was macht ihre (?:frau|partnerin)|gesundheitliche (?:probleme|einschränkungen)|leben sie allein|mädchenname)\b",
)
# All topics at once: most texts hold none, and one search is enough to tell.
_ANY_TOPIC = re.compile("|".join(pattern.pattern for pattern in PROTECTED.values()), re.IGNORECASE)
_ADDRESSED = re.compile(
    r"\b(?:you|your|sie|ihr|ihre\w?|du|dein\w?|how old|wie alt|born|birth|geburts\w+)\b", re.IGNORECASE
)
_OWN = re.compile(
    r"\b(?:are|were) you (?:ever )?(?:an? |on |in |currently |taking |planning )*$|\b(?:do|did|will|would|have) you (?:ever |currently |plan (?:to |on )?|intend to )*(?:take|taken|taking|had|have|been|get|become|becoming|join|belong to|go on|going on|be on|be in)? ?(?:an? |any |the |on )*$"
    r"|\b(?:sind|waren) sie (?:ein |eine |in |in der |in einer |im |Mitglied |Mitglied einer |Mitglied der |derzeit )*$|\b(?:nehmen|planen|haben) sie (?:derzeit |eine |ein |einen )*$",
    re.IGNORECASE,
)


def is_empty(text: str) -> bool:
    """Whether a text holds no word, or only a placeholder."""
    return not _HAS_LETTERS.search(text) or bool(PLACEHOLDER.fullmatch(text.strip()))


def has_placeholder(text: str) -> bool:
    """Whether something was left to fill in: `{skill}`, `[company]`, `TODO`."""
    return bool(PLACEHOLDER.search(text))


def asks_twice(text: str) -> bool:
    """Whether a text asks two questions: by two question marks, or joined by `and how …`."""
    if len(QUESTION_MARK.findall(text)) > 1:
        return True
    return any(
        len((found.group("en") or found.group("de") or "").split()) > MAX_TAIL_WORDS
        for found in _JOINED.finditer(text)
    )


def promises(text: str) -> bool:
    """Whether a text promises an outcome. `We cannot guarantee a place` does not."""
    return any(not _is_negated(text, found) for found in _PROMISE.finditer(text))


def _is_negated(text: str, found: "re.Match[str]") -> bool:
    before, after = text[max(0, found.start() - 60) : found.start()], text[found.end() : found.end() + 60]
    return bool(_NEGATION.search(before) or _NEGATED_AFTER.search(after))


def topics_asked(text: str) -> list[str]:
    """Protected topics that a text asks a person about, by name."""
    return list(_topics(text)[0])


def orders_topic(text: str) -> bool:
    """Whether a text has somebody ask a person about a protected topic: "asks the candidate about their health"."""
    found = _ASKED_PERSON.search(text)
    return found is not None and not _is_negated(text, found)


def topics_touched(text: str) -> list[str]:
    """Protected topics that a text mentions as a subject of the work, such as medication in nursing."""
    return list(_topics(text)[1])


@lru_cache(maxsize=4_096)
def _topics(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The protected topics asked about, and those only mentioned."""
    asked, touched = [], []
    if _ANY_TOPIC.search(text):
        for topic, pattern in PROTECTED.items():
            hits = list(pattern.finditer(text))
            if any(_is_asked(text, hit) for hit in hits):
                asked.append(topic)
            elif hits:
                touched.append(topic)
    if not asked and _MORE_PERSONAL.search(text):
        asked.append("private_life")
    return tuple(asked), tuple(touched)


def _is_asked(text: str, hit: "re.Match[str]") -> bool:
    """Whether a match is about the person addressed: it says `you`, or `are you …` leads up to it."""
    return bool(_ADDRESSED.search(hit.group()) or _OWN.search(text[max(0, hit.start() - 60) : hit.start()]))


# Words that begin criteria and probes and are in no list of stop words.
_TELLING = {
    "en": _word_set(
        "names describes says explains gives states asks shows checks mentions what how which why who tell"
    ),
    "de": _word_set(
        "nennt beschreibt erklärt sagt zeigt gibt fragt begründet prüft spricht stellt macht hört holt bietet schlägt "
        "was wie welche welcher welches warum wer wem woran wofür ihre ihr ihnen eigene eigenen vor nach"
    ),
}


_LANGUAGES_OF: dict[str, list[str]] = {}
for _language, _stop in STOP_WORDS.items():
    for _word in _stop | _TELLING.get(_language, frozenset()):
        _LANGUAGES_OF.setdefault(_word, []).append(_language)


@lru_cache(maxsize=4_096)
def language_of(text: str) -> str | None:
    """The language that most of a text's small words belong to; None when it is too short or mixed to tell."""
    words = words_of(text)
    if len(words) < 4:
        return None
    hits = dict.fromkeys(STOP_WORDS, 0)
    for word in words:
        for language in _LANGUAGES_OF.get(word, ()):
            hits[language] += 1
    best = max(hits, key=lambda language: hits[language])
    rival = max(count for language, count in hits.items() if language != best)
    return best if hits[best] >= 2 and hits[best] > 2 * rival and hits[best] / len(words) >= 0.2 else None
