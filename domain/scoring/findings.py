"""Findings: what somebody says an interview shows, criterion by criterion, with the candidate's own words.

One schema for every source. Rules, a model, the operator's assistant and a person all hand in the same thing, so that
their judgements can be compared, replaced and audited. A quote counts only if the candidate said it: verification is
code and knows no exception.
"""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from fractions import Fraction

from pydantic import Field

from domain.errors import Invalid, Issue
from domain.frozen import Frozen
from domain.text.answers import Flag
from domain.text.tokens import tokens

# A criterion that is met needs more than a stray word as its proof.
MET_QUOTE_WORDS = 3
MOST_QUOTE_CHARACTERS = 600


class Status(StrEnum):
    met = "met"
    partly = "partly"
    not_met = "not_met"
    # Right words, wrong content: the commonest way in which a fluent answer misleads.
    contradicted = "contradicted"


POINTS: dict[Status, Fraction] = {
    Status.met: Fraction(1),
    Status.partly: Fraction(1, 2),
    Status.not_met: Fraction(0),
    Status.contradicted: Fraction(0),
}


class Method(StrEnum):
    rules = "rules"
    model = "model"
    assistant = "assistant"
    human = "human"


class Utterance(Frozen):
    """One turn of the candidate as it was logged: the only thing that counts as evidence."""

    id: int = Field(description="Number of the turn in the transcript.")
    text: str
    item_id: str | None = Field(default=None, description="The question it answers; none for closing words.")
    question: str = Field(default="", description="What was asked, as it was said: context, not evidence.")
    start_ms: int = 0


class Measured(Frozen):
    """A criterion that a machine measured: test cases passed in the sandbox."""

    passed: int = Field(ge=0)
    total: int = Field(ge=1)

    @property
    def share(self) -> Fraction:
        return Fraction(min(self.passed, self.total), self.total)

    @property
    def status(self) -> Status:
        if self.passed >= self.total:
            return Status.met
        return Status.partly if 2 * self.passed >= self.total else Status.not_met


class Finding(Frozen):
    """The status of one criterion and the exact words that show it."""

    criterion_id: str
    status: Status
    utterance_id: int | None = None
    quote: str = Field(default="", max_length=MOST_QUOTE_CHARACTERS)
    measured: Measured | None = None

    @property
    def points(self) -> Fraction:
        """Between 0 and 1."""
        return self.measured.share if self.measured else POINTS[self.status]


class DimensionFindings(Frozen):
    """The findings on one dimension. `samples` are the single readings behind a median, `problem` why none hold."""

    dimension_id: str
    findings: tuple[Finding, ...] = ()
    rationale: str = Field(default="", max_length=2_000)
    samples: tuple[tuple[Finding, ...], ...] = ()
    problem: str | None = None
    remarks: tuple[str, ...] = ()


class Evidence(Frozen):
    """All that an interview left to judge: what was asked, what was said, what was measured."""

    utterances: tuple[Utterance, ...] = ()
    asked: tuple[str, ...] = Field(default=(), description="Ids of the items that were put to the candidate.")
    measured: dict[str, Measured] = Field(default_factory=dict, description="Test results by item.")
    flags: tuple[Flag, ...] = ()
    variants: dict[str, int] = Field(default_factory=dict, description="Difficulty of each item as asked.")
    degraded: bool = False

    @property
    def said(self) -> dict[int, str]:
        """Every utterance by its id."""
        return {utterance.id: utterance.text for utterance in self.utterances}

    def on(self, items: Iterable[str]) -> list[Utterance]:
        """The answers to these items, and what was added at the end."""
        wanted = set(items)
        return [said for said in self.utterances if said.item_id is None or said.item_id in wanted]


class Provenance(Frozen):
    """Where findings come from, for the audit. `trusted` is the operator's word that this source was calibrated."""

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

    def of(self, dimension_id: str) -> DimensionFindings | None:
        return next((found for found in self.dimensions if found.dimension_id == dimension_id), None)


