"""Raw input into events: validated, stamped, taken in once, folded into the record of the person they are about."""

from decidedly.capture.capture import Arrivals, Examined, Raw, Received, capture, capture_all, examine
from decidedly.capture.catch_up import catch_up
from decidedly.capture.cloudevents import arrivals_of as cloudevents_arrivals
from decidedly.capture.cloudevents import cloudevents
from decidedly.capture.import_rows import import_rows
from decidedly.capture.infer import Inferred, Seen, SeenKind, infer
from decidedly.capture.intake import Intake
from decidedly.capture.load import load
from decidedly.capture.match import Matched, match
from decidedly.capture.match_live import LiveMatch, Log, match_everybody, matched_until
from decidedly.capture.merge import Graph, NotJoined, NotMerged, Word, merge, review, split, unmerge
from decidedly.capture.propose import propose
from decidedly.capture.rebuild import Rebuilt, rebuild
from decidedly.capture.replay import Replayed, replay
from decidedly.capture.robots import verdict
from decidedly.capture.rows import Made
from decidedly.capture.segment import arrivals_of as segment_arrivals
from decidedly.capture.segment import segment
from decidedly.capture.settle import Unsettled, settle, settle_rest
from decidedly.capture.settle_all import settle_all
from decidedly.capture.take import Contended, Report
from decidedly.capture.take_rows import Imported, Ports, first_rows, take_rows
from decidedly.capture.times import counts
from decidedly.core.refusal import Refusal

__all__ = [
    "Arrivals",
    "Contended",
    "Examined",
    "Graph",
    "Imported",
    "Inferred",
    "Intake",
    "LiveMatch",
    "Log",
    "Made",
    "Matched",
    "NotJoined",
    "NotMerged",
    "Ports",
    "Raw",
    "Rebuilt",
    "Received",
    "Refusal",
    "Replayed",
    "Report",
    "Seen",
    "SeenKind",
    "Unsettled",
    "Word",
    "capture",
    "capture_all",
    "catch_up",
    "cloudevents",
    "cloudevents_arrivals",
    "counts",
    "examine",
    "first_rows",
    "import_rows",
    "infer",
    "load",
    "match",
    "match_everybody",
    "matched_until",
    "merge",
    "propose",
    "rebuild",
    "replay",
    "review",
    "segment",
    "segment_arrivals",
    "settle",
    "settle_all",
    "settle_rest",
    "split",
    "take_rows",
    "unmerge",
    "verdict",
]
