"""A typed tree as a sentence of plain English, the same for the same meaning, and never of two meanings.

    orders last 30 days = 0 and spend days 31 to 60 between 50 and 150
    orders last 30 days is 0 and spend days 31 to 60 is between 50 and 150 USD (both included)

Brackets stand wherever a reader could group the words in another way.
"""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from . import tree
from .phrases import CLAUSES, PHRASES
from .temporal.wide import Months
from .tree import Literal, Node
from .types import (
    BOOLEAN,
    Date,
    DateTime,
    DaysDuration,
    ListOf,
    Money,
    MonthsDuration,
    RangeOf,
    String,
    Time,
    Type,
)

ATOM, PHRASE, CLAUSE, JOINED = range(4)
"""How closely a text holds together: a name or number; words of a function; one statement; statements joined."""

ROOTS = {"person": "", "action": "the action's ", "candidate": "the candidate's ", "context": "the context's "}
"""How facts are introduced; those of the person, and of roots not named here that stand alone, are not."""
SEGMENT = "segment."
"""How a name begins that stands for a segment."""

_OPERATORS = {"+": "plus", "-": "minus", "*": "times", "/": "divided by", "**": "to the power of"}
_ORDER = {
    "number": {"<": "less than", "<=": "at most", ">": "more than", ">=": "at least"},
    "date": {"<": "before", "<=": "on or before", ">": "after", ">=": "on or after"},
    "moment": {"<": "before", "<=": "at or before", ">": "after", ">=": "at or after"},
    "duration": {"<": "shorter than", "<=": "at most", ">": "longer than", ">=": "at least"},
    "text": {op: f"{word} in the alphabet, compared with," for op, word in
             {"<": "before", "<=": "equal or before", ">": "after", ">=": "equal or after"}.items()},
}  # fmt: skip
_JOINING = frozenset({"and", "or", "is", "if", "then", "otherwise", "not", "between", "plus", "minus", "times", "of"})
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_NTH = {1: "first", 2: "second", 3: "third", -1: "last"}


class Said(NamedTuple):
    text: str
    holds: int


def words(node: Node, inputs: Mapping[int, Node] | None = None) -> str:
    """The sentence of a condition, or the phrase of a value.

    inputs : what free locals stand for, such as a table's column for `?`
    """
    saying = _Saying(inputs or {})
    return (saying.clause(node) if node.type == BOOLEAN else saying.value(node)).text


def part_words(node: Node, inputs: Mapping[int, Node] | None = None) -> str:
    """As `words` of a condition that is to stand beside others: in brackets where it needs them."""
    return _Saying(inputs or {}).within(node)


def said_value(value: Any, type_: Type | None = None) -> str:
    """A plain value as a reader expects it: money with its currency, dates in words.

    >>> said_value(Decimal("12.5"), Money("USD"))
    '12.50 USD'
    """
    match value:
        case None:
            return "not known"
        case bool():
            return "true" if value else "false"
        case str():
            return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
        case int() | float() | Decimal():
            return _amount(Decimal(str(value)), type_) if isinstance(type_, Money) else _number(value)
        case datetime():
            return f"{_day(value)} at {_clock(value.timetz())}"
        case date():
            return _day(value)
        case time():
            return _clock(value)
        case timedelta():
            return _duration(value)
        case Months():
            return _months(value)
        case list() | tuple():
            of = type_.of if isinstance(type_, ListOf) else None
            return f"({', '.join(said_value(item, of) for item in value)})" if value else "the empty list"
        case _:
            return str(value)


