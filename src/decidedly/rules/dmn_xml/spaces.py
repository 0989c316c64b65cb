"""The name spaces of DMN: each version has its own, all are read as those of 1.5."""

import re

MODEL = "https://www.omg.org/spec/DMN/20230324/MODEL/"
FEEL = "https://www.omg.org/spec/DMN/20230324/FEEL/"
DMNDI = "https://www.omg.org/spec/DMN/20230324/DMNDI/"
DI = "http://www.omg.org/spec/DMN/20180521/DI/"
DC = "http://www.omg.org/spec/DMN/20180521/DC/"
XSI = "http://www.w3.org/2001/XMLSchema-instance"

_KINDS = {"MODEL": MODEL, "FEEL": FEEL, "DMNDI": DMNDI, "DI": DI, "DC": DC, "dmn.xsd": MODEL, "dmn": MODEL}
_VERSIONED = re.compile(r"https?://www\.omg\.org/spec/DMN/\d{8}/([\w.]+)/?")
_OLDEST_FEEL = re.compile(r"https?://www\.omg\.org/spec/FEEL/\d{8}/?")


def current(space: str) -> str:
    """The name space of DMN 1.5 that one of another version means; others as they are."""
    if match := _VERSIONED.fullmatch(space):
        return _KINDS.get(match[1], space)
    return FEEL if _OLDEST_FEEL.fullmatch(space) else space
