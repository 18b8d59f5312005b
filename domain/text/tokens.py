"""Text as tokens: visible characters, words, stems, sentences, and a guess at the language.

Deterministic. Names and numbers get no special treatment. Nothing here judges an answer.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator

_STOP_WORD_LISTS = {
    "en": "a about above after again all also am an and any are as at be because been before being below between both "
    "but by can could did do does doing don't down during each few for from further had has have having he her here "
    "hers him his how i if in into is it its just me more most my no nor not now of off on once only or other our out "
    "over own same she should so some such than that the their them then there these they this those through to too "
    "under until up very was we were what when where which while who whom why will with would you your",
    "de": "aber alle als also am an andere auch auf aus bei beim bin bis bist da damit dann das dass dem den der des "
    "die dies diese dieser doch dort du durch ein eine einem einen einer eines er es etwas euch für gegen hab habe "
    "haben hat hatte ich ihm ihn ihr im in ist ja jede jeder jetzt kann kein keine man mehr mein mich mir mit nach "
    "nicht noch nun nur ob oder ohne sehr sein seine sich sie sind so soll über um und uns unser unter vom von vor war "
    "waren was weil welche wenn wer werden wie wir wird wurde wurden würde zu zum zur zwischen",
    "es": "al algo antes como con cuando de del desde donde el ella en entre era es esta este esto estoy fue ha hasta "
    "hay la las le lo los más me mi muy no nos o para pero por porque que se ser si sin sobre su también te tengo todo "
    "un una uno y ya yo",
    "fr": "au aux avec ce ces cette dans de des du elle en est et eux il ils j'ai je la le les leur lui ma mais me mes "
    "moi mon ne nous on ou par pas plus pour qu que qui sa se ses son sont sur ta te tu un une vous à été être",
    "it": "al alla anche che chi ci come con da dal dei del della di dove e ed era gli ha ho i il in io la le lo ma mi "
    "mio nel nella no noi non o per perché più quando se si sono su sua suo un una uno",
    "pt": "ao aos as com como da das de do dos e ela ele em era essa esse está eu foi isso mais mas me meu minha muito "
    "na nas não no nos o os ou para pela pelo por quando que se sem ser seu sua também tem um uma",
    "nl": "aan als ben bij dan dat de der deze die dit doen door een en er had heb hebben heeft het hij hoe ik in is "
    "je kan maar met mijn naar niet nog of om ook op over te tot uit van veel voor was wat we wij worden ze zich zijn",
    "tr": "ama ben bir bu biz çok da daha de değil diye en gibi her için ile ise kadar ki ne o olan olarak sen siz "
    "sonra şu ve veya ya yok",
}
STOP_WORDS: dict[str, frozenset[str]] = {
    language: frozenset(text.split()) for language, text in _STOP_WORD_LISTS.items()
}

# Frequent words that tell languages apart but are no stop words here, or whose language has no list of them.
_MORE_WORDS = {
    "en": "i'm it's don't can't get got need want make",
    "de": "bitte frage können sprechen nichts möchte habe meine meinen meiner etwas ganz dann",
    "es": "hablo bien pregunta puede podemos puedo hablar trabajo español tenía había años qué cómo soy hacer gracias",
    "fr": "je parle pas bien question peut peux français travail j'étais avais c'est qu'on d'un l'équipe bonjour merci",
    "it": "parlo bene domanda può posso lavoro italiano ho abbiamo sono stato molto anche grazie della nella",
    "pt": "não falo bem pergunta pode posso trabalho português eu trabalhei você obrigado minha tenho fazer",
    "nl": "ik spreek goed vraag kunnen nederlands werk heb niet mijn kunt u dank we hadden",
    "pl": "nie rozumiem pytania czy możemy rozmawiać po polsku jestem mam się w na do że jest to moja moim pracy byłem "
    "byłam i z jak ale przez tak dla od już mogę proszę dziękuję zespół",
    "tr": "değil işimde müşterilerle gün ve bir için soruyu anlamadım türkçe konuşabilir miyiz çalıştım benim evet",  # noqa: RUF001
}
_TELLING_WORDS: dict[str, frozenset[str]] = {
    language: STOP_WORDS.get(language, frozenset()) | frozenset(_MORE_WORDS.get(language, "").split())
    for language in {*STOP_WORDS, "pl"}
}

_SCRIPTS = (
    ("hi", 0x0900, 0x097F),
    ("ja", 0x3040, 0x30FF),
    ("zh", 0x4E00, 0x9FFF),
    ("ko", 0xAC00, 0xD7AF),
    ("ru", 0x0400, 0x04FF),
    ("ar", 0x0600, 0x06FF),
    ("el", 0x0370, 0x03FF),
    ("th", 0x0E00, 0x0E7F),
)
# Cyrillic and Greek letters that look like Latin ones (Unicode: confusables). For matching patterns only.
_CONFUSABLES = str.maketrans(
    "аеорсухіјѕԁһԛԝАВЕКМНОРСТХІЈЅαεινορτυχΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
    "aeopcyxijsdhqwABEKMHOPCTXIJSaeivoptuxABEZHIKMNOPTYX",
)
# Format characters that ordinary writing needs: the joiners of emoji, Persian, Hindi and other scripts.
_JOINERS = "\u200c\u200d"
# Common in text pasted from web pages; it only affects line breaks.
_SOFT_HYPHEN = "\u00ad"
BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

# In scripts without spaces each letter is a token, so that a quote may begin anywhere.
_UNSPACED = "\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff"
_TOKEN = re.compile(rf"[{_UNSPACED}]|[^\W_{_UNSPACED}]+(?:['\u2019][^\W_{_UNSPACED}]+)?")
_SENTENCE = re.compile(r"[^.!?…\n;]+[.!?…;]*(?=\s|$)|[^.!?…\n;]+|[.!?…;]+")
_SUFFIXES = {
    "en": (
        "ations",
        "ation",
        "ments",
        "ment",
        "ings",
        "ing",
        "ively",
        "ies",
        "ied",
        "ers",
        "er",
        "ed",
        "es",
        "ly",
        "s",
        "e",
        "y",
    ),
    "de": (
        "ungen",
        "ung",
        "heiten",
        "heit",
        "keit",
        "lich",
        "isch",
        "ern",
        "end",
        "est",
        "en",
        "em",
        "er",
        "es",
        "et",
        "st",
        "e",
        "n",
        "s",
        "t",
    ),
}


def is_hidden(character: str) -> bool:
    """Whether a character is invisible but changes how the text is shown or matched."""
    category = unicodedata.category(character)
    if category == "Cc":
        return character not in "\n\r\t"
    return category in ("Cf", "Co", "Cn") or 0xE0100 <= ord(character) <= 0xE01EF


def visible(text: str) -> str:
    """The text without invisible and control characters, in Unicode form NFKC."""
    if text.isascii() and text.isprintable():
        return text
    return unicodedata.normalize("NFKC", "".join(c for c in text if not is_hidden(c)))


def fold_confusables(text: str) -> str:
    """The visible text, with look-alike letters replaced by Latin ones when the text is mostly Latin."""
    shown = visible(text)
    latin = sum(c.isascii() and c.isalpha() for c in shown)
    letters = sum(c.isalpha() for c in shown)
    return shown.translate(_CONFUSABLES) if latin * 2 > letters else shown


def hidden_characters(text: str) -> int:
    """The number of invisible characters that no script needs."""
    return sum(is_hidden(c) and c not in _JOINERS + _SOFT_HYPHEN for c in text) + _stray_joiners(text)


def _stray_joiners(text: str) -> int:
    # between ASCII letters a joiner changes nothing that is shown; it only keeps words from matching
    pairs = zip(text, text[1:], text[2:], strict=False)
    return sum(a.isascii() and b in _JOINERS and c.isascii() for a, b, c in pairs)


def tokens(text: str) -> list[str]:
    """The words of a text in order, in lower case."""
    return _TOKEN.findall(visible(text).casefold().replace("\u2019", "'"))


def stem(word: str, language: str = "en") -> str:
    """A word without its ending: `retries`, `retried` and `retry` have one stem."""
    for suffix in _SUFFIXES.get(language, _SUFFIXES["en"]):
        if word.endswith(suffix) and len(word) - len(suffix) >= 4:
            return word.removesuffix(suffix)
    return word


def stems(text: str, language: str = "en") -> list[str]:
    """The stems of a text's content words, in order."""
    stop = STOP_WORDS.get(language, STOP_WORDS["en"])
    return [stem(word, language) for word in tokens(text) if word not in stop and len(word) > 1]


