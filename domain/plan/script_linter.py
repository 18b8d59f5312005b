"""The script linter: what is wrong with a script, before anybody is invited.

Errors are a gate for assistants and the dashboard; over REST they are shown as well and block nothing. Every remark
says where and what to do. The linter compares words, so it misses what only a reader would see; where words cannot
tell, it warns.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from domain.plan.script import Script, ScriptItem
from domain.plan.script_fact_checks import check_facts, check_told
from domain.plan.script_item_checks import check_item
from domain.plan.script_remarks import ScriptContext, ScriptRemark, Severity, error, warning
from domain.plan.script_scene_checks import check_scene, spoken_lines
from domain.plan.script_text_checks import check_language
from domain.plan.skills import PreparedText, SkillNames
from domain.plan.subjects import canonical_words
from domain.text.languages import language_name
from domain.text.names import normalise_name
from domain.vocabulary import SessionMode

# Shares of common words from which two questions are one, or nearly.
SAME_QUESTION, SIMILAR_QUESTION = 0.75, 0.5
# Time for opening and closing the conversation, and for talking about a coding task.
RESERVED_MINUTES, EXPLANATION_MINUTES = Decimal("1.5"), Decimal(3)
MAX_NAMED = 10


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question as it is compared with later ones: plain text with its skills left out, canonical words, listed skills
    that it names.
    """

    plain: str
    words: frozenset[str]
    skills: frozenset[str]


def lint_script(script: Script, context: ScriptContext) -> list[ScriptRemark]:
    """All remarks on a script: errors first, each kind in the order of the script."""
    language = script.language.split("-")[0].lower()
    found = [
        *_check_form(script, context),
        *_check_dimensions(script, context),
        *_check_time(script, context),
        *_check_skills(script, context, language),
        *_check_same_questions(script, context, language),
        *_check_parts(script, context, language),
    ]
    return sorted(found, key=lambda remark: remark.severity is not Severity.error)


def _check_parts(script: Script, context: ScriptContext, language: str) -> Iterator[ScriptRemark]:
    """Remarks on items, scene, facts and passages, one by one."""
    template = context.template
    known = " ".join([template.template_name, template.objective, template.requirements, *template.skills])
    repeated = _repeated_probes(script)
    for at, item in enumerate(script.items):
        yield from check_item(item, f"items[{at}]", language, known, repeated)
    if script.scene is not None:
        yield from check_scene(script.scene, language, repeated)
    yield from _check_anchors(script)
    yield from check_facts(script.facts, "facts", language)
    for name, text in (("opening", script.opening), ("closing", script.closing)):
        if text:
            yield from check_told(text, name)
            yield from check_language(text, name, language)
    told = " ".join(fact.answer for fact in script.facts)
    yield from check_language(told, "facts", language)


def _check_form(script: Script, context: ScriptContext) -> Iterator[ScriptRemark]:
    role_play = context.mode is SessionMode.roleplay_simulation
    if script.items and script.scene is not None:
        message = "Give items or a scene, not both: a scene is in role from first to last."
        yield error("items_and_scene", "scene", message)
    elif role_play and script.scene is None:
        message = "This stage is a role play: give a scene in place of the items."
        yield error("no_scene", "scene", message)
    elif script.scene is not None and not role_play:
        message = "This stage is no role play: give items, or set its stage_type to roleplay_simulation."
        yield error("no_role_play", "scene", message)
    if context.mode is SessionMode.manual_review:
        message = "A person reviews this stage by hand: nobody is interviewed, and nothing of this is asked."
        yield warning("not_conducted", "items", message)
    spoken = context.template.language.split("-")[0].lower()
    if spoken != script.language.split("-")[0].lower():
        wanted = language_name(spoken)
        message = (
            f"The template's language is {wanted}. Interviews in {wanted} do not use this script; write it in "
            "that language, or change the template's."
        )
        yield warning("not_the_templates_language", "language", message)


def _check_dimensions(script: Script, context: ScriptContext) -> Iterator[ScriptRemark]:
    named = {f"items[{at}].dimension": item.dimension for at, item in enumerate(script.items)}
    if script.scene is not None:
        named |= {
            f"scene.dimensions[{at}].dimension": each.dimension
            for at, each in enumerate(script.scene.dimensions)
        }
    if not context.dimensions:
        return
    known = {normalise_name(name): name for name in context.dimensions}
    for where, name in named.items():
        if normalise_name(name) not in known:
            message = f"The interviewer has no such dimension. It has: {', '.join(context.dimensions)}."
            yield error("unknown_dimension", where, message)
    served = {normalise_name(name) for name in named.values()} | {
        normalise_name(task.dimension) for task in context.tasks
    }
    if missing := [name for folded, name in known.items() if folded not in served]:
        message = f"Nothing is asked for: {', '.join(missing)}. It will not be assessed in this stage."
        yield warning("dimension_not_asked", "items" if script.scene is None else "scene", message)


