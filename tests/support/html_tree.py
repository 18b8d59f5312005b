"""HTML as a tree, to read a page as its reader does: what stands where, and nothing from behind it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = frozenset({"meta", "link", "br", "rect", "img", "input", "hr"})


@dataclass
class Element:
    """An element with its attributes and what it holds, in order."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list["Element | str"] = field(default_factory=list)

    def all(self, tag: str, css: str = "") -> list["Element"]:
        """Every element with this tag, and with this class if one is named, in the page's order."""
        return [
            each
            for each in self._below()
            if each.tag == tag and (not css or css in each.attributes.get("class", "").split())
        ]

    def one(self, tag: str, css: str = "") -> "Element":
        (found,) = self.all(tag, css)
        return found

    def with_id(self, id: str) -> "Element":
        (found,) = [each for each in self._below() if each.attributes.get("id") == id]
        return found

    @property
    def text(self) -> str:
        """What is read here, with single blanks."""
        return " ".join("".join(self._texts()).split())

    def _below(self) -> Iterator["Element"]:
        for child in self.children:
            if isinstance(child, Element):
                yield child
                yield from child._below()

    def _texts(self) -> Iterator[str]:
        for child in self.children:
            if isinstance(child, str):
                yield child
            elif child.tag == "br":
                yield " "
            elif child.tag not in ("script", "style"):
                yield from child._texts()


def parse(html: str) -> Element:
    """The page's tree. An element that is closed by the wrong tag is an error."""
    reader = _Reader()
    reader.feed(html)
    assert [each.tag for each in reader.open] == ["document"], "every element is closed"
    return reader.open[0]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open = [Element("document")]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        made = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(made)
        if tag not in _VOID:
            self.open.append(made)

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID:
            return
        assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)
