"""Which role family serves a job: the one that fits, or the general one; never one of another trade."""

from decimal import Decimal

import pytest

from domain.interview.candidates.kinds import Candidate
from domain.interview.rehearsal import rehearse_all
from domain.plan.compiler import compile_plan
from domain.plan.family_choice import choose_family
from domain.plan.library import Family, families
from domain.plan.script_linter import lint_script
from domain.plan.script_remarks import ScriptContext, errors_in
from domain.plan.sources import ContextSource, ProfileSource, StageSource, TemplateSource
from domain.plan.stage_check import check_stage
from domain.vocabulary import StageType

LIBRARY = families()
TRADES = tuple(family for family in LIBRARY if family.roles)

FITTING = {
    "Senior Backend Engineer (m/f/d)": "backend",
    "Softwareentwickler Java (m/w/d)": "backend",
    "Senior Software Engineer II": "backend",
    "Developers (f/m/d)": "backend",
    "Backend Engineer, payments team": "backend",
    "Hiring 2026: Backend Engineer": "backend",
    "Frontend-Entwicklerin (React)": "frontend",
    "React developer": "frontend",
    "Data Scientist": "data",
    "Datenanalystin": "data",
    "QA Engineer": "qa",
    "Tester": "qa",
    "Site Reliability Engineer": "devops",
    "Systemadministrator (m/w/d)": "devops",
    "Mitarbeiter (m/w/d) im Kundenservice": "support",
    "IT Support Specialist": "support",
    "Inside Sales Representative": "sales_inside",
    "Mitarbeiterin im Vertriebsinnendienst": "sales_inside",
    "Key Account Manager": "account_management",
    "Engineering manager": "team_lead",
    "Teamleiter Kundenservice": "team_lead",
    "Team Lead Customer Support": "team_lead",
    "Head of Marketing": "team_lead",
    "Director of Nursing": "team_lead",
    "Lehrer/in Grundschule": "teacher",
    "Lehrer:in Mathematik": "teacher",
    "Maths teacher": "teacher",
    "Registered nurse": "nurse",
    "Krankenpfleger Intensivstation": "nurse",
    "Gesundheits- und Krankenpflegerin": "nurse",
    "Studienplatz Medizin": "admissions",
    "MBA admission": "admissions",
}
FITTING_NOTHING = """Pastry chef|Zahnarzthelferin|Zahnmedizinische Fachangestellte|Dental nurse|Veterinary nurse
|Tierpfleger|Nursery gardener|Nurse recruiter|Cook in a nursing home|Pflegeversicherung Sachbearbeiter|Elektriker
|LKW-Fahrer|Real estate developer|Business Developer|CNC-Programmierer|Leiterplattenbestücker|Wine tester
|Test pilot|Lab technician|Qualitätssicherung Lebensmittel|Production engineer|Civil engineer
|Design engineer|Salesforce administrator|Sales engineer|Verkäuferin im Einzelhandel
|Support worker in a care home|Receptionist|Assistant to the head of sales|Film director|Station master
|Elektromeister|Admission clerk hospital|Apprentice electrician|Ausbildung Bankkauffrau|Yoga teacher
|Driving instructor|Personal trainer|Kundenberater Bank|Accountant|Buchhalterin|Rechtsanwältin|Koch
|Product Manager"""

# one who answers, one who does not, one who asks back, one with questions to us
SOME = (Candidate.strong, Candidate.does_not_know, Candidate.asks_back, Candidate.asks_us)


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize(("job", "family"), FITTING.items())
def test_a_job_is_served_by_its_family_whatever_the_language(job: str, family: str, language: str) -> None:
    found = choose_family(job, language, LIBRARY)
    assert found is not None
    assert (found.family, found.language) == (family, language)


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("job", [job.strip() for job in FITTING_NOTHING.split("|")])
def test_a_job_that_no_family_fits_is_served_by_the_general_one(job: str, language: str) -> None:
    found = choose_family(job, language, LIBRARY)
    assert found is not None
    assert found.family == "general"


def test_a_listed_skill_explains_a_name() -> None:
    for skills, family in ((["Django", "Redis"], "backend"), ([], "general")):
        found = choose_family("Django developer", "en", LIBRARY, skills)
        assert found is not None
        assert found.family == family