class _Saying:
    def __init__(self, inputs: Mapping[int, Node]) -> None:
        self.inputs = inputs

    # Values

    def value(self, node: Node, like: Type | None = None) -> Said:
        """like : the type beside which a written number stands, for its currency"""
        match node:
            case Literal(value=value):
                return Said(said_value(value, like if isinstance(like, Money) else node.type), ATOM)
            case tree.Fact(reference=reference):
                return Said(fact_words(reference.path, reference.root), ATOM)
            case tree.Local(name=name, number=number):
                stands_for = self.inputs.get(number)
                if stands_for is not None:
                    return self.value(stands_for)
                return Said("the item" if name == "item" else _quoted(name), ATOM)
            case tree.Named(name=name) if node.type != BOOLEAN:
                return Said(_quoted(name), ATOM)
            case tree.Zoned(of=of) | tree.AsList(of=of):
                return self.value(of, like)
            case tree.Negate(of=of):
                return Said(f"minus {self.atom(of)}", PHRASE)
            case tree.Arithmetic(op=op, left=left, right=right):
                same = isinstance(left, tree.Arithmetic) and left.op == op and op in "+*"
                first = self.value(left, _beside(right)).text if same else self.atom(left, _beside(right))
                return Said(f"{first} {_OPERATORS[op]} {self.atom(right, _beside(left))}", PHRASE)
            case tree.Items(items=items):
                return Said(f"the list {self.listed(items)}" if items else "the empty list", PHRASE)
            case tree.Count(low=low, high=high):
                return Said(f"the whole numbers from {self.atom(low)} to {self.atom(high)}", PHRASE)
            case tree.Bounds():
                return Said(f"the range {self.span(node)}", PHRASE)
            case tree.Entries(names=names, values=values):
                pairs = zip(names, values, strict=True)
                return Said(f"the context ({', '.join(f'{name}: {self.atom(value)}' for name, value in pairs)})", ATOM)
            case tree.Field(of=of, name=name):
                whole = self.value(of)
                if whole.holds == ATOM:
                    return Said(f"{whole.text}'s {_quoted(name)}", ATOM)
                return Said(f"the {_quoted(name)} of ({whole.text})", PHRASE)
            case tree.Lookup(item=item, name=name, otherwise=otherwise):
                field = f"{self.atom(item)}'s {_quoted(name)}"
                return Said(f"{field} (where there is none, {self.atom(otherwise)})", PHRASE)
            case tree.Property(of=of, name=name):
                return Said(f"the {name} of {self.atom(of)}", PHRASE)
            case tree.Index(over=over, index=index):
                at = int(index.value) if isinstance(index, Literal) and index.value is not None else 0
                place = _NTH.get(at) or f"item number {self.atom(index)}"
                return Said(f"{'the ' if at in _NTH else ''}{place} of {self.atom(over)}", PHRASE)
            case tree.Filter(over=over, condition=condition):
                return Said(f"those of {self.atom(over)} for which ({self.clause(condition).text})", PHRASE)
            case tree.For(number=number, over=over, body=body):
                each = f"for each {_binder(body, number)} of {self.atom(over)}"
                return Said(f"{each} the value of ({self.whole(body)})", PHRASE)
            case tree.If() if node.type != BOOLEAN:
                return self.choice(node)
            case tree.Call(function=function) if node.type != BOOLEAN:
                return self.call(node, PHRASES.get(function))
            case tree.Lambda(names=names, body=body):
                return Said(f"the function of ({', '.join(names)}) that gives ({self.whole(body)})", PHRASE)
            case tree.BuiltIn(name=name):
                return Said(f"the function {_quoted(name)}", PHRASE)
            case tree.Invoke(function=function, arguments=arguments):
                return Said(f"the result of ({self.value(function).text}) with {self.listed(arguments)}", PHRASE)
            case _:
                return Said(f"(whether {self.clause(node).text})", ATOM)

    def whole(self, node: Node) -> str:
        return (self.clause(node) if node.type == BOOLEAN else self.value(node)).text

    def atom(self, node: Node, like: Type | None = None) -> str:
        said = self.value(node, like)
        return said.text if said.holds == ATOM else f"({said.text})"

    def listed(self, items: tuple[Node, ...], like: Type | None = None) -> str:
        return f"({', '.join(self.atom(item, like) for item in items)})"

    def one_of(self, items: tuple[Node, ...], like: Type | None) -> str:
        return self.atom(items[0], like) if len(items) == 1 else self.listed(items, like)

    def span(self, node: tree.Bounds) -> str:
        ends = ("included" if node.low_closed else "left out", "included" if node.high_closed else "left out")
        return f"from {self.atom(node.low)} ({ends[0]}) to {self.atom(node.high)} ({ends[1]})"

    def choice(self, node: tree.If) -> Said:
        parts = (self.within(node.condition), self._branch(node.then), self._branch(node.otherwise))
        return Said("if {}, then {}, otherwise {}".format(*parts), JOINED)

    def _branch(self, node: Node) -> str:
        return self.within(node) if node.type == BOOLEAN else self.atom(node)

    def call(self, node: tree.Call, phrases: str | tuple[str, ...] | None) -> Said:
        texts = [
            self.listed(argument.items) if isinstance(argument, tree.Items) and argument.items else self.atom(argument)
            for argument in node.arguments
        ]
        if isinstance(phrases, tuple):
            phrases = next((one for one in phrases if f"{{{len(texts) - 1}}}" in one), None)
        if phrases is None or f"{{{len(texts)}}}" in phrases or f"{{{len(texts) - 1}}}" not in phrases:
            return Said(f"the result of {node.function}({', '.join(texts)})", PHRASE)
        return Said(phrases.format(*texts), PHRASE)

    # Conditions

    def clause(self, node: Node, *, negative: bool = False) -> Said:
        """A statement, or its denial."""
        match node:
            case tree.Not(of=of):
                return self.clause(of, negative=not negative)
            case tree.And() | tree.Or():
                return self.joined(node, negative=negative)
            case tree.If():
                said = self.choice(node)
                return Said(f"it is not true that ({said.text})", CLAUSE) if negative else said
            case tree.Quantified():
                return self.quantified(node, negative=negative)
            case Literal(value=bool(value)):
                return Said("always" if value is not negative else "never", CLAUSE)
            case Literal(value=None):
                return Said("never known", CLAUSE)
            case tree.Local(number=number) if number in self.inputs:
                return self.clause(self.inputs[number], negative=negative)
            case tree.Compare():
                return Said(self.comparison(node, negative), CLAUSE)
            case tree.Between():
                return Said(self.between(node, negative), CLAUSE)
            case tree.Member():
                return self.member(node, negative)
            case tree.Matches(of=of, test=test):
                return Said(f"{self.value(of).text} {'fails' if negative else 'meets'} {self.atom(test)}", CLAUSE)
            case tree.InstanceOf(of=of, wanted=wanted):
                return Said(f"{self.value(of).text} is{' not' * negative} of type {wanted}", CLAUSE)
            case tree.Named(name=name):
                return Said(self.named(name, negative), CLAUSE)
            case tree.Call(function="list contains", arguments=(items, item)):
                verb = f"is{' not' * negative}"
                if isinstance(items, tree.Items) and items.items:
                    return Said(f"{self.value(item).text} {verb} one of {self.one_of(items.items, item.type)}", CLAUSE)
                return Said(f"{self.atom(item)} {verb} among {self.atom(items)}", CLAUSE)
            case tree.Call(function=function):
                return self.called(node, CLAUSES.get(function), negative)
            case _:
                return Said(f"{self.atom(node)} is{' not' * negative} true", CLAUSE)

    def within(self, node: Node) -> str:
        """A statement that stands among others."""
        said = self.clause(node)
        return said.text if said.holds == CLAUSE else f"({said.text})"

    def joined(self, node: tree.And | tree.Or, *, negative: bool) -> Said:
        either = isinstance(node, tree.Or)
        among = _among(node.parts) if either else None
        if among is not None:
            items, wanted = among
            word = "none" if negative else "at least one"
            return Said(f"{word} of {self.one_of(wanted, None)} is among {self.atom(items)}", CLAUSE)
        text = (" or " if either else " and ").join(self.within(part) for part in node.parts)
        return Said(f"it is not true that ({text})", CLAUSE) if negative else Said(text, JOINED)

    def quantified(self, node: tree.Quantified, *, negative: bool) -> Said:
        name, over = _binder(node.body, node.number), self.atom(node.over)
        body = self.clause(node.body).text
        which = {(False, False): "for at least one", (False, True): "for no", (True, False): "for every"}
        begin = which.get((node.every, negative), "not for every")
        return Said(f"{begin} {name} among {over}: {body}", JOINED)

    def member(self, node: tree.Member, negative: bool) -> Said:
        known = tuple(value for value in node.values if value.value is not None)
        of, few = self.value(node.of).text, self.one_of(known, node.of.type) if known else ""
        if len(known) > 1:
            few = f"{'none' if negative else 'one'} of {few}"
        elif negative:
            few = f"not {few}"
        if len(known) == len(node.values):
            return Said(f"{of} is {few}", CLAUSE)
        either = f"{of} is known" if negative else f"{of} is not known"
        return Said(f"{either} {'and' if negative else 'or'} {of} is {few}", JOINED) if known else Said(either, CLAUSE)

    def named(self, name: str, negative: bool) -> str:
        if name.startswith(SEGMENT):
            return f"the person is{' not' * negative} in the segment {name.removeprefix(SEGMENT)}"
        return f"{_quoted(name)} is{' not' * negative} true"

    def comparison(self, node: tree.Compare, negative: bool) -> str:
        left, right, op = node.left, node.right, node.op
        if op in ("=", "!="):
            differs = negative is not (op == "!=")
            for one, other in ((left, right), (right, left)):
                if isinstance(other, Literal) and other.value is None:
                    return f"{self.value(one).text} is{'' if differs else ' not'} known"
            first, second = self.value(left, right.type), self.value(right, left.type)
            return f"{_subject(first)} is{' not' * differs} {_subject(second)}"
        word = _ORDER[_family(left.type, right.type)][op]
        first, second = self.value(left, right.type), self.value(right, left.type)
        return f"{_subject(first)} is{' not' * negative} {word} {_subject(second)}"

    def between(self, node: tree.Between, negative: bool) -> str:
        like = node.of.type
        low, high = self.atom(node.low, like), self.atom(node.high, like)
        if isinstance(like, Money) and isinstance(node.low, Literal) and isinstance(node.high, Literal):
            low = low.removesuffix(f" {like.currency}")
        ends = {
            (True, True): "both included",
            (False, False): "neither included",
            (True, False): "the second not included",
            (False, True): "the first not included",
        }[node.low_closed, node.high_closed]
        return f"{_subject(self.value(node.of))} is{' not' * negative} between {low} and {high} ({ends})"

    def called(self, node: tree.Call, clauses: Any, negative: bool) -> Said:
        if clauses is not None and not isinstance(clauses[0], str):
            clauses = next((one for one in clauses if f"{{{len(node.arguments) - 1}}}" in one[0]), None)
        if clauses is None:
            said = self.call(node, None)
            return Said(f"{said.text} is{' not' * negative} true", CLAUSE)
        texts = [self.atom(argument) for argument in node.arguments]
        return Said(clauses[negative].format(*texts), CLAUSE)


