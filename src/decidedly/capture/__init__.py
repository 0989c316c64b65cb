"""Raw input into events: validated, stamped, taken in once, folded into the record of the person they are about."""

from decidedly.capture.capture import Raw, Received, capture
from decidedly.capture.cloudevents import cloudevents
from decidedly.capture.load import load
from decidedly.capture.merge import Graph, NotJoined, NotMerged, Word, merge, review, split, unmerge
from decidedly.capture.propose import propose
from decidedly.capture.rows import Made
from decidedly.capture.segment import segment
from decidedly.capture.settle import Unsettled, settle, settle_rest
from decidedly.capture.take import Contended, Report
from decidedly.capture.take_rows import Imported, Ports, first_rows, take_rows
from decidedly.capture.validate import Refusal

__all__ = [
    "Contended", "Graph", "Imported", "Made", "NotJoined", "NotMerged", "Ports", "Raw", "Received", "Refusal",
    "Report", "Unsettled", "Word", "capture", "cloudevents", "first_rows", "load", "merge", "propose", "review",
    "segment", "settle", "settle_rest", "split", "take_rows", "unmerge",
]  # fmt: skip
