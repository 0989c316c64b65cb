"""The benchmark's table and conditions for zen-engine (Rust, GoRules), the fastest ready engine that was found.

The table is given to it in every form it has: as a decision table of a JDM graph, evaluated by call and by
its key; and as one compiled expression, a chain of conditions. The fastest form is the baseline. It need not say
which row fired. Its values have no null in them, and amounts are whole cents.
"""

from __future__ import annotations

import json
from collections.abc import Callable

import zen

ROWS = (
    "days_away in [0..7] and spend < 2000",
    "days_away in [0..7] and spend in [2000..5000) and age_band in ['25-34', '35-44', '45-54']"
    " and orders >= 1 and member",
    "days_away in [0..7] and spend in [5000..10000) and age_band in ['19-24', '25-34'] and orders < 10",
    "days_away in [0..7] and spend >= 10000 and age_band != '19-24'",
    "days_away in [8..30] and spend < 2000 and age_band != '19-24' and not member",
    "days_away in [8..30] and spend in [2000..5000) and age_band != '65+' and orders in [1..5]",
    "days_away in [8..30] and spend in [5000..10000) and orders >= 2",
    "days_away in [8..30] and spend >= 10000 and age_band in ['25-34', '35-44', '45-54'] and member",
    "days_away in [31..60] and spend < 2000 and age_band in ['25-34', '35-44', '45-54']",
    "days_away in [31..60] and spend in [2000..5000) and age_band in ['19-24', '25-34']",
    "days_away in [31..60] and spend in [5000..10000) and age_band != '19-24' and orders >= 1 and not member",
    "days_away in [31..60] and spend >= 10000 and age_band != '65+' and orders < 10",
    "days_away in [61..90] and spend < 2000 and age_band != '65+' and orders < 10",
    "days_away in [61..90] and spend in [2000..5000) and member",
    "days_away in [61..90] and spend in [5000..10000) and age_band in ['25-34', '35-44', '45-54'] and orders in [1..5]",
    "days_away in [61..90] and spend >= 10000 and age_band in ['19-24', '25-34'] and orders >= 2",
    "days_away > 90 and spend < 2000 and age_band in ['19-24', '25-34'] and orders >= 2 and not member",
    "days_away > 90 and spend in [2000..5000) and age_band != '19-24'",
    "days_away > 90 and spend in [5000..10000) and age_band != '65+'",
    "days_away > 90 and spend >= 10000 and orders >= 1 and member",
)
CONDITIONS = (
    "visits_w1 >= 2",
    "spend_w1 in [500..4500]",
    "visits_w1 == 0 and spend > 1000",
    "age_band in ['19-24'] and orders >= 2",
    "member and days_away <= 7",
    "not member or visits_w1 > visits_w2",
    "city == 'York' or spend_w1 > spend_w2",
    "visits_w1 + visits_w2 >= 4",
    "visits_w2 >= 3",
    "spend_w2 in [1000..5000]",
    "visits_w2 == 0 and spend > 2000",
    "age_band in ['45-54', '55-64', '65+'] and orders >= 3",
    "member and days_away <= 14",
    "not member or visits_w2 > visits_w3",
    "city == 'Hull' or spend_w2 > spend_w3",
    "visits_w2 + visits_w3 >= 5",
    "visits_w3 >= 4",
    "spend_w3 in [1500..5500]",
    "visits_w3 == 0 and spend > 3000",
    "age_band in ['25-34', '35-44'] and orders >= 4",
    "member and days_away <= 21",
    "not member or visits_w3 > visits_w4",
    "city == 'Leeds' or spend_w3 > spend_w4",
    "visits_w3 + visits_w4 >= 6",
    "visits_w4 >= 1",
    "spend_w4 in [2000..6000]",
    "visits_w4 == 0 and spend > 4000",
    "age_band in ['19-24'] and orders >= 1",
    "member and days_away <= 28",
    "not member or visits_w4 > visits_w5",
    "city == 'York' or spend_w4 > spend_w5",
    "visits_w4 + visits_w5 >= 3",
    "visits_w5 >= 2",
    "spend_w5 in [2500..6500]",
    "visits_w5 == 0 and spend > 5000",
    "age_band in ['45-54', '55-64', '65+'] and orders >= 2",
    "member and days_away <= 35",
    "not member or visits_w5 > visits_w6",
    "city == 'Hull' or spend_w5 > spend_w6",
    "visits_w5 + visits_w6 >= 4",
    "visits_w6 >= 3",
    "spend_w6 in [3000..7000]",
    "visits_w6 == 0 and spend > 6000",
    "age_band in ['25-34', '35-44'] and orders >= 3",
    "member and days_away <= 42",
    "not member or visits_w6 > visits_w7",
    "city == 'Leeds' or spend_w6 > spend_w7",
    "visits_w6 + visits_w7 >= 5",
    "visits_w7 >= 4",
    "spend_w7 in [3500..7500]",
    "visits_w7 == 0 and spend > 7000",
    "age_band in ['19-24'] and orders >= 4",
    "member and days_away <= 49",
    "not member or visits_w7 > visits_w8",
    "city == 'York' or spend_w7 > spend_w8",
    "visits_w7 + visits_w8 >= 6",
    "visits_w8 >= 1",
    "spend_w8 in [4000..8000]",
    "visits_w8 == 0 and spend > 8000",
    "age_band in ['45-54', '55-64', '65+'] and orders >= 1",
    "member and days_away <= 56",
    "not member or visits_w8 > visits_w9",
    "city == 'Hull' or spend_w8 > spend_w9",
    "visits_w8 + visits_w9 >= 3",
    "visits_w9 >= 2",
    "spend_w9 in [4500..8500]",
    "visits_w9 == 0 and spend > 9000",
    "age_band in ['25-34', '35-44'] and orders >= 2",
    "member and days_away <= 63",
    "not member or visits_w9 > visits_w10",
    "city == 'Leeds' or spend_w9 > spend_w10",
    "visits_w9 + visits_w10 >= 4",
    "visits_w10 >= 3",
    "spend_w10 in [5000..9000]",
    "visits_w10 == 0 and spend > 10000",
    "age_band in ['19-24'] and orders >= 3",
    "member and days_away <= 70",
    "not member or visits_w10 > visits_w11",
    "city == 'York' or spend_w10 > spend_w11",
    "visits_w10 + visits_w11 >= 5",
    "visits_w11 >= 4",
    "spend_w11 in [5500..9500]",
    "visits_w11 == 0 and spend > 11000",
    "age_band in ['45-54', '55-64', '65+'] and orders >= 4",
    "member and days_away <= 77",
    "not member or visits_w11 > visits_w12",
    "city == 'Hull' or spend_w11 > spend_w12",
    "visits_w11 + visits_w12 >= 6",
    "visits_w12 >= 1",
    "spend_w12 in [6000..10000]",
    "visits_w12 == 0 and spend > 12000",
    "age_band in ['25-34', '35-44'] and orders >= 1",
    "member and days_away <= 84",
    "not member or visits_w12 > visits_w1",
    "city == 'Leeds' or spend_w12 > spend_w1",
    "visits_w12 + visits_w1 >= 3",
    "days_away > 31 and orders < 2",
    "days_away > 31 and orders < 4",
    "days_away > 31 and orders < 6",
    "days_away > 31 and orders < 8",
)
FIELDS = ("days_away", "spend", "age_band", "orders", "member")
CELLS = (
    ("[0..7]", "< 2000", "", "", ""),
    ("[0..7]", "[2000..5000)", "'25-34', '35-44', '45-54'", ">= 1", "true"),
    ("[0..7]", "[5000..10000)", "'19-24', '25-34'", "< 10", ""),
    ("[0..7]", ">= 10000", "!= '19-24'", "", ""),
    ("[8..30]", "< 2000", "!= '19-24'", "", "false"),
    ("[8..30]", "[2000..5000)", "!= '65+'", "[1..5]", ""),
    ("[8..30]", "[5000..10000)", "", ">= 2", ""),
    ("[8..30]", ">= 10000", "'25-34', '35-44', '45-54'", "", "true"),
    ("[31..60]", "< 2000", "'25-34', '35-44', '45-54'", "", ""),
    ("[31..60]", "[2000..5000)", "'19-24', '25-34'", "", ""),
    ("[31..60]", "[5000..10000)", "!= '19-24'", ">= 1", "false"),
    ("[31..60]", ">= 10000", "!= '65+'", "< 10", ""),
    ("[61..90]", "< 2000", "!= '65+'", "< 10", ""),
    ("[61..90]", "[2000..5000)", "", "", "true"),
    ("[61..90]", "[5000..10000)", "'25-34', '35-44', '45-54'", "[1..5]", ""),
    ("[61..90]", ">= 10000", "'19-24', '25-34'", ">= 2", ""),
    ("> 90", "< 2000", "'19-24', '25-34'", ">= 2", "false"),
    ("> 90", "[2000..5000)", "!= '19-24'", "", ""),
    ("> 90", "[5000..10000)", "!= '65+'", "", ""),
    ("> 90", ">= 10000", "", ">= 1", "true"),
)

