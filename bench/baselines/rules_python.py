"""Hand-written Python for the benchmark of rules: the table `bench/tables/tiers.table` as a chain of ifs, and a hundred
small conditions.

As a programmer would write them who knows that every fact is there: no null is looked for, two values are enough, each
fact is read once with `[...]`, and amounts are whole cents. The table gives the outputs and the row, ready made.
"""

from __future__ import annotations

Person = dict[str, object]

TIERS = [((f"tier {row + 1}",), (row,)) for row in range(20)]
NONE = ((None,), ())
MIDDLE = frozenset(["25-34", "35-44", "45-54"])
YOUNG = frozenset(["19-24", "25-34"])


def tier(person: Person) -> tuple[tuple[str | None], tuple[int, ...]]:
    """The outputs and the row of the table, under hit policy first."""
    days, spend, age = person["days_away"], person["spend"], person["age_band"]
    orders, member = person["orders"], person["member"]
    if 0 <= days <= 7 and spend < 2000:
        return TIERS[0]
    if 0 <= days <= 7 and 2000 <= spend < 5000 and age in MIDDLE and orders >= 1 and member:
        return TIERS[1]
    if 0 <= days <= 7 and 5000 <= spend < 10000 and age in YOUNG and orders < 10:
        return TIERS[2]
    if 0 <= days <= 7 and spend >= 10000 and age != "19-24":
        return TIERS[3]
    if 8 <= days <= 30 and spend < 2000 and age != "19-24" and not member:
        return TIERS[4]
    if 8 <= days <= 30 and 2000 <= spend < 5000 and age != "65+" and 1 <= orders <= 5:
        return TIERS[5]
    if 8 <= days <= 30 and 5000 <= spend < 10000 and orders >= 2:
        return TIERS[6]
    if 8 <= days <= 30 and spend >= 10000 and age in MIDDLE and member:
        return TIERS[7]
    if 31 <= days <= 60 and spend < 2000 and age in MIDDLE:
        return TIERS[8]
    if 31 <= days <= 60 and 2000 <= spend < 5000 and age in YOUNG:
        return TIERS[9]
    if 31 <= days <= 60 and 5000 <= spend < 10000 and age != "19-24" and orders >= 1 and not member:
        return TIERS[10]
    if 31 <= days <= 60 and spend >= 10000 and age != "65+" and orders < 10:
        return TIERS[11]
    if 61 <= days <= 90 and spend < 2000 and age != "65+" and orders < 10:
        return TIERS[12]
    if 61 <= days <= 90 and 2000 <= spend < 5000 and member:
        return TIERS[13]
    if 61 <= days <= 90 and 5000 <= spend < 10000 and age in MIDDLE and 1 <= orders <= 5:
        return TIERS[14]
    if 61 <= days <= 90 and spend >= 10000 and age in YOUNG and orders >= 2:
        return TIERS[15]
    if days > 90 and spend < 2000 and age in YOUNG and orders >= 2 and not member:
        return TIERS[16]
    if days > 90 and 2000 <= spend < 5000 and age != "19-24":
        return TIERS[17]
    if days > 90 and 5000 <= spend < 10000 and age != "65+":
        return TIERS[18]
    if days > 90 and spend >= 10000 and orders >= 1 and member:
        return TIERS[19]
    return NONE


