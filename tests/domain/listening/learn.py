"""Learns the weights of `domain.listening.likelihood` from labelled lines, by logistic regression.

    python -m tests.domain.listening.learn

It reads the building halves of `lines.*`, all of `lessons.*` and of `fresh.*`, and never a line that is measured on.
The same lines always give the same weights.
"""

import math
import random
import textwrap
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

import domain.listening
from domain.listening.acts import Act
from domain.listening.likelihood import features_of
from domain.listening.normal import write_out
from domain.listening.phrasebook import LANGUAGES, phrasebook_for
from tests.domain.listening.labelled_lines import Line, labelled_lines

FOLDER = Path(domain.listening.__file__).parent
ROUNDS, RATE, SHRINK, LEAST = 25, 0.3, 0.0005, 0.15
# A word or feature of fewer lines is left out.
LEAST_LINES = 2
# These are found by other means.
LEFT_OUT = frozenset({"language", "instructs", "corrects"})
NAMES = {"break": Act.pause}

Example = tuple[list[str], bool]


def lessons(language: str) -> list[Line]:
    """The lines to learn from."""
    files = [f"{name}.{language}.toml" for name in ("lines", "lessons", "fresh")]
    lines = [line for file in files for line in labelled_lines(file)]
    measured = {line.text for line in labelled_lines(files[0]) if line.held_out}
    return [line for line in lines if line.text not in measured and line.label not in LEFT_OUT]


def learn(examples: Sequence[Example]) -> dict[str, float]:
    """The weights that tell the true examples from the others (AdaGrad, a fixed order)."""
    order = random.Random(1)
    weights: defaultdict[str, float] = defaultdict(float)
    steps: defaultdict[str, float] = defaultdict(lambda: 1e-8)
    shuffled = list(examples)
    for _ in range(ROUNDS):
        order.shuffle(shuffled)
        for features, true in shuffled:
            odds = sum(weights[feature] for feature in features)
            error = 1 / (1 + math.exp(-max(-30.0, min(30.0, odds)))) - true
            for feature in features:
                slope = error + SHRINK * weights[feature]
                steps[feature] += slope * slope
                weights[feature] -= RATE * slope / math.sqrt(steps[feature])
    return {name: round(value, 2) for name, value in sorted(weights.items()) if abs(value) >= LEAST}


def learn_language(language: str) -> str:
    """The weights of a language, as the text of its file."""
    book = phrasebook_for(language)
    lines = lessons(language)
    seen = Counter(word for line in lines for word in set(write_out(line.text, book).split()))
    known = {word for word, times in seen.items() if times >= LEAST_LINES and not word[0].isdigit()}
    read = [(features_of(line.text, book, known), line) for line in lines]
    often = Counter(feature for features, _ in read for feature in features)
    read = [([each for each in features if often[each] >= LEAST_LINES], line) for features, line in read]
    other = learn([(features, not line.answers) for features, line in read])
    others = [(features, line) for features, line in read if not line.answers]
    acts = {
        NAMES.get(label) or Act(label): learn([(features, line.label == label) for features, line in others])
        for label in sorted({line.label for _, line in others} - {"unclear"})
    }
    head = "# Learnt from labelled lines by tests.domain.listening.learn. Do not edit.\n"
    vocabulary = f'\nwords = """\n{chr(10).join(textwrap.wrap(" ".join(sorted(known)), 120))}"""\n'
    names = f"acts = [{', '.join(_quoted(act.value) for act in acts)}]\n"
    return head + vocabulary + names + _table("other", other) + _act_table(list(acts.values()))


def _table(name: str, table: dict[str, float]) -> str:
    rows = "".join(f"{_quoted(key)} = {value}\n" for key, value in table.items())
    return f"\n[{name}]\n{rows}"


def _act_table(tables: list[dict[str, float]]) -> str:
    """One row for each feature: its weight for each act, in the order of `acts`."""
    features = sorted({feature for table in tables for feature in table})
    rows = "".join(
        f"{_quoted(each)} = [{', '.join(str(round(table.get(each, 0.0), 1)) for table in tables)}]\n"
        for each in features
    )
    return f"\n[act_weights]\n{rows}"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


if __name__ == "__main__":
    for each in LANGUAGES:
        (FOLDER / f"weights.{each}.toml").write_text(learn_language(each), encoding="utf-8")
