"""Findings: the status of each criterion of an interview, with the candidate's exact words as evidence.

Rules, a model, the operator's assistant and a person all give findings in this one schema, so that they can be
compared, replaced and audited. A quote counts only if the candidate said it; code checks every quote.
"""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from fractions import Fraction

from pydantic import Field

from domain.errors import Invalid, Issue
from domain.frozen import Frozen
from domain.text.answers import Flag
from domain.text.tokens import tokens

# A criterion that is met needs a quote of at least this many words.
MIN_QUOTE_WORDS = 3
MAX_QUOTE_CHARACTERS = 600


class Status(StrEnum):
    """What an answer shows of a criterion."""

    met = "met"
    partly = "partly"
    not_met = "not_met"
    # the answer says the opposite, or something wrong, about what the criterion asks for
    contradicted = "contradicted"


POINTS: dict[Status, Fraction] = {
    Status.met: Fraction(1),
    Status.partly: Fraction(1, 2),
    Status.not_met: Fraction(0),
    Status.contradicted: Fraction(0),
}


class Method(StrEnum):
    """Who or what gave the findings."""

    rules = "rules"
    model = "model"
    assistant = "assistant"
    human = "human"


class Utterance(Frozen):
    """One turn of the candidate as it was logged. Only utterances can be quoted."""

    id: int = Field(description="Number of the turn in the transcript.")
    text: str
    item_id: str | None = Field(default=None, description="The question it answers; none for closing words.")
    question: str = Field(default="", description="What was asked, as it was said: context, not evidence.")
    start_ms: int = 0


class Measured(Frozen):
    """The result of a measured criterion: how many test cases the code passed in the sandbox."""

    passed: int = Field(ge=0)
    total: int = Field(ge=1)

    @property
    def share(self) -> Fraction:
        """The share of passed test cases, between 0 and 1."""
        return Fraction(min(self.passed, self.total), self.total)

    @property
    def status(self) -> Status:
        """Met when all test cases passed, partly from half of them on."""
        if self.passed >= self.total:
            return Status.met
        return Status.partly if 2 * self.passed >= self.total else Status.not_met


class Finding(Frozen):
    """The status of one criterion and the candidate's exact words that show it.

    `status` None means that nobody has judged it: the quote, if any, is a passage that may bear on it.
    """

    criterion_id: str
    status: Status | None
    utterance_id: int | None = None
    quote: str = Field(default="", max_length=MAX_QUOTE_CHARACTERS)
    measured: Measured | None = None

    @property
    def points(self) -> Fraction:
        """The criterion's points, between 0 and 1; 0 while nobody has judged it."""
        if self.measured:
            return self.measured.share
        return POINTS[self.status] if self.status is not None else Fraction(0)


class DimensionFindings(Frozen):
    """The findings on one dimension.

    `samples` are the single assessments behind a median. `problem` is a code that says why there are no findings.
    `remarks` are codes for a reviewer; they never change a score.
    """

    dimension_id: str
    findings: tuple[Finding, ...] = ()
    rationale: str = Field(default="", max_length=2_000)
    samples: tuple[tuple[Finding, ...], ...] = ()
    problem: str | None = None
    remarks: tuple[str, ...] = ()


class Evidence(Frozen):
    """What findings are based on: what was asked, what the candidate said, what the sandbox measured."""

    utterances: tuple[Utterance, ...] = ()
    asked: tuple[str, ...] = Field(default=(), description="Ids of the items that were put to the candidate.")
    measured: dict[str, Measured] = Field(default_factory=dict, description="Test results by item.")
    flags: tuple[Flag, ...] = ()
    variants: dict[str, int] = Field(default_factory=dict, description="Difficulty of each item as asked.")
    degraded: bool = False
    not_asked: tuple[str, ...] = Field(
        default=(), description="Criteria of asked items about which nothing was asked."
    )

    @property
    def said(self) -> dict[int, str]:
        """The text of every utterance by its id."""
        return {utterance.id: utterance.text for utterance in self.utterances}

    def answers_to(self, items: Iterable[str]) -> list[Utterance]:
        """The utterances that answer these items, and the closing words."""
        wanted = set(items)
        return [each for each in self.utterances if each.item_id is None or each.item_id in wanted]


class Provenance(Frozen):
    """Where findings come from, for the audit. `trusted`: the model passed calibration on this deployment."""

    author: str
    provider: str = ""
    model: str = ""
    prompt_hash: str = ""
    temperature: float | None = None
    library: str = ""
    trusted: bool = False
    degraded: bool = False


class Findings(Frozen):
    """One complete assessment of one interview by one source."""

    method: Method
    provenance: Provenance
    dimensions: tuple[DimensionFindings, ...]

    @property
    def judges(self) -> bool:
        """Whether the source may judge: a person, an assistant for one, or a calibrated model. Others mark passages."""
        if self.method is Method.model:
            return self.provenance.trusted
        return self.method is not Method.rules

    def on_dimension(self, dimension_id: str) -> DimensionFindings | None:
        """The findings on this dimension, or None."""
        return next((found for found in self.dimensions if found.dimension_id == dimension_id), None)