def conditions(person: Person) -> tuple[bool, ...]:
    """The conditions of `bench/tables/conditions.txt`, in their order."""
    days_away = person["days_away"]
    age_band = person["age_band"]
    orders = person["orders"]
    member = person["member"]
    spend = person["spend"]
    city = person["city"]
    visits_w1 = person["visits_w1"]
    visits_w2 = person["visits_w2"]
    visits_w3 = person["visits_w3"]
    visits_w4 = person["visits_w4"]
    visits_w5 = person["visits_w5"]
    visits_w6 = person["visits_w6"]
    visits_w7 = person["visits_w7"]
    visits_w8 = person["visits_w8"]
    visits_w9 = person["visits_w9"]
    visits_w10 = person["visits_w10"]
    visits_w11 = person["visits_w11"]
    visits_w12 = person["visits_w12"]
    spend_w1 = person["spend_w1"]
    spend_w2 = person["spend_w2"]
    spend_w3 = person["spend_w3"]
    spend_w4 = person["spend_w4"]
    spend_w5 = person["spend_w5"]
    spend_w6 = person["spend_w6"]
    spend_w7 = person["spend_w7"]
    spend_w8 = person["spend_w8"]
    spend_w9 = person["spend_w9"]
    spend_w10 = person["spend_w10"]
    spend_w11 = person["spend_w11"]
    spend_w12 = person["spend_w12"]
    return (
        visits_w1 >= 2,
        500 <= spend_w1 <= 4500,
        visits_w1 == 0 and spend > 1000,
        age_band in ("19-24",) and orders >= 2,
        member and days_away <= 7,
        not member or visits_w1 > visits_w2,
        city == "York" or spend_w1 > spend_w2,
        visits_w1 + visits_w2 >= 4,
        visits_w2 >= 3,
        1000 <= spend_w2 <= 5000,
        visits_w2 == 0 and spend > 2000,
        age_band in ("45-54", "55-64", "65+") and orders >= 3,
        member and days_away <= 14,
        not member or visits_w2 > visits_w3,
        city == "Hull" or spend_w2 > spend_w3,
        visits_w2 + visits_w3 >= 5,
        visits_w3 >= 4,
        1500 <= spend_w3 <= 5500,
        visits_w3 == 0 and spend > 3000,
        age_band in ("25-34", "35-44") and orders >= 4,
        member and days_away <= 21,
        not member or visits_w3 > visits_w4,
        city == "Leeds" or spend_w3 > spend_w4,
        visits_w3 + visits_w4 >= 6,
        visits_w4 >= 1,
        2000 <= spend_w4 <= 6000,
        visits_w4 == 0 and spend > 4000,
        age_band in ("19-24",) and orders >= 1,
        member and days_away <= 28,
        not member or visits_w4 > visits_w5,
        city == "York" or spend_w4 > spend_w5,
        visits_w4 + visits_w5 >= 3,
        visits_w5 >= 2,
        2500 <= spend_w5 <= 6500,
        visits_w5 == 0 and spend > 5000,
        age_band in ("45-54", "55-64", "65+") and orders >= 2,
        member and days_away <= 35,
        not member or visits_w5 > visits_w6,
        city == "Hull" or spend_w5 > spend_w6,
        visits_w5 + visits_w6 >= 4,
        visits_w6 >= 3,
        3000 <= spend_w6 <= 7000,
        visits_w6 == 0 and spend > 6000,
        age_band in ("25-34", "35-44") and orders >= 3,
        member and days_away <= 42,
        not member or visits_w6 > visits_w7,
        city == "Leeds" or spend_w6 > spend_w7,
        visits_w6 + visits_w7 >= 5,
        visits_w7 >= 4,
        3500 <= spend_w7 <= 7500,
        visits_w7 == 0 and spend > 7000,
        age_band in ("19-24",) and orders >= 4,
        member and days_away <= 49,
        not member or visits_w7 > visits_w8,
        city == "York" or spend_w7 > spend_w8,
        visits_w7 + visits_w8 >= 6,
        visits_w8 >= 1,
        4000 <= spend_w8 <= 8000,
        visits_w8 == 0 and spend > 8000,
        age_band in ("45-54", "55-64", "65+") and orders >= 1,
        member and days_away <= 56,
        not member or visits_w8 > visits_w9,
        city == "Hull" or spend_w8 > spend_w9,
        visits_w8 + visits_w9 >= 3,
        visits_w9 >= 2,
        4500 <= spend_w9 <= 8500,
        visits_w9 == 0 and spend > 9000,
        age_band in ("25-34", "35-44") and orders >= 2,
        member and days_away <= 63,
        not member or visits_w9 > visits_w10,
        city == "Leeds" or spend_w9 > spend_w10,
        visits_w9 + visits_w10 >= 4,
        visits_w10 >= 3,
        5000 <= spend_w10 <= 9000,
        visits_w10 == 0 and spend > 10000,
        age_band in ("19-24",) and orders >= 3,
        member and days_away <= 70,
        not member or visits_w10 > visits_w11,
        city == "York" or spend_w10 > spend_w11,
        visits_w10 + visits_w11 >= 5,
        visits_w11 >= 4,
        5500 <= spend_w11 <= 9500,
        visits_w11 == 0 and spend > 11000,
        age_band in ("45-54", "55-64", "65+") and orders >= 4,
        member and days_away <= 77,
        not member or visits_w11 > visits_w12,
        city == "Hull" or spend_w11 > spend_w12,
        visits_w11 + visits_w12 >= 6,
        visits_w12 >= 1,
        6000 <= spend_w12 <= 10000,
        visits_w12 == 0 and spend > 12000,
        age_band in ("25-34", "35-44") and orders >= 1,
        member and days_away <= 84,
        not member or visits_w12 > visits_w1,
        city == "Leeds" or spend_w12 > spend_w1,
        visits_w12 + visits_w1 >= 3,
        days_away > 31 and orders < 2,
        days_away > 31 and orders < 4,
        days_away > 31 and orders < 6,
        days_away > 31 and orders < 8,
    )
