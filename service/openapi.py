"""`python -m service.openapi` prints the OpenAPI document as YAML; nothing is connected to."""

import sys

import yaml

from service.app import assemble
from service.description import Api


class _Dumper(yaml.SafeDumper):
    """Writes texts of several lines as blocks, so that they can be read and compared."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def document() -> str:
    """Return the document as YAML."""
    described = assemble(Api()).openapi()
    return yaml.dump(described, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)


if __name__ == "__main__":
    sys.stdout.write(document())
