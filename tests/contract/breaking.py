"""What a new OpenAPI document breaks for callers of an older one. Both as parsed documents.

    caller sends     everything that was allowed still is: nothing newly required or narrowed
    caller receives  everything that was promised still comes: nothing dropped, no type changed

A new value in an enumeration of answers is no break: clients are told to expect more.
"""

from collections.abc import Iterator, Mapping
from typing import Any

Node = Mapping[str, Any]
METHODS = ("get", "put", "post", "delete", "patch", "head", "options")


def breaks(old: Node, new: Node) -> list[str]:
    """Return one sentence a break; none when every old caller still gets on."""
    return sorted(set(_breaks(old, new)))


def _breaks(old: Node, new: Node) -> Iterator[str]:
    for path, operations in old["paths"].items():
        for method in METHODS:
            if method not in operations:
                continue
            name = f"{method.upper()} {path}"
            later = new["paths"].get(path, {}).get(method)
            if later is None:
                yield f"{name}: is gone"
                continue
            yield from _of_operation(name, operations[method], later, old, new)


def _of_operation(name: str, was: Node, now: Node, old: Node, new: Node) -> Iterator[str]:
    had = {(one["in"], one["name"]) for one in was.get("parameters", ())}
    for one in now.get("parameters", ()):
        if one.get("required") and (one["in"], one["name"]) not in had:
            yield f"{name}: newly requires the parameter {one['name']}"
    for kind, before, after in _contents(was.get("requestBody", {}), now.get("requestBody", {})):
        if after is None:
            yield f"{name}: no longer takes {kind}"
        else:
            yield from _sent(name, Resolved(before, old), Resolved(after, new))
    yield from _of_answers(name, was, now, old, new)


def _of_answers(name: str, was: Node, now: Node, old: Node, new: Node) -> Iterator[str]:
    for status, answer in was["responses"].items():
        if status not in now["responses"]:
            yield f"{name}: no longer documents {status}"
            continue
        where = f"{name} {status}"
        for kind, before, after in _contents(answer, now["responses"][status]):
            if after is None:
                yield f"{where}: no longer comes as {kind}"
            else:
                yield from _received(where, Resolved(before, old), Resolved(after, new))


def _contents(was: Node, now: Node) -> Iterator[tuple[str, Node, Node | None]]:
    """Return the content types of before, each with its schema then and now."""
    later = now.get("content", {})
    for kind, content in was.get("content", {}).items():
        schema = later[kind].get("schema", {}) if kind in later else None
        yield kind, content.get("schema", {}), schema


class Resolved:
    """A schema with its document, references followed."""

    def __init__(self, schema: Node, document: Node, seen: tuple[str, ...] = ()) -> None:
        self.document, self.seen = document, seen
        while "$ref" in schema:
            name = schema["$ref"].rsplit("/", 1)[1]
            self.seen = (*self.seen, name)
            schema = document["components"]["schemas"][name]
        self.schema = schema

    def at(self, schema: Node) -> "Resolved":
        """Return a schema inside this one."""
        return Resolved(schema, self.document, self.seen)

    @property
    def circular(self) -> bool:
        """Whether the schema lies inside itself."""
        return len(set(self.seen)) < len(self.seen)

    @property
    def alternatives(self) -> list["Resolved"]:
        """Return what a value may be: the branches of anyOf and oneOf, else the schema alone."""
        branches = [*self.schema.get("anyOf", ()), *self.schema.get("oneOf", ())]
        typed = [one for one in branches if "type" in one or "$ref" in one or "const" in one]
        if not typed or self.schema.get("type") == "object":
            return [self]
        return [inner for one in typed for inner in self.at(one).alternatives]

    @property
    def types(self) -> set[str]:
        """Return the JSON types of all alternatives."""
        kinds = [one.schema.get("type", "any") for one in self.alternatives]
        return {str(kind) for kind in kinds}

    @property
    def properties(self) -> dict[str, "Resolved"]:
        """Return the properties of all alternatives that are objects."""
        return {
            name: one.at(schema)
            for one in self.alternatives
            for name, schema in one.schema.get("properties", {}).items()
        }

    @property
    def required(self) -> set[str]:
        """Return what every object among the alternatives must have."""
        return {name for one in self.alternatives for name in one.schema.get("required", ())}

    @property
    def values(self) -> set[Any] | None:
        """Return the enumerated values, or None when they are free."""
        listed = [one.schema.get("enum") for one in self.alternatives if "enum" in one.schema]
        return {value for values in listed for value in values or ()} if listed else None


def _sent(where: str, was: Resolved, now: Resolved) -> Iterator[str]:
    if was.circular:
        return
    if not was.types <= now.types and "any" not in now.types:
        yield f"{where}: no longer takes {', '.join(sorted(was.types - now.types))}"
    for name in sorted(now.required - was.required):
        yield f"{where}: newly requires {name}"
    if was.values and now.values and not was.values <= now.values:
        gone = sorted(map(str, was.values - now.values))
        yield f"{where}: no longer takes the value {', '.join(gone)}"
    for name, inner in was.properties.items():
        if name not in now.properties:
            yield f"{where}/{name}: is no longer taken"
        else:
            yield from _sent(f"{where}/{name}", inner, now.properties[name])


def _received(where: str, was: Resolved, now: Resolved) -> Iterator[str]:
    if was.circular:
        return
    if not now.types <= was.types and "any" not in was.types:
        yield f"{where}: newly is {', '.join(sorted(now.types - was.types))}"
    for name in sorted(was.required - now.required):
        yield f"{where}/{name}: is no longer promised"
    for name, inner in was.properties.items():
        if name in now.properties:
            yield from _received(f"{where}/{name}", inner, now.properties[name])
    if "array" in was.types and "array" in now.types:
        old, new = (
            [one for one in side.alternatives if "items" in one.schema] for side in (was, now)
        )
        if old and new:
            items = old[0].at(old[0].schema["items"]), new[0].at(new[0].schema["items"])
            yield from _received(f"{where}[]", *items)