def similarity(one: Iterable[str], other: Iterable[str]) -> float:
    """The Jaccard similarity of two lists of stems: 0 with none in common, 1 with the same ones."""
    first, second = set(one), set(other)
    return len(first & second) / len(first | second) if first and second else 0.0


def sentences(text: str) -> Iterator[tuple[int, str]]:
    """The sentences of a text, unchanged, each with its offset."""
    for found in _SENTENCE.finditer(text):
        sentence = found.group()
        if sentence.strip():
            lead = len(sentence) - len(sentence.lstrip())
            yield found.start() + lead, sentence.strip()


def detect_language(text: str) -> str | None:
    """The likely language as a two-letter code; None when the text is too short or too mixed to tell."""
    by_script = script_language(text)
    if by_script:
        return by_script
    words = tokens(text)
    if len(words) < 4:
        return None
    hits = {language: sum(word in stop for word in words) for language, stop in _TELLING_WORDS.items()}
    best = max(hits, key=lambda language: hits[language])
    rival = max(count for language, count in hits.items() if language != best)
    return best if hits[best] >= 2 and hits[best] > rival and hits[best] / len(words) >= 0.12 else None


def script_language(text: str) -> str | None:
    """The language that the alphabet of a text tells; None for Latin letters and for fewer than two letters."""
    if text.isascii():
        return None
    letters = [c for c in text if c.isalpha()]
    if len(letters) < 2:
        return None
    counts = {name: sum(low <= ord(c) <= high for c in letters) for name, low, high in _SCRIPTS}
    if counts["ja"]:
        counts["ja"] += counts.pop("zh")  # Japanese uses Chinese characters too, Chinese never uses kana
    best = max(counts, key=lambda name: counts[name])
    if best == "ru" and any(c in "іїєґІЇЄҐ" for c in letters):
        return "uk" if counts[best] * 3 > len(letters) else None
    return best if counts[best] * 3 > len(letters) else None
