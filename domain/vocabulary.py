"""The contract's enumerations, and the defaults that one value implies for another."""

from enum import StrEnum


class UseCase(StrEnum):
    hiring = "hiring"
    admissions = "admissions"
    training = "training"
    custom_api = "custom_api"


class SuccessOutcome(StrEnum):
    hire_no_hire = "hire_no_hire"
    admit_reject = "admit_reject"
    pass_fail = "pass_fail"
    ready_needs_training = "ready_needs_training"
    certified_not_certified = "certified_not_certified"
    custom = "custom"


class Lifecycle(StrEnum):
    """The status of a template or stage."""

    draft = "draft"
    active = "active"
    archived = "archived"


class ParticipantStatus(StrEnum):
    active = "active"
    archived = "archived"


class Difficulty(StrEnum):
    """Of a template or stage: how deep the questions go (contract C12: the profile has other values)."""

    beginner = "beginner"
    intermediate = "intermediate"
    advanced = "advanced"
    expert = "expert"
    adaptive = "adaptive"


class SessionMode(StrEnum):
    live_ai_interview = "live_ai_interview"
    async_interview = "async_interview"
    roleplay_simulation = "roleplay_simulation"
    practice_session = "practice_session"
    manual_review = "manual_review"


class Visibility(StrEnum):
    private = "private"
    team = "team"
    organization = "organization"
    public_template = "public_template"


class StageType(StrEnum):
    ai_interview = "ai_interview"
    roleplay_simulation = "roleplay_simulation"
    practice_session = "practice_session"
    manual_review = "manual_review"
    async_assessment = "async_assessment"
    final_review = "final_review"


class AutomationRule(StrEnum):
    none = "none"
    auto_advance = "auto_advance"
    require_reviewer_approval = "require_reviewer_approval"


class Tone(StrEnum):
    friendly = "friendly"
    professional = "professional"
    strict = "strict"
    challenging = "challenging"


class Style(StrEnum):
    structured = "structured"
    conversational = "conversational"
    adaptive = "adaptive"


class ProfileDifficulty(StrEnum):
    """Of a profile: how demanding the interviewer is (contract C12: templates have other values)."""

    easy = "easy"
    medium = "medium"
    hard = "hard"
    adaptive = "adaptive"


class ProbingDepth(StrEnum):
    low = "low"
    medium = "medium"
    high = "high"


class Scale(StrEnum):
    ten = "0-10"
    five = "0-5"
    hundred = "0-100"

    @property
    def top(self) -> int:
        """The highest score on this scale; the lowest is 0."""
        return int(self.value.split("-")[1])


class ScoringMethod(StrEnum):
    weighted_average = "weighted_average"
    rule_based = "rule_based"


# Contract 4.4: the outcome of a use case when the template names none.
DEFAULT_OUTCOME: dict[UseCase, SuccessOutcome] = {
    UseCase.hiring: SuccessOutcome.hire_no_hire,
    UseCase.admissions: SuccessOutcome.admit_reject,
    UseCase.training: SuccessOutcome.ready_needs_training,
    UseCase.custom_api: SuccessOutcome.custom,
}

# Contract 3.3: the mode of a stage's sessions follows from the stage's type.
MODE_OF_STAGE: dict[StageType, SessionMode] = {
    StageType.ai_interview: SessionMode.live_ai_interview,
    StageType.async_assessment: SessionMode.async_interview,
    StageType.roleplay_simulation: SessionMode.roleplay_simulation,
    StageType.practice_session: SessionMode.practice_session,
    StageType.manual_review: SessionMode.manual_review,
    StageType.final_review: SessionMode.manual_review,
}
