"""Markdown as a tree of elements, for the text of a coding task.

The tree holds only the elements and attributes named here, so a page builds it from text nodes and parses no HTML.
HTML in the source stays text. A line break stays one. A picture becomes its description, since the page loads nothing
from elsewhere; a link keeps its address only if it is `http`, `https` or `mailto`.
"""

from collections.abc import Iterable
from typing import Any, TypeAlias

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

# A piece of text, or `{"tag": …, "children": […]}`, with `href` on links and `start` on numbered lists.
Node: TypeAlias = "str | dict[str, Any]"

_PARSER = MarkdownIt("commonmark", {"html": False, "maxNesting": 20}).enable(["table", "strikethrough"])
_TAGS = {
    "paragraph": "p",
    "bullet_list": "ul",
    "ordered_list": "ol",
    "list_item": "li",
    "blockquote": "blockquote",
    "strong": "strong",
    "em": "em",
    "s": "s",
    "table": "table",
    "thead": "thead",
    "tbody": "tbody",
    "tr": "tr",
    "th": "th",
    "td": "td",
    "hr": "hr",
}
_LINKS = ("http://", "https://", "mailto:")
# headings stand below the task's own title
_HEADINGS = {"h1": "h3", "h2": "h4", "h3": "h5"}


def markdown_tree(text: str) -> list[Node]:
    """The elements of a Markdown text, in order."""
    return _children(SyntaxTreeNode(_PARSER.parse(text)).children)


def _children(nodes: Iterable[SyntaxTreeNode]) -> list[Node]:
    return [made for node in nodes for made in _node(node)]


def _node(node: SyntaxTreeNode) -> list[Node]:
    """The elements for one node; several for one that only holds others."""
    match node.type:
        case "text" | "html_inline" | "html_block":
            return [node.content]
        case "softbreak" | "hardbreak":
            return [_element("br")]
        case "code_inline":
            return [_element("code", node.content)]
        case "fence" | "code_block":
            return [_element("pre", _element("code", node.content.removesuffix("\n")))]
        case "image":
            return [node.content]
        case "heading":
            return [_element(_HEADINGS.get(node.tag, "h6"), *_children(node.children))]
        case "link":
            return _link(node)
        case "paragraph" if node.hidden:  # in a list without blank lines
            return _children(node.children)
    tag = _TAGS.get(node.type)
    made = _children(node.children)
    if tag is None:
        return made
    element = _element(tag, *made)
    if node.type == "ordered_list" and node.attrGet("start") is not None:
        element["start"] = str(node.attrGet("start"))
    return [element]


def _link(node: SyntaxTreeNode) -> list[Node]:
    address = str(node.attrGet("href") or "")
    inside = _children(node.children)
    if not address.lower().startswith(_LINKS):
        return inside
    return [{**_element("a", *inside), "href": address}]


def _element(tag: str, *children: Node) -> dict[str, Any]:
    return {"tag": tag, "children": list(children)}
