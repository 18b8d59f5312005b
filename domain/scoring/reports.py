"""The texts of a scorecard: reasoning, summary and feedback, composed from findings alone. English and German.

No sentence holds a score, or a judgement that is not in a finding. Where nobody has judged, passages are named and what
to read, never that something is missing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from domain.plan.items import Criterion, Dimension, InterviewPlan
from domain.scoring.findings import Finding, Status

# each assessed dimension with the findings that count
Assessed = Sequence[tuple[Dimension, Sequence[Finding]]]


@dataclass(frozen=True)
class ReportTexts:
    """The texts of one language."""

    status: Mapping[Status, str]
    tests: str
    problems: Mapping[str, str]
    problem: str
    well: str
    nothing_well: str
    probe_next: str
    nothing_open: str
    contradicted: str
    unassessed: str
    passage: str
    no_passage: str
    not_asked: str
    awaiting: str
    read_passages: str
    read_answers: str
    heard: str
    listened_for: str
    improve: str
    improve_partly: str
    improve_wrong: str
    improve_code: str


ENGLISH = ReportTexts(
    status={
        Status.met: "Shown",
        Status.partly: "Partly shown",
        Status.not_met: "Not shown",
        Status.contradicted: "Contradicted",
    },
    tests="{passed} of {total} test cases passed",
    problems={
        "not_asked": "Not assessed: there was no time to ask about it.",
        "other_language": "The answers are in another language; words were not compared.",
        "needs_review": "Not assessed: the scorer gave no findings that could be verified. A person has to look.",
        "no_findings": "Not assessed: there are no findings yet.",
    },
    problem="Not assessed. A person has to look.",
    well="What went well: {points}.",
    nothing_well="What went well: no criterion was clearly shown in this interview.",
    probe_next="To probe next: {points}.",
    nothing_open="To probe next: all criteria that were asked about were shown; confirm them with a different case.",
    contradicted="Check with care, because what was said speaks against it: {points}.",
    unassessed="Not assessed: {names}.",
    passage="Passage that may bear on it: {text}.",
    no_passage="Not found by word search, read the answer: {text}.",
    not_asked="Nothing asked about it in this interview: {text}.",
    awaiting="Nobody has assessed this interview yet.",
    read_passages="Passages are marked that may bear on: {points}.",
    read_answers="Word search marked none for these, so read the answers: {points}.",
    heard="{dimension}: what you said here may count for “{text}”: “{quote}”.",
    listened_for="{dimension}: listeners look for this; say it in your own words, with a case of your own: {text}.",
    improve="{dimension}: speak about this as well next time: {text}.",
    improve_partly="{dimension}: this came through in part; say it more clearly and with a case: {text}.",
    improve_wrong="{dimension}: what you said speaks against this; look into it again: {text}.",
    improve_code="{dimension}: {passed} of {total} test cases passed; go through the ones that failed.",
)
GERMAN = ReportTexts(
    status={
        Status.met: "Gezeigt",
        Status.partly: "Teilweise gezeigt",
        Status.not_met: "Nicht gezeigt",
        Status.contradicted: "Widersprochen",
    },
    tests="{passed} von {total} Testfällen bestanden",
    problems={
        "not_asked": "Nicht bewertet: Es war keine Zeit, danach zu fragen.",
        "other_language": "Die Antworten sind in einer anderen Sprache; Wörter wurden nicht verglichen.",
        "needs_review": "Nicht bewertet: Es gab keine überprüfbaren Befunde. Ein Mensch muss es ansehen.",
        "no_findings": "Nicht bewertet: Es gibt noch keine Befunde.",
    },
    problem="Nicht bewertet. Ein Mensch muss es ansehen.",
    well="Gut gelungen: {points}.",
    nothing_well="Gut gelungen: In diesem Interview wurde kein Kriterium klar gezeigt.",
    probe_next="Als Nächstes nachfragen: {points}.",
    nothing_open="Als Nächstes nachfragen: Alle erfragten Kriterien wurden gezeigt; an einem anderen Fall bestätigen.",
    contradicted="Sorgfältig prüfen, weil das Gesagte dagegen spricht: {points}.",
    unassessed="Nicht bewertet: {names}.",
    passage="Stelle, die dazu gehören kann: {text}.",
    no_passage="Durch Wortsuche nicht gefunden, bitte die Antwort lesen: {text}.",
    not_asked="Danach wurde in diesem Interview nicht gefragt: {text}.",
    awaiting="Dieses Interview hat noch niemand bewertet.",
    read_passages="Stellen sind markiert, die dazu gehören können: {points}.",
    read_answers="Hierzu hat die Wortsuche nichts markiert, bitte die Antworten lesen: {points}.",
    heard="{dimension}: Was Sie hier gesagt haben, kann zählen für „{text}“: „{quote}“.",
    listened_for="{dimension}: Darauf wird geachtet; sagen Sie es mit eigenen Worten und einem eigenen Fall: {text}.",
    improve="{dimension}: Sprechen Sie beim nächsten Mal auch darüber: {text}.",
    improve_partly="{dimension}: Das klang an; sagen Sie es deutlicher und mit einem Fall: {text}.",
    improve_wrong="{dimension}: Ihre Aussagen sprechen dagegen; sehen Sie es sich noch einmal an: {text}.",
    improve_code="{dimension}: {passed} von {total} Testfällen bestanden; gehen Sie die übrigen durch.",
)
CATALOG: Mapping[str, ReportTexts] = {"en": ENGLISH, "de": GERMAN}


def _texts_for(plan: InterviewPlan) -> ReportTexts:
    return CATALOG.get(plan.language.split("-")[0], ENGLISH)


def _criteria(plan: InterviewPlan) -> dict[str, Criterion]:
    return {criterion.id: criterion for item in plan.items for criterion in item.criteria}


def reasoning(
    plan: InterviewPlan,
    findings: Sequence[Finding],
    rationale: str,
    problem: str | None,
    not_asked: Sequence[str] = (),
) -> str:
    """A paragraph on one dimension: each criterion with its status, then the scorer's rationale.

    `not_asked` are ids of criteria about which nothing was asked.
    """
    texts, criteria = _texts_for(plan), _criteria(plan)
    if problem and not findings:
        return texts.problems.get(problem, texts.problem)
    parts = [texts.problems[problem]] if problem is not None and problem in texts.problems else []
    for finding in findings:
        text = criteria[finding.criterion_id].text.rstrip(".")
        if finding.measured:
            text = texts.tests.format(passed=finding.measured.passed, total=finding.measured.total)
        if finding.status is None:
            missing = texts.not_asked if finding.criterion_id in not_asked else texts.no_passage
            parts.append((texts.passage if finding.quote else missing).format(text=text))
        else:
            parts.append(f"{texts.status[finding.status]}: {text}.")
    return " ".join([*parts, rationale.strip()]).strip()


def summary(
    plan: InterviewPlan, assessed: Assessed, unassessed: Sequence[Dimension], unjudged: Assessed = ()
) -> str:
    """Two paragraphs: what went well, and what the next interviewer should ask about.

    Where nobody has judged: what passages are marked for, and for what the answers must be read.
    """
    if unjudged:
        return _what_to_read(plan, unjudged, assessed)
    texts = _texts_for(plan)
    shown = _criterion_texts(plan, assessed, (Status.met,))
    open_ones = _criterion_texts(plan, assessed, (Status.partly, Status.not_met))
    wrong = _criterion_texts(plan, assessed, (Status.contradicted,))
    well = texts.well.format(points="; ".join(shown)) if shown else texts.nothing_well
    further = [texts.probe_next.format(points="; ".join(open_ones)) if open_ones else texts.nothing_open]
    if wrong:
        further.append(texts.contradicted.format(points="; ".join(wrong)))
    if unassessed:
        further.append(texts.unassessed.format(names=", ".join(dimension.name for dimension in unassessed)))
    if not assessed:
        further = further[1:]
    return f"{well}\n\n{' '.join(further)}"


def _what_to_read(plan: InterviewPlan, unjudged: Assessed, measured: Assessed) -> str:
    texts = _texts_for(plan)
    tests = [
        f"{dimension.name} ({texts.tests.format(passed=found.measured.passed, total=found.measured.total)})"
        for dimension, findings in (*measured, *unjudged)
        for found in findings
        if found.measured
    ]
    marked = [(each, [found for found in findings if found.quote]) for each, findings in unjudged]
    unmarked = [
        (each, [found for found in findings if not found.quote and found.status is None])
        for each, findings in unjudged
    ]
    passages = _criterion_texts(plan, marked, (None,))
    others = _criterion_texts(plan, unmarked, (None,))
    lines = [f"{'; '.join(tests)}."] if tests else []
    lines += [texts.read_passages.format(points="; ".join(passages))] if passages else []
    lines += [texts.read_answers.format(points="; ".join(others))] if others else []
    return f"{texts.awaiting}\n\n{' '.join(lines)}".strip()


def _criterion_texts(plan: InterviewPlan, assessed: Assessed, statuses: Sequence[Status | None]) -> list[str]:
    criteria = _criteria(plan)
    return [
        f"{dimension.name} ({', '.join(found)})"
        for dimension, findings in assessed
        if (
            found := list(
                dict.fromkeys(
                    criteria[f.criterion_id].text.rstrip(".") for f in findings if f.status in statuses
                )
            )
        )
    ]


def feedback(plan: InterviewPlan, assessed: Assessed, unjudged: Assessed = ()) -> tuple[str, ...]:
    """What to improve: one line for each criterion that was not fully shown, the worst first.

    Where nobody has judged: what was said that may count, then what listeners look for. Nothing is called missing.
    """
    texts, criteria = _texts_for(plan), _criteria(plan)
    order = (Status.contradicted, Status.not_met, Status.partly)
    patterns = {
        Status.contradicted: texts.improve_wrong,
        Status.not_met: texts.improve,
        Status.partly: texts.improve_partly,
    }
    lines: list[str] = []
    for status in order:
        for dimension, findings in assessed:
            for finding in findings:
                if finding.status is not status:
                    continue
                if finding.measured:
                    facts = {"passed": finding.measured.passed, "total": finding.measured.total}
                    lines.append(texts.improve_code.format(dimension=dimension.name, **facts))
                    continue
                text = criteria[finding.criterion_id].text.rstrip(".")
                lines.append(patterns[status].format(dimension=dimension.name, text=text))
    return tuple(dict.fromkeys([*lines, *_practice_lines(plan, unjudged)]))


def _practice_lines(plan: InterviewPlan, unjudged: Assessed) -> list[str]:
    texts, criteria = _texts_for(plan), _criteria(plan)
    found = [
        (dimension.name, each) for dimension, findings in unjudged for each in findings if each.status is None
    ]
    heard = [
        texts.heard.format(
            dimension=name, text=criteria[each.criterion_id].text.rstrip("."), quote=each.quote
        )
        for name, each in found
        if each.quote
    ]
    further = [
        texts.listened_for.format(dimension=name, text=criteria[each.criterion_id].text.rstrip("."))
        for name, each in found
        if not each.quote
    ]
    return [*heard, *further]
