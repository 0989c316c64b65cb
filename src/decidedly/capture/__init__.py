"""Raw input into events: validated, stamped, taken in once, folded into the record of the person they are about."""

from decidedly.capture.capture import Raw, capture
from decidedly.capture.load import load
from decidedly.capture.segment import segment
from decidedly.capture.take import Contended, Report
from decidedly.capture.validate import Refusal

__all__ = ["Contended", "Raw", "Refusal", "Report", "capture", "load", "segment"]
