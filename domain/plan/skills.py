"""Whether a text names a skill: as a whole word, by an alias (`JS`, `k8s`), or by all words of a longer name."""

import re
from dataclasses import dataclass
from functools import cache

from domain.plan.subjects import words_of
from domain.text.tokens import stem, tokens


def _word_set(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Names of one skill. The first is the usual one.
_ALIASES = (
    ("javascript", "js", "ecmascript"),
    ("typescript", "ts"),
    ("postgresql", "postgres", "psql", "pg", "postgre"),
    ("kubernetes", "k8s", "kube"),
    ("node.js", "nodejs", "node"),
    ("react", "react.js", "reactjs"),
    ("vue", "vue.js", "vuejs"),
    ("angular", "angularjs", "angular.js"),
    ("next.js", "nextjs"),
    ("c#", "csharp", "c sharp"),
    ("c++", "cpp", "cplusplus"),
    (".net", "dotnet", "asp.net", ".net core"),
    ("go", "golang"),
    ("python", "python3", "py"),
    ("amazon web services", "aws"),
    ("google cloud", "gcp", "google cloud platform"),
    ("azure", "microsoft azure"),
    ("ci/cd", "ci", "cd", "continuous integration", "continuous delivery", "continuous deployment", "cicd"),
    ("microsoft excel", "excel", "ms excel"),
    ("microsoft office", "ms office", "office 365", "microsoft 365"),
    ("sql server", "mssql", "ms sql"),
    ("mongodb", "mongo"),
    ("elasticsearch", "elastic search", "elastic"),
    ("machine learning", "ml", "maschinelles lernen"),
    ("artificial intelligence", "ai", "ki", "künstliche intelligenz"),
    ("natural language processing", "nlp"),
    ("infrastructure as code", "iac"),
    ("terraform", "tf"),
    ("rest", "restful", "rest api", "rest apis"),
    ("graphql", "gql"),
    ("html", "html5"),
    ("css", "css3"),
    ("ruby on rails", "rails", "ror"),
    ("customer relationship management", "crm"),
    ("search engine optimization", "seo", "search engine optimisation", "suchmaschinenoptimierung"),
    ("quality assurance", "qa", "qualitätssicherung"),
    ("user experience", "ux"),
    ("user interface", "ui"),
    ("test driven development", "tdd", "test-driven development"),
    ("accessibility", "a11y", "wcag", "barrierefreiheit"),
    ("internationalization", "i18n", "internationalisation"),
    ("google analytics", "ga4"),
    ("sap s/4hana", "s/4hana", "s4hana"),
)
# Names that are also everyday words: they count only as they are usually written, `Go` and not `go`.
_EVERYDAY = _word_set(
    "go r c d excel word access express spark spring teams outlook swift chef notion slack linear sketch rust ruby "
    "node rest react elastic puppet flask rails ai ml ts py pg cd ci ki ga tf"
)
_CAPITALS = _word_set("r c d ai ml ts py pg cd ci ki tf rest")


def names_skill(text: str, skill: str, language: str = "en") -> bool:
    """Whether a text names this skill."""
    return SkillNames(skill, language).named_in(PreparedText.of(text, language))


@dataclass(frozen=True, slots=True)
class PreparedText:
    """A text, prepared once for many skills."""

    text: str
    folded: str
    stems: frozenset[str]

    @classmethod
    def of(cls, text: str, language: str) -> "PreparedText":
        return cls(text, text.casefold(), frozenset(stem(word, language) for word in words_of(text)))


class SkillNames:
    """All ways to name one skill, prepared once for many texts."""

    def __init__(self, skill: str, language: str) -> None:
        self.skill = " ".join(skill.split())
        self.language = language
        self._pattern = _pattern_of(self.skill)
        # no text without one of these words can hold a name
        self._hints = tuple({re.split(r"[\s-]+", name)[0] for name in _names_of(self.skill)})
        self._stems = frozenset(stem(word, language) for word in tokens(self.skill) if word not in _JOINING)

    def named_in(self, text: PreparedText, *, loosely: bool = True) -> bool:
        """Whether the text names it; `loosely` also by all its words in any order and form."""
        if any(hint in text.folded for hint in self._hints) and self._pattern.search(text.text):
            return True
        if not loosely or (len(self._stems) < 2 and not self._is_plain_word):
            return False
        return bool(self._stems) and all(_has(each, text.stems) for each in self._stems)

    def leave_out(self, text: str) -> str:
        """The text with a blank sign wherever the skill is written."""
        return self._pattern.sub(" _ ", text)

    @property
    def _is_plain_word(self) -> bool:
        """Whether it is an everyday word such as `Negotiation`, of which other forms count as well."""
        return len(self.skill) >= 7 and self.skill.isalpha() and self.skill.casefold() not in _known()


_JOINING = _word_set(
    "and or of the in with a an for to und oder von der die das im mit für zu & skills skill"
)


def _has(wanted: str, found: frozenset[str]) -> bool:
    if wanted in found:
        return True
    if len(wanted) < 6:
        return False
    return any(each.startswith(wanted[: max(6, len(wanted) - 3)]) for each in found)


@cache
def _known() -> frozenset[str]:
    return frozenset(name for names in _ALIASES for name in names)


@cache
def _names_of(skill: str) -> tuple[str, ...]:
    folded = skill.casefold()
    groups = [names for names in _ALIASES if folded in names]
    return tuple(dict.fromkeys([folded, *(name for names in groups for name in names)]))


@cache
def _pattern_of(skill: str) -> re.Pattern[str]:
    return re.compile("|".join(_name_pattern(name) for name in _names_of(skill)))


def _name_pattern(name: str) -> str:
    """A name as a whole word. What is also an everyday word must be written as a name."""
    if name in _EVERYDAY:
        written = {name.upper() if name in _CAPITALS else name.capitalize(), name.upper()}
        inner = "|".join(re.escape(each) for each in sorted(written))
        return rf"(?<![\w.#+])(?:{inner})(?![\w#+])"
    spaced = r"[\s-]+".join(re.escape(part) for part in re.split(r"[\s-]+", name))
    return rf"(?i:(?<![\w#+]){spaced}(?![\w#+]))"
