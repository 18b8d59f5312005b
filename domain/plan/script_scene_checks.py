"""What must hold of a scene: its lines are about its situation, stay in role, and give occasion for each criterion."""

from collections.abc import Iterator

from domain.plan.script import Scene
from domain.plan.script_fact_checks import check_facts
from domain.plan.script_item_checks import check_criteria
from domain.plan.script_patterns import OUT_OF_ROLE, orders_topic
from domain.plan.script_remarks import ScriptRemark, error, warning
from domain.plan.script_text_checks import check_in_role, check_language, check_spoken
from domain.plan.subjects import Subject, shares_subject, subject_of

# With a smaller share of lines about its situation, a scene could be any scene.
MIN_SHARE_ON_SUBJECT = 0.4


def check_scene(scene: Scene, language: str, repeated: frozenset[str]) -> Iterator[ScriptRemark]:
    """All remarks on a scene."""
    lines = spoken_lines(scene)
    yield from check_spoken(scene.situation, "scene.situation")
    for where, text in _directions(scene).items():
        if orders_topic(text):
            message = (
                "Has the role ask about a topic that no interviewer may ask about. A role play is an interview too: "
                "leave it out, and let the role speak of the work."
            )
            yield error("protected_topic", where, message)
    yield from check_language(f"{scene.situation} {scene.role}", "scene.situation", language)
    for where, text in lines.items():
        yield from check_in_role(text, where)
        if OUT_OF_ROLE.search(text):
            message = "An interviewer would say this, not the role. Write what that person would say."
            yield error("out_of_role", where, message)
    yield from check_language(" ".join(lines.values()), "scene.objections", language)
    yield from _check_subject(scene, language)
    yield from _check_triggers(scene, language)
    yield from check_facts(scene.private, "scene.private", language)
    about = " ".join([scene.situation, scene.role, *(each.trigger for each in scene.objections)])
    for at, dimension in enumerate(scene.dimensions):
        place = f"scene.dimensions[{at}]"
        yield from check_criteria(dimension.criteria, place, language, about, repeated, in_role=True)


def _directions(scene: Scene) -> dict[str, str]:
    """What says how the scene goes, by its place."""
    triggers = {f"scene.objections[{at}].trigger": each.trigger for at, each in enumerate(scene.objections)}
    return {"scene.role": scene.role, "scene.situation": scene.situation, **triggers}


def spoken_lines(scene: Scene) -> dict[str, str]:
    """Every line that is said in role, by its place."""
    probes = {
        f"scene.dimensions[{d}].criteria[{c}].probe": criterion.probe
        for d, dimension in enumerate(scene.dimensions)
        for c, criterion in enumerate(dimension.criteria)
    }
    return {
        "scene.opening": scene.opening,
        **{f"scene.objections[{at}].line": each.line for at, each in enumerate(scene.objections)},
        **{f"scene.private[{at}].answer": each.answer for at, each in enumerate(scene.private)},
        "scene.good_ending": scene.good_ending,
        "scene.bad_ending": scene.bad_ending,
        **probes,
    }


def _check_subject(scene: Scene, language: str) -> Iterator[ScriptRemark]:
    """An error when hardly a line is about the situation, a warning for each single one that is not."""
    situation = f"{scene.situation} {scene.role} {' '.join(each.answer for each in scene.private)}"
    own = {"scene.opening": scene.opening} | {
        f"scene.objections[{at}].line": each.line for at, each in enumerate(scene.objections)
    }
    triggers = {f"scene.objections[{at}].line": each.trigger for at, each in enumerate(scene.objections)}
    about = subject_of(situation, language)
    off = [
        where
        for where, text in own.items()
        if not _is_about(subject_of(text, language), about, triggers.get(where), language)
    ]
    if len(own) - len(off) < MIN_SHARE_ON_SUBJECT * len(own):
        message = (
            "Hardly a line speaks of this situation: it could be said in any scene. Write lines that name what is at "
            "stake here."
        )
        yield error("off_subject", "scene.objections", message)
        return
    for where in off:
        message = "Shares no word with the situation or its trigger. Check that it belongs to this scene."
        yield warning("line_off_subject", where, message)


def _is_about(line: Subject, situation: Subject, trigger: str | None, language: str) -> bool:
    return shares_subject(line, situation) or (
        trigger is not None and shares_subject(line, subject_of(trigger, language))
    )


def _check_triggers(scene: Scene, language: str) -> Iterator[ScriptRemark]:
    seen: dict[str, int] = {}
    for at, each in enumerate(scene.objections):
        words = " ".join(sorted(subject_of(each.trigger, language).words))
        if words and words in seen:
            message = f"Has the trigger of objections[{seen[words]}]: only the first would be said on time."
            yield warning("same_trigger", f"scene.objections[{at}].trigger", message)
        seen.setdefault(words, at)
