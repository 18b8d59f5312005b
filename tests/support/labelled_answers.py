"""Answers with one author's labels (0-10), to watch that the rule-based findings still rank.

Five levels for each of four questions. The labels are one person's and the set is small: it guards against regressions
and says nothing about validity.
"""

# ruff: noqa: E501 - answers are kept as somebody would type them
from typing import NamedTuple


class Question(NamedTuple):
    text: str
    criteria: tuple[str, ...]
    answers: tuple[tuple[int, str], ...]


LABELLED: tuple[Question, ...] = (
    Question(
        "A client repeats a payment request after a timeout. How do you proceed?",
        (
            "Uses an idempotency key that the client sends again with each retry",
            "Stores the first response and returns the same response later",
            "Handles two identical requests arriving at the same time with a unique constraint or lock",
            "Lets stored keys expire after a stated time",
            "Describes how it is tested or monitored",
        ),
        (
            (
                10,
                "The client generates an idempotency key and sends the same key again with every retry. We store the first response under that key and return the same response later without charging. For two identical requests arriving at the same time there is a unique constraint on the key, so the second insert fails and waits. Keys expire after 24 hours. I test it with parallel requests and we have an alert on duplicate charges that we monitor.",
            ),
            (
                7,
                "I would have the client send an idempotency key, the same one for each retry, and store the response so that the later request gets the same response back. A unique constraint stops two at the same time.",
            ),
            (
                5,
                "I would use some key that the client sends with the retry, and look in the database whether the payment was already made before charging.",
            ),
            (2, "I would check in the logs whether it went through, and maybe ask support."),
            (0, "I don't know, I never worked with payments."),
        ),
    ),
    Question(
        "A service became slow after yesterday's release. What do you do?",
        (
            "Compares metrics before and after the release",
            "Rolls back or disables the change to limit the damage",
            "Narrows the cause down by testing one hypothesis after the other",
            "Informs the people affected and keeps them informed",
            "Prevents a repetition with a test, an alert or a review",
        ),
        (
            (
                10,
                "First I compare the metrics before and after the release: latency, errors, load. If users are affected I roll back the release to limit the damage and inform support and the affected teams, with an update every half hour. Then I narrow the cause down, one hypothesis at a time, testing each in staging. Afterwards we add an alert and a regression test to prevent a repetition.",
            ),
            (
                7,
                "I look at the metrics before and after the release, roll back the change if it hurts users, and then test one hypothesis after the other until the cause is clear.",
            ),
            (5, "I would roll back the release and then look at the metrics to see what changed."),
            (2, "Restart the service, that often helps, and see if it gets better."),
            (0, "Probably the network."),
        ),
    ),
    Question(
        "A customer writes for the third time about the same fault and is angry. How do you answer?",
        (
            "Apologises and names the repeated contact",
            "Sums up the fault in their own words",
            "Says the next step and when it will happen",
            "Takes over the case personally until it is solved",
            "Passes the pattern on so that the cause gets fixed",
        ),
        (
            (
                10,
                "I apologise and say that I see it is the third contact about this. I sum up the fault in my own words so that the customer can correct me. Then I say what the next step is and when it will happen, and that I take over the case personally until it is solved. Internally I pass the pattern on to the product team, because the cause has to be fixed.",
            ),
            (
                7,
                "I apologise for the repeated contact, sum up the fault in my words, and say what the next step is and when it will happen.",
            ),
            (5, "I would apologise and tell them I will look after the case and when they hear from me."),
            (2, "I would stay friendly and send the standard instructions again."),
            (0, "Angry people calm down by themselves."),
        ),
    ),
    Question(
        "Why do you want to study environmental science, and how have you prepared?",
        (
            "Names a concrete experience that led to the interest",
            "Describes an own project with a result",
            "Connects the subject with a goal for later",
            "Shows knowledge of the content of the programme",
            "Reflects on an own weakness for the studies",
        ),
        (
            (
                10,
                "The interest goes back to a concrete experience: the river in my village turned brown in 2021. My own project was to measure nitrate at six places for a year, and the result went to the council. My goal for later is to work on groundwater, which is how the subject connects with it. I read through the content of the programme, and the modules on hydrology are why I apply. My weakness is statistics, so I take a course before the studies begin.",
            ),
            (
                7,
                "A concrete experience with the polluted river led to my interest. I did an own project, measuring nitrate, with a result that I presented at school. My goal for later is to protect groundwater.",
            ),
            (5, "I did a project on our river at school, and my goal for later is to work in that field."),
            (2, "I like nature and I think that the climate is very important today."),
            (0, "My parents think it is a good idea."),
        ),
    ),
)