def _check_time(script: Script, context: ScriptContext) -> Iterator[ScriptRemark]:
    code = sum((task.minutes + EXPLANATION_MINUTES for task in context.tasks), Decimal(0))
    needed = script.minutes + code
    if context.mode is SessionMode.async_interview or not script.items:
        return
    tasks = f" and the coding tasks {_plain(code)}" if code else ""
    said = f"The items take {_plain(script.minutes)} minutes{tasks}; the stage has {context.minutes}."
    if needed > context.minutes:
        yield error("too_long", "items", f"{said} Drop items, shorten them, or lengthen the stage.")
    elif needed + RESERVED_MINUTES > context.minutes:
        yield warning("tight", "items", f"{said} Leave a minute or two for opening and closing.")


def _plain(minutes: Decimal) -> str:
    return f"{minutes.normalize():f}"


def _check_skills(script: Script, context: ScriptContext, language: str) -> Iterator[ScriptRemark]:
    """An error for each listed skill that nothing names; a scene shows skills without naming them."""
    if not context.template.skills:
        return
    texts = [_texts_of_item(item) for item in script.items]
    texts += [f"{task.title} {task.statement} {' '.join(task.languages)}" for task in context.tasks]
    if script.scene is not None:
        texts.append(" ".join([script.scene.situation, *spoken_lines(script.scene).values()]))
    prepared = [PreparedText.of(text, language) for text in texts]
    for skill in context.template.skills:
        names = SkillNames(skill, language)
        if any(names.named_in(text) for text in prepared):
            continue
        if script.scene is not None:
            yield warning("skill_not_named", "scene", f"No line of the scene gives occasion for {skill}.")
        else:
            message = f"No item asks about {skill}, which the template lists. Add one that names it, or take it off."
            yield error("skill_not_named", "items", message)


def _texts_of_item(item: ScriptItem) -> str:
    return " \n".join(
        [
            item.question,
            # `Communication` may be a listed skill and a dimension of its own
            item.dimension,
            item.easier or "",
            # not the follow-ups: each is for one level, and other candidates never hear it
            *(text for each in item.criteria for text in (each.text, each.probe)),
        ]
    )


def _check_same_questions(script: Script, context: ScriptContext, language: str) -> Iterator[ScriptRemark]:
    """An error for a question that stands earlier already, also in other words or with another skill put into it."""
    skills = [SkillNames(skill, language) for skill in context.template.skills]
    seen: list[_Asked] = []
    for at, item in enumerate(script.items):
        plain = normalise_name(_without_skills(item.question, skills))
        words = canonical_words(item.question, language)
        question = PreparedText.of(item.question, language)
        named = frozenset(names.skill for names in skills if names.named_in(question, loosely=False))
        alike = [len(words & each.words) / (len(words | each.words) or 1) for each in seen]
        same = [
            place
            for place, each in enumerate(seen)
            if plain == each.plain or (alike[place] >= SAME_QUESTION and named == each.skills)
        ]
        near = [
            place
            for place, each in enumerate(seen)
            if alike[place] >= SIMILAR_QUESTION and len(words & each.words) >= 2
        ]
        where = f"items[{at}].question"
        if same:
            message = f"Asks the same as items[{same[0]}]. Ask something else, or drop one of them."
            if named != seen[same[0]].skills:
                message = (
                    f"Is the sentence of items[{same[0]}] with another skill in it, which candidates hear as the same "
                    "question. Ask something else about this skill, or name both skills in one question."
                )
            yield error("same_question", where, message)
        elif near:
            message = f"Is close to items[{near[0]}]: candidates may feel asked twice."
            yield warning("similar_question", where, message)
        seen.append(_Asked(plain, words, named))


def _without_skills(question: str, skills: Sequence[SkillNames]) -> str:
    """The question as a form, into which any skill could be put."""
    for names in skills:
        question = names.leave_out(question)
    return question


def _repeated_probes(script: Script) -> frozenset[str]:
    """The probes, normalised, that stand more than once."""
    groups = [item.criteria for item in script.items]
    if script.scene is not None:
        groups += [each.criteria for each in script.scene.dimensions]
    counted = Counter(normalise_name(each.probe) for criteria in groups for each in criteria)
    return frozenset(probe for probe, times in counted.items() if times > 1)


def _check_anchors(script: Script) -> Iterator[ScriptRemark]:
    bare = [f"items[{at}]" for at, item in enumerate(script.items) if not item.anchors]
    if bare:
        more = f" and {len(bare) - MAX_NAMED} more" if len(bare) > MAX_NAMED else ""
        named = ", ".join(bare[:MAX_NAMED])
        message = f"No anchors in {named}{more}. Say what low, middle and high answers contain."
        yield warning("no_anchors", "items", message)
