"""The person's rights: all that is held of them handed out, all of it erased, and proof of that."""

from decidedly.privacy.export import Part, to_line
from decidedly.privacy.kept_out import Guarded, KeptOut
from decidedly.privacy.key import WrongKey, read_seal
from decidedly.privacy.office import Office
from decidedly.privacy.page import page
from decidedly.privacy.places import Places
from decidedly.privacy.receipt import NotAReceipt, Receipt, Signed, verify

__all__ = [
    "Guarded",
    "KeptOut",
    "NotAReceipt",
    "Office",
    "Part",
    "Places",
    "Receipt",
    "Signed",
    "WrongKey",
    "page",
    "read_seal",
    "to_line",
    "verify",
]