def test_texts_about_a_role_do_not_make_it_another_one() -> None:
    about = TemplateSource.model_validate(
        {
            "template_name": "Pastry chef",
            "use_case": "hiring",
            "objective": "Works with customer service and reports to the store manager.",
            "requirements": "An apprenticeship as a baker, or a bachelor.",
        }
    )
    check = check_stage(about, None, None, script=None, has_bank=False, library=LIBRARY)
    assert check.chosen.library is not None
    assert check.chosen.library.family == "general"


def test_a_language_without_a_library_has_no_family() -> None:
    assert choose_family("Nurse", "ja", LIBRARY) is None


ROLE_PLAY = StageSource(stage_type=StageType.roleplay_simulation)


@pytest.mark.parametrize(
    ("job", "scenario", "played"),
    [
        ("Customer support agent", "A customer wants a refund for headphones; the policy says no.", True),
        ("Waiter", "A guest wants his money back and a voucher for a cold soup.", False),
        ("Registered nurse", "A worried daughter asks about her father on the ward.", True),
        ("Nurse recruiter", "", False),
        ("Registered nurse", "", True),
        ("Pastry chef", "", False),
    ],
)
def test_a_scene_of_another_trade_is_not_played(job: str, scenario: str, played: bool) -> None:
    about = TemplateSource.model_validate({"template_name": job, "use_case": "hiring"})
    profile = ProfileSource(context=ContextSource(scenario=scenario))
    check = check_stage(about, ROLE_PLAY, profile, script=None, has_bank=False, library=LIBRARY)
    assert (check.chosen.script is not None) is played
    assert check.lacks_scene


@pytest.mark.parametrize("stage", [None, ROLE_PLAY], ids=["questions", "role play"])
@pytest.mark.parametrize("family", LIBRARY, ids=[f"{each.family}.{each.language}" for each in LIBRARY])
def test_an_interview_of_every_family_keeps_its_promises(family: Family, stage: StageSource | None) -> None:
    about = TemplateSource.model_validate(
        {
            "template_name": family.roles[0] if family.roles else "Lion tamer",
            "use_case": "hiring",
            "language": family.language,
            "skills": ["Python", "Communication", "Kommunikation"],
        }
    )
    plan = compile_plan(about, stage)
    assert (plan.scene is not None) is (stage is not None and bool(family.scenes))
    report = rehearse_all(plan, SOME)
    assert [each.problems for each in report.rehearsals if each.problems] == []


def test_no_item_has_the_id_of_one_of_the_general_family() -> None:
    # one script may hold items of both
    general = {item.id for each in LIBRARY if not each.roles for item in each.items}
    assert general
    assert not general & {item.id for each in TRADES for item in each.items}


SKILLS: dict[str, list[str]] = {
    "none": [],
    "one": ["Python"],
    "two": ["Python", "PostgreSQL"],
    "five": ["Python", "PostgreSQL", "Kafka", "Docker", "React"],
    "soft": ["Communication", "Teamwork", "Time management"],
    "long": [letter * 100 for letter in "bdfgklmn"],
    "weich": ["Kommunikation", "Teamarbeit", "Zeitmanagement"],
}


@pytest.mark.parametrize("minutes", [20, 30, 60])
@pytest.mark.parametrize("skills", SKILLS.values(), ids=SKILLS)
@pytest.mark.parametrize("family", TRADES, ids=[f"{each.family}.{each.language}" for each in TRADES])
def test_a_script_of_the_library_passes_the_linter(family: Family, skills: list[str], minutes: int) -> None:
    about = TemplateSource.model_validate(
        {
            "template_name": family.roles[0],
            "use_case": "hiring",
            "skills": skills,
            "language": family.language,
            "default_duration_minutes": minutes,
        }
    )
    check = check_stage(about, None, None, script=None, has_bank=False, library=LIBRARY)
    assert check.chosen.library is not None
    assert check.chosen.library.family == family.family
    script = check.chosen.script
    assert script is not None
    faults = errors_in(lint_script(script, ScriptContext(template=about, minutes=minutes)))
    # the only thing that may be wrong: skills for which there is no room
    assert {fault.code for fault in faults} <= ({"skill_not_named"} if len(skills) > 5 else set())
    assert sum((item.minutes for item in script.items), Decimal(0)) <= minutes
    asked = [item.question for item in script.items]
    assert len(asked) == len(set(asked))
    assert "{skill}" not in script.model_dump_json()
