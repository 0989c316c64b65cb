"""Evaluates decision models by the reference interpreter: slow, exact, lenient about types as the standard asks.

linked = link(model, others)                       # with the models that it may import
linked.check()                                     # what is wrong with its references and texts
outcome = evaluate_model(linked, "Eligibility", {"Age": Decimal(35)})
outcome.value, outcome.problems
"""

from .linked import Linked, link
from .run import Outcome, decide_given, evaluate_model

__all__ = ["Linked", "Outcome", "decide_given", "evaluate_model", "link"]
