"""Which operations the tests ask for, and over which faces: read from their source, without running them."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

# what the fixtures of tests/conftest.py reach the server over
FACES = {
    "face": frozenset({"rest", "mcp"}),
    "rest": frozenset({"rest"}),
    "assistant": frozenset({"mcp"}),
}
# An operation that is only ever refused is not tested: `refused` does not count, nor does a raw response to
# somebody else's key, for that is how tests show that another workspace gets nothing.
_METHODS = ("ask", "send")

Function = ast.FunctionDef | ast.AsyncFunctionDef
# a function by the file that defines it and its name
Key = tuple[Path, str]


@dataclass
class _Module:
    """One file: its functions and the calls in them by name, its constants, and what its imports stand for."""

    path: Path
    functions: dict[str, Function] = field(default_factory=dict)
    calls: dict[str, list[ast.Call]] = field(default_factory=dict)
    constants: dict[str, ast.expr] = field(default_factory=dict)
    imported: dict[str, Key] = field(default_factory=dict)


def operations_asked(root: Path) -> dict[str, set[str]]:
    """By face ("rest", "mcp"), the operations that at least one test below `root` asks for.

    A test asks by `face.ask("name", …)` or `face.send("name", …)`, itself or in a helper that it hands a face to. The
    name is a literal, or comes from the test's parameters or from a loop over literals.
    """
    modules = {path: _read(path, root) for path in root.rglob("*.py")}
    found: dict[str, set[str]] = defaultdict(set)
    for module in modules.values():
        if not module.path.name.startswith("test_"):
            continue
        for name in module.functions:
            if name.startswith("test_"):
                for receiver, operation in _asked(modules, (module.path, name), frozenset()):
                    for face in FACES.get(receiver, ()):
                        found[face].add(operation)
    return found


def _read(path: Path, root: Path) -> _Module:
    module = _Module(path)
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, Function):
            module.functions[node.name] = node
            module.calls[node.name] = [part for part in ast.walk(node) if isinstance(part, ast.Call)]
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            module.constants[node.targets[0].id] = node.value
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
            module.constants[node.target.id] = node.value
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("tests."):
            source = root.parent / Path(*str(node.module).split(".")).with_suffix(".py")
            for name in node.names:
                module.imported[name.asname or name.name] = (source, name.name)
    return module


def _asked(modules: dict[Path, _Module], key: Key, above: frozenset[Key]) -> Iterator[tuple[str, str]]:
    """Pairs of the parameter that a function asks over, and the operation."""
    module = modules[key[0]]
    function = module.functions[key[1]]
    for call in module.calls[key[1]]:
        if isinstance(call.func, ast.Attribute) and call.func.attr in _METHODS:
            receiver = _receiver(call.func.value)
            # a second argument is somebody else's key
            if receiver and (call.func.attr == "ask" or len(call.args) == 1):
                yield from ((receiver, name) for name in _names(module, function, call.args[0]))
        elif isinstance(call.func, ast.Name):
            helper = _helper(modules, module, call.func.id)
            if helper and helper not in above | {key}:
                handed = _handed(modules[helper[0]].functions[helper[1]], call)
                for parameter, operation in _asked(modules, helper, above | {key}):
                    if parameter in handed:
                        yield handed[parameter], operation


def _receiver(value: ast.expr) -> str | None:
    """`face` of `face.ask(…)`, and `rest` of `helper.rest.ask(…)`."""
    if isinstance(value, ast.Name):
        return value.id
    return "rest" if isinstance(value, ast.Attribute) and value.attr == "rest" else None


def _helper(modules: dict[Path, _Module], module: _Module, name: str) -> Key | None:
    """The function of the tests that a name stands for in a module."""
    if name in module.functions:
        return module.path, name
    source = module.imported.get(name)
    if source and source[0] in modules and source[1] in modules[source[0]].functions:
        return source
    return None


def _handed(helper: Function, call: ast.Call) -> dict[str, str]:
    """By parameter of the helper, the name of what the caller puts in."""
    parameters = [parameter.arg for parameter in helper.args.args]
    handed = dict(zip(parameters, call.args, strict=False))
    handed |= {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
    return {name: value.id for name, value in handed.items() if isinstance(value, ast.Name)}


# What a name may stand for ------------------------------------------------------------------------


def _names(module: _Module, function: Function, value: ast.expr) -> set[str]:
    """The operations that this first argument of a call may name."""
    if isinstance(value, ast.Constant):
        return {value.value} if isinstance(value.value, str) else set()
    if isinstance(value, ast.IfExp):
        return _names(module, function, value.body) | _names(module, function, value.orelse)
    if not isinstance(value, ast.Name):
        return set()
    found: set[str] = set()
    for target, values in _bindings(function):
        for place in _places(target, value.id):
            for row in _rows(module, function, values):
                found |= _strings(row, place)
    return found


def _bindings(function: Function) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Loops and parameters: what is bound, and the collection that it is taken from."""
    for node in ast.walk(function):
        if isinstance(node, ast.For | ast.comprehension):
            yield node.target, node.iter
    for decorator in function.decorator_list:
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.parametrize":
            yield decorator.args[0], decorator.args[1]


def _places(target: ast.expr, name: str) -> list[int | None]:
    """Where the name stands in what is bound; None: it is all of it."""
    if isinstance(target, ast.Tuple | ast.List):
        return [place for place, one in enumerate(target.elts) if _called(one) == name]
    return [None] if _called(target) == name else []


def _called(target: ast.expr) -> str | None:
    if isinstance(target, ast.Name):
        return target.id
    return str(target.value) if isinstance(target, ast.Constant) else None


def _rows(module: _Module, function: Function, values: ast.expr) -> list[ast.expr]:
    """The elements of a collection that is written out, here or under a name."""
    if isinstance(values, ast.Name):
        known = {**module.constants, **_assigned(function)}
        return _rows(module, function, known[values.id]) if values.id in known else []
    if (
        isinstance(values, ast.Call)
        and isinstance(values.func, ast.Attribute)
        and values.func.attr == "items"
    ):
        return _rows(module, function, values.func.value)
    if isinstance(values, ast.Tuple | ast.List | ast.Set):
        return values.elts
    if isinstance(values, ast.Dict):
        return [
            ast.Tuple([key, value], ast.Load())
            for key, value in zip(values.keys, values.values, strict=True)
            if key is not None
        ]
    return []


def _assigned(function: Function) -> dict[str, ast.expr]:
    found = {}
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            found[node.targets[0].id] = node.value
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
            found[node.target.id] = node.value
    return found


def _strings(row: ast.expr, place: int | None) -> set[str]:
    if place is not None:
        if not isinstance(row, ast.Tuple | ast.List) or place >= len(row.elts):
            return set()
        row = row.elts[place]
    return {row.value} if isinstance(row, ast.Constant) and isinstance(row.value, str) else set()
