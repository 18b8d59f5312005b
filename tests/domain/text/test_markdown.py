"""Markdown of a coding task as a tree: structure stays, HTML stays text, and no address leads into the page."""

from typing import Any

import pytest

from domain.text.markdown import Node, markdown_tree


def texts(nodes: list[Node]) -> str:
    return "".join(node if isinstance(node, str) else texts(node["children"]) for node in nodes)


def tags(nodes: list[Node]) -> list[str]:
    return [
        tag for node in nodes if isinstance(node, dict) for tag in (str(node["tag"]), *tags(node["children"]))
    ]


@pytest.mark.parametrize(
    ("source", "tree"),
    [
        ("Print *the* `sum`.", ["Print ", ("em", "the"), " ", ("code", "sum"), "."]),
        ("one\ntwo", ["one", ("br",), "two"]),
        ("1 < 2 & 3", ["1 < 2 & 3"]),
        ("<img src=x onerror=a()>", ["<img src=x onerror=a()>"]),
        ("![a cat](http://elsewhere/x.png)", ["a cat"]),
        ("[x](data:text/html,y)", ["[x](data:text/html,y)"]),
        ("[x](/etc)", ["x"]),
    ],
)
def test_a_paragraph_holds_elements_and_texts(source: str, tree: list[Any]) -> None:
    def built(part: Any) -> Node:
        return part if isinstance(part, str) else {"tag": part[0], "children": list(part[1:])}

    assert markdown_tree(source) == [{"tag": "p", "children": [built(part) for part in tree]}]


def test_lists_tables_and_code_keep_their_structure() -> None:
    source = "3. a\n4. b\n   - c\n\n```python\nx = 1\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"
    tree = markdown_tree(source)
    assert tags(tree) == [
        *("ol", "li", "li", "ul", "li", "pre", "code"),
        *("table", "thead", "tr", "th", "th", "tbody", "tr", "td", "td"),
    ]
    first = tree[0]
    assert isinstance(first, dict)
    assert first["start"] == "3"
    assert texts(tree) == "abcx = 1ab12"


def test_headings_stand_below_the_title_of_the_task() -> None:
    assert tags(markdown_tree("# a\n\n## b\n\n##### c")) == ["h3", "h4", "h6"]


def test_a_link_keeps_its_address() -> None:
    (paragraph,) = markdown_tree("[docs](https://docs.python.org/3/?a=1&b=2)")
    assert isinstance(paragraph, dict)
    assert paragraph["children"] == [
        {"tag": "a", "children": ["docs"], "href": "https://docs.python.org/3/?a=1&b=2"}
    ]


def test_nesting_has_a_bound() -> None:
    assert len(tags(markdown_tree(">" * 500 + " deep"))) <= 20
    assert markdown_tree("") == []
