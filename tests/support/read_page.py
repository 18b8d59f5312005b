"""A page as its reader has it: the text of each element, found by its tag and class, and nothing else."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = frozenset({"br", "hr", "img", "input", "link", "meta", "rect"})


@dataclass
class Element:
    """One element of a page."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list["Element | str"] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All the text in it, with single spaces."""
        parts = [each if isinstance(each, str) else each.text for each in self.children]
        return " ".join("".join(parts).split())

    def all(self, tag: str, name: str = "") -> list["Element"]:
        """The elements in it with this tag, and class or id."""
        return [each for each in self._walk() if each.tag == tag and (not name or name in each.names)]

    def first(self, tag: str, name: str = "") -> "Element":
        return self.all(tag, name)[0]

    @property
    def names(self) -> set[str]:
        return {*self.attributes.get("class", "").split(), self.attributes.get("id", "")}

    def _walk(self) -> Iterator["Element"]:
        for each in self.children:
            if isinstance(each, Element):
                yield each
                yield from each._walk()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open = [Element("page")]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(element)
        if tag not in _VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID:
            return
        while len(self.open) > 1 and self.open.pop().tag != tag:
            pass

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def read_page(html: str) -> Element:
    """The page as a tree."""
    reader = _Reader()
    reader.feed(html)
    return reader.open[0]
