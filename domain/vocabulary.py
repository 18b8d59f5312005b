"""The closed lists of words that the contract uses, and what follows from one word for another."""

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
    """Of templates and stages."""

    draft = "draft"
    active = "active"
    archived = "archived"


class ParticipantStatus(StrEnum):
    active = "active"
    archived = "archived"


class Difficulty(StrEnum):
    """Of templates and stages: how deep the questions go (contract C12: not the profile's words)."""

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
    """The interviewer's manner (contract C12: not the template's words)."""

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
        return int(self.value.split("-")[1])


class ScoringMethod(StrEnum):
    weighted_average = "weighted_average"
    rule_based = "rule_based"


# Contract 4.4: the outcome a use case asks for when the template does not say.
DEFAULT_OUTCOME: dict[UseCase, SuccessOutcome] = {
    UseCase.hiring: SuccessOutcome.hire_no_hire,
    UseCase.admissions: SuccessOutcome.admit_reject,
    UseCase.training: SuccessOutcome.ready_needs_training,
    UseCase.custom_api: SuccessOutcome.custom,
}

# Contract 3.3: what a stage's type makes of its sessions.
MODE_OF_STAGE: dict[StageType, SessionMode] = {
    StageType.ai_interview: SessionMode.live_ai_interview,
    StageType.async_assessment: SessionMode.async_interview,
    StageType.roleplay_simulation: SessionMode.roleplay_simulation,
    StageType.practice_session: SessionMode.practice_session,
    StageType.manual_review: SessionMode.manual_review,
    StageType.final_review: SessionMode.manual_review,
}