class BadFindings(Invalid):
    """Findings that do not hold: an invented quote, or a missing, doubled or unknown criterion."""

    code = "bad_findings"
    message = "The findings do not fit this interview."
    hint = "Correct the findings named in issues: one per criterion, each quote copied exactly from that utterance."


def _comparable_words(text: str) -> str:
    """The form in which quotes are compared: words without case, punctuation, spacing and invisible characters."""
    return " ".join(tokens(text))


def is_quote_of(quote: str, utterance: str) -> bool:
    """Whether the utterance holds the words of the quote, whole, consecutive and in this order."""
    wanted = _comparable_words(quote)
    return bool(wanted) and f" {wanted} " in f" {_comparable_words(utterance)} "


def finding_issues(
    found: Sequence[Finding], criteria: Iterable[str], said: Mapping[int, str], measured: Iterable[str] = ()
) -> list[Issue]:
    """What is wrong with the findings on one dimension; empty when all of them hold.

    `said` holds the utterances by id. `measured` are criteria that only the sandbox decides: findings on them are
    neither expected nor accepted.
    """
    expected = [criterion for criterion in criteria if criterion not in set(measured)]
    seen: list[str] = []
    issues: list[Issue] = []
    for at, finding in enumerate(found):
        if finding.criterion_id not in expected:
            issues.append(
                _issue(
                    at, "criterion_id", "This criterion is not one of the dimension's.", "unknown_criterion"
                )
            )
        elif finding.criterion_id in seen:
            issues.append(
                _issue(
                    at, "criterion_id", "There is already a finding for this criterion.", "doubled_criterion"
                )
            )
        seen.append(finding.criterion_id)
        issues += _quote_issues(at, finding, said)
    missing = [criterion for criterion in expected if criterion not in seen]
    issues += [
        Issue(
            path=["findings"],
            message=f"A finding for criterion {criterion} is missing.",
            code="missing_criterion",
        )
        for criterion in missing
    ]
    return issues


def _quote_issues(at: int, finding: Finding, said: Mapping[int, str]) -> list[Issue]:
    if finding.measured:
        return [_issue(at, "measured", "Only the sandbox measures.", "measured_by_hand")]
    if finding.status in (None, Status.not_met) and not finding.quote.strip():
        return []
    if finding.utterance_id is None or finding.utterance_id not in said:
        return [
            _issue(
                at,
                "utterance_id",
                "There is no utterance of the candidate with this id.",
                "unknown_utterance",
            )
        ]
    if not is_quote_of(finding.quote, said[finding.utterance_id]):
        return [
            _issue(
                at, "quote", "These are not the candidate's exact words in that utterance.", "invented_quote"
            )
        ]
    if finding.status is Status.met and _is_too_short(finding.quote, said[finding.utterance_id]):
        return [
            _issue(
                at,
                "quote",
                f"Quote at least {MIN_QUOTE_WORDS} words for a criterion that is met.",
                "thin_quote",
            )
        ]
    return []


def _is_too_short(quote: str, utterance: str) -> bool:
    # an answer of two words can only be quoted in full
    return len(tokens(quote)) < min(MIN_QUOTE_WORDS, len(tokens(utterance)))


def _issue(at: int, member: str, message: str, code: str) -> Issue:
    path: list[str | int] = ["findings", at, member]
    return Issue(path=path, message=message, code=code)


def verify(
    found: Sequence[Finding], criteria: Iterable[str], said: Mapping[int, str], measured: Iterable[str] = ()
) -> None:
    """Check the findings on one dimension; `BadFindings` naming each issue when any does not hold."""
    issues = finding_issues(found, criteria, said, measured)
    if issues:
        raise BadFindings(issues)


def median(samples: Sequence[Sequence[Finding]]) -> tuple[Finding, ...]:
    """One finding for each criterion: the median status of the samples, with the first sample's quote for it.

    With an even number of samples the lower of the two middle ones counts. `contradicted` ranks below `not_met`.
    """
    order = [Status.contradicted, Status.not_met, Status.partly, Status.met]
    chosen: list[Finding] = []
    for criterion in [finding.criterion_id for finding in samples[0]] if samples else []:
        readings = [finding for sample in samples for finding in sample if finding.criterion_id == criterion]
        ranked = sorted(readings, key=lambda finding: order.index(finding.status or Status.not_met))
        middle = ranked[(len(ranked) - 1) // 2].status
        chosen.append(next(finding for finding in readings if finding.status is middle))
    return tuple(chosen)


def samples_agree(samples: Sequence[Sequence[Finding]]) -> bool:
    """Whether all samples give every criterion the same status."""
    statuses = [{finding.criterion_id: finding.status for finding in sample} for sample in samples]
    return all(status == statuses[0] for status in statuses)


def spread(samples: Sequence[Sequence[Finding]]) -> Fraction:
    """The largest difference between the samples' shares of points: 0 when they samples_agree, at most 1."""
    shares = [share(sample) for sample in samples if sample]
    return max(shares) - min(shares) if shares else Fraction(0)


def share(found: Sequence[Finding]) -> Fraction:
    """The share of the possible points, between 0 and 1. Each criterion has the same weight."""
    return sum((finding.points for finding in found), Fraction(0)) / len(found) if found else Fraction(0)
