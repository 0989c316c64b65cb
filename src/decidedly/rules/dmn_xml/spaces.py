"""The name spaces of DMN: each version has its own, all are read as those of 1.5."""

import re

MODEL = "https://www.omg.org/spec/DMN/20230324/MODEL/"
FEEL = "https://www.omg.org/spec/DMN/20230324/FEEL/"
DMNDI = "https://www.omg.org/spec/DMN/20230324/DMNDI/"
DI = "http://www.omg.org/spec/DMN/20180521/DI/"
DC = "http://www.omg.org/spec/DMN/20180521/DC/"
PLAYBOOK = "urn:decidedly:playbook"
"""Of what a playbook says and DMN has no words for."""
XSI = "http://www.w3.org/2001/XMLSchema-instance"

_KINDS = {"MODEL": MODEL, "FEEL": FEEL, "DMNDI": DMNDI, "DI": DI, "DC": DC, "dmn.xsd": MODEL, "dmn": MODEL}
_VERSIONED = re.compile(r"https?://www\.omg\.org/spec/DMN/\d{8}/([\w.]+)/?")
_OLDEST_FEEL = re.compile(r"https?://www\.omg\.org/spec/FEEL/\d{8}/?")


def current(space: str) -> str:
    """The name space of DMN 1.5 that one of another version means; others as they are."""
    if match := _VERSIONED.fullmatch(space):
        return _KINDS.get(match[1], space)
    return FEEL if _OLDEST_FEEL.fullmatch(space) else space


PREFIXES: dict[str, str] = {MODEL: "", DMNDI: "dmndi", DI: "di", DC: "dc", XSI: "xsi", PLAYBOOK: "decidedly"}
"""How the name spaces are written."""
STANDARD = frozenset([*PREFIXES, FEEL])
"""Those that a model's own prefixes need not name."""
VERSIONS = {"1.2": "20180521", "1.3": "20191111", "1.4": "20211108", "1.5": "20230324"}


def space_in(space: str, version: str) -> str:
    """A name space of DMN 1.5 as another version names it."""
    if version == "1.5" or space not in (MODEL, FEEL, DMNDI):
        return space
    scheme = "http" if version == "1.2" else "https"
    return space.replace("https", scheme).replace("20230324", VERSIONS[version])
