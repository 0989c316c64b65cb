"""The scope that the unit tests of the language share."""

from decidedly.feel import (
    ANY,
    BOOLEAN,
    DATE,
    INTEGER,
    REAL,
    STRING,
    ContextOf,
    ListOf,
    Name,
    Number,
    Scope,
    money,
)

USD = money("USD")
PRODUCT = ContextOf((("unit price", USD), ("name", STRING)))
SCOPE = Scope.of(
    {
        "person": [
            Name("orders last 30 days", INTEGER, "a1"),
            Name("orders", INTEGER, "a2"),
            Name("spend days 31 to 60", USD, "a3"),
            Name("age band", STRING, "a4"),
            Name("tenure months", INTEGER, "a5"),
            Name("born", DATE, "a6"),
            Name("score", REAL, "a7"),
            Name("member", BOOLEAN, "a8"),
            Name("opt-in", BOOLEAN, "a9"),
            Name("weight", Number(3), "a10"),
        ],
        "action": [
            Name("departments", ListOf(STRING), "d1"),
            Name("price", USD, "d2"),
            Name("fee", money("EUR"), "d3"),
            Name("products", ListOf(PRODUCT), "d4"),
        ],
        "context": [Name("anything", ANY)],
    },
    bare=["person"],
    open_roots=["context"],
    clock="context",
)