def fact_words(path: tuple[str, ...], root: str) -> str:
    """A fact by its name: "the action's departments"; a name that holds words such as "and" stands in quotes."""
    name = path[-1]
    if name in ("now", "today") and root == "context":
        return name
    return ROOTS.get(root, "") + _quoted(name)


def _subject(said: Said) -> str:
    return f"({said.text})" if said.holds == JOINED else said.text


def _beside(other: Node) -> Type | None:
    return other.type if isinstance(other.type, Money) else None


def _family(a: Type, b: Type) -> str:
    match a, b:
        case (Date(), _) | (_, Date()):
            return "date"
        case (DateTime() | Time(), _) | (_, DateTime() | Time()):
            return "moment"
        case (DaysDuration() | MonthsDuration(), _) | (_, DaysDuration() | MonthsDuration()):
            return "duration"
        case (String(), _) | (_, String()):
            return "text"
        case (RangeOf(), _) | (_, RangeOf()):
            return "moment"
    return "number"


def _among(parts: tuple[Node, ...]) -> tuple[Node, tuple[Node, ...]] | None:
    """The list and the values where all that is asked is whether one of several values is in one list."""
    lists, wanted = [], []
    for part in parts:
        if not (isinstance(part, tree.Call) and part.function == "list contains"):
            return None
        items, item = part.arguments
        if isinstance(items, tree.Items):
            return None
        lists.append(items)
        wanted.append(item)
    same = all(_same(items, lists[0]) for items in lists)
    return (lists[0], tuple(wanted)) if same else None