class BadFindings(Invalid):
    """Findings that do not hold: a quote nobody said, a criterion missing, doubled or unknown."""

    code = "bad_findings"
    message = "The findings do not fit this interview."
    hint = "Correct the findings named in issues: one per criterion, each quote copied exactly from that utterance."


def normalised(text: str) -> str:
    """A text as quotes are compared: words only; case, punctuation, spacing and invisible characters do not count."""
    return " ".join(tokens(text))


def is_said(quote: str, utterance: str) -> bool:
    """Whether the words of the quote stand in the utterance, whole and in this order."""
    wanted = normalised(quote)
    return bool(wanted) and f" {wanted} " in f" {normalised(utterance)} "


def faults(
    found: Sequence[Finding], criteria: Iterable[str], said: Mapping[int, str], measured: Iterable[str] = ()
) -> list[Issue]:
    """What is wrong with the findings on one dimension; empty when all of them hold.

    `measured` are criteria that only the sandbox may decide: they are neither expected nor accepted here.
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
        issues += _quote_faults(at, finding, said)
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


def _quote_faults(at: int, finding: Finding, said: Mapping[int, str]) -> list[Issue]:
    if finding.measured:
        return [_issue(at, "measured", "Only the sandbox measures.", "measured_by_hand")]
    if finding.status is Status.not_met and not finding.quote.strip():
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
    if not is_said(finding.quote, said[finding.utterance_id]):
        return [
            _issue(
                at, "quote", "These are not the candidate's exact words in that utterance.", "invented_quote"
            )
        ]
    if finding.status is Status.met and _too_thin(finding.quote, said[finding.utterance_id]):
        return [
            _issue(
                at,
                "quote",
                f"Quote at least {MET_QUOTE_WORDS} words for a criterion that is met.",
                "thin_quote",
            )
        ]
    return []


def _too_thin(quote: str, utterance: str) -> bool:
    # an answer of two words can only be quoted whole
    return len(tokens(quote)) < min(MET_QUOTE_WORDS, len(tokens(utterance)))


def _issue(at: int, member: str, message: str, code: str) -> Issue:
    path: list[str | int] = ["findings", at, member]
    return Issue(path=path, message=message, code=code)


def verify(
    found: Sequence[Finding], criteria: Iterable[str], said: Mapping[int, str], measured: Iterable[str] = ()
) -> None:
    """Let findings on one dimension pass, or refuse them with `BadFindings` naming each fault."""
    issues = faults(found, criteria, said, measured)
    if issues:
        raise BadFindings(issues)


def median(samples: Sequence[Sequence[Finding]]) -> tuple[Finding, ...]:
    """One finding per criterion: the median status of the samples, with the quote of the first that chose it.

    Of an even number the lower of the two middle ones counts. `contradicted` ranks below `not_met`.
    """
    order = [Status.contradicted, Status.not_met, Status.partly, Status.met]
    chosen: list[Finding] = []
    for criterion in [finding.criterion_id for finding in samples[0]] if samples else []:
        readings = [finding for sample in samples for finding in sample if finding.criterion_id == criterion]
        ranked = sorted(readings, key=lambda finding: order.index(finding.status))
        middle = ranked[(len(ranked) - 1) // 2].status
        chosen.append(next(finding for finding in readings if finding.status is middle))
    return tuple(chosen)


def agree(samples: Sequence[Sequence[Finding]]) -> bool:
    """Whether all samples give every criterion the same status."""
    statuses = [{finding.criterion_id: finding.status for finding in sample} for sample in samples]
    return all(status == statuses[0] for status in statuses)


def spread(samples: Sequence[Sequence[Finding]]) -> Fraction:
    """How far apart the samples' shares of points are: 0 when they agree, 1 at most."""
    shares = [share(sample) for sample in samples if sample]
    return max(shares) - min(shares) if shares else Fraction(0)


def share(found: Sequence[Finding]) -> Fraction:
    """The share of the possible points, between 0 and 1; each criterion weighs the same."""
    return sum((finding.points for finding in found), Fraction(0)) / len(found) if found else Fraction(0)
