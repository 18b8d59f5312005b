"""The table of scripted candidates in docs/interview.md is what the code says now."""

from benchmarks.interviewer import BEGIN, DOCUMENT, END, with_table


def test_the_table_in_the_document_is_up_to_date() -> None:
    text = DOCUMENT.read_text("utf-8")
    assert BEGIN in text
    assert END in text
    assert with_table(text) == text, "run python -m benchmarks.interviewer --write"