def _same(a: Node, b: Node) -> bool:
    match a, b:
        case tree.Fact(), tree.Fact():
            return a.reference == b.reference
        case tree.Local(), tree.Local():
            return a.number == b.number
    return a == b


def _binder(body: Node, number: int) -> str:
    """The author's name of a bound value."""
    waiting = [body]
    while waiting:
        here = waiting.pop()
        if isinstance(here, tree.Local) and here.number == number:
            return _quoted(here.name)
        waiting.extend(tree.children(here))
    return "item"


def _quoted(name: str) -> str:
    return f"'{name}'" if _JOINING & set(name.lower().split()) else name


def _number(value: Any) -> str:
    number = Decimal(str(value))
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _amount(amount: Decimal, type_: Money) -> str:
    whole = amount == amount.to_integral_value()
    exponent = amount.as_tuple().exponent
    decimals = max(type_.scale or 0, -exponent if isinstance(exponent, int) else 0)
    return f"{amount:.{0 if whole else decimals}f} {type_.currency}"


def _day(value: date) -> str:
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"


def _clock(value: time) -> str:
    seconds = value.second or value.microsecond
    text = value.replace(tzinfo=None).isoformat() if seconds else f"{value:%H:%M}"
    zone = value.tzinfo
    return text if zone is None else f"{text} {value.tzname() or zone}"


def _duration(value: timedelta) -> str:
    if value < timedelta(0):
        return f"minus {_duration(-value)}"
    hours, rest = divmod(value.seconds, 3600)
    parts = [(value.days, "day"), (hours, "hour"), (rest // 60, "minute"), (rest % 60, "second")]
    said = [f"{count} {unit}{'s' * (count != 1)}" for count, unit in parts if count]
    return " ".join(said) or "no time"


def _months(value: Months) -> str:
    if value.months < 0:
        return f"minus {_months(Months(-value.months))}"
    years, months = divmod(value.months, 12)
    said = [f"{count} {unit}{'s' * (count != 1)}" for count, unit in ((years, "year"), (months, "month")) if count]
    return " ".join(said) or "no time"
