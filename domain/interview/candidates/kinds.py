"""The scripted candidates by name."""

from enum import StrEnum


class Candidate(StrEnum):
    """A kind of candidate. `domain/interview/candidates/<name>.toml` says how it behaves."""

    strong = "strong"
    middling = "middling"
    weak = "weak"
    silent = "silent"
    rude = "rude"
    injecting = "injecting"
    terse = "terse"
    evasive = "evasive"
    does_not_know = "does_not_know"
    asks_back = "asks_back"
    asks_us = "asks_us"
    skips = "skips"
    fragments = "fragments"
    ill = "ill"
    leaves_and_returns = "leaves_and_returns"
    corrects = "corrects"
    off_topic = "off_topic"
    other_language = "other_language"
    mixes_languages = "mixes_languages"
    recites_rubric = "recites_rubric"
    pads = "pads"
    very_long = "very_long"
    code_in_chat = "code_in_chat"
    emoji_only = "emoji_only"
    good_seller = "good_seller"
    bad_seller = "bad_seller"