Person = dict[str, object]


def forms() -> dict[str, tuple[Callable[[Person], object], Callable[[object], str | None]]]:
    """Ways to ask for the table: by name, the call on a person's dict, and what its answer means."""
    content = json.dumps(graph())
    engine = zen.ZenEngine({"loader": lambda key: zen.ZenDecisionContent(content)})
    decision = engine.create_decision(content)
    whole = zen.compile_expression("".join(f"{row} ? {place + 1} : " for place, row in enumerate(ROWS)) + "0")

    def told(answer: object) -> str | None:
        return f"tier {int(answer)}" if answer else None

    return {
        "a decision table, evaluate": (decision.evaluate, lambda answer: told(answer["result"].get("tier"))),
        "a decision table, by its key": (
            lambda person: engine.evaluate("tiers", person), lambda answer: told(answer["result"].get("tier")),
        ),
        "one compiled expression": (whole.evaluate, told),
    }  # fmt: skip


def graph() -> dict[str, object]:
    """The table as a JDM graph: input, decision table, output."""
    rules = [
        {"_id": f"row {place}", "tier": str(place + 1), **dict(zip(FIELDS, cells, strict=True))}
        for place, cells in enumerate(CELLS)
    ]
    table = {
        "hitPolicy": "first",
        "inputs": [{"id": field, "name": field, "field": field} for field in FIELDS],
        "outputs": [{"id": "tier", "name": "tier", "field": "tier"}],
        "rules": rules,
    }
    return {
        "nodes": [
            {"id": "in", "type": "inputNode", "name": "in"},
            {"id": "table", "type": "decisionTableNode", "name": "table", "content": table},
            {"id": "out", "type": "outputNode", "name": "out"},
        ],
        "edges": [
            {"id": "first", "sourceId": "in", "targetId": "table", "type": "edge"},
            {"id": "last", "sourceId": "table", "targetId": "out", "type": "edge"},
        ],
    }


def conditions() -> Callable[[Person], tuple[bool, ...]]:
    """The hundred conditions: as one compiled list, which reads the dict once for all."""
    whole = zen.compile_expression(f"[{', '.join(f'({one})' for one in CONDITIONS)}]")
    return lambda person: tuple(whole.evaluate(person))
