"""Receipt: what an erasure removed and what stays, signed, for whoever asked for it. Nothing personal is in it."""

from __future__ import annotations

from datetime import datetime

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from decidedly.core.erasure import Erasure
from decidedly.core.errors import BadInput, DecidedlyError
from decidedly.core.seal import Seal

KEPT = (
    "Keyed hashes of the identifiers and addresses, so that nothing that is restored or sent again brings them back"
    " and nobody writes to them; of the ids of events and decisions, so that they are not taken in or decided again."
    " Without the hub's key they tell nothing.",
    "Counts of events by kind and of decisions by service, a day, in which the person is a number among others.",
    "Models that were trained before: sums and weights over all people, no rows of persons.",
)


class NotAReceipt(DecidedlyError):
    """The receipt was changed, or another hub signed it."""

    code = "privacy.receipt"


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """What was done. removed, rewritten: counts by place; models: name -> what became of it; pending: what is left to
    do; chain: over this erasure and all before it (`privacy.chain`)."""

    form: str = "decidedly-receipt-1"
    erasure: str
    at: datetime
    by: str
    why: str
    removed: dict[str, int]
    rewritten: dict[str, int]
    kept: tuple[str, ...]
    models: dict[str, str]
    pending: tuple[str, ...]
    chain: str


class Signed(msgspec.Struct, frozen=True, kw_only=True):
    """A receipt with its signature: Ed25519 (RFC 8032) over the receipt's JSON with sorted keys and no spaces.

    key : the hub's public key, hexadecimal
    """

    receipt: Receipt
    algorithm: str = "Ed25519"
    key: str
    signature: str


_canonical = msgspec.json.Encoder(order="sorted")
_decoder = msgspec.json.Decoder(Signed)


def receipt_of(erasure: Erasure, chain: str) -> Receipt:
    pending = "pending until the next training"
    models = {
        name: f"trained again as {erasure.refitted[name]}" if name in erasure.refitted else f"{version}: {pending}"
        for name, version in erasure.models.items()
    }
    return Receipt(
        erasure=erasure.id,
        at=erasure.at,
        by=erasure.by,
        why=erasure.why,
        removed=erasure.removed,
        rewritten=erasure.rewritten,
        kept=KEPT,
        models=models,
        pending=erasure.pending,
        chain=chain,
    )


def public_key(seal: Seal) -> str:
    """The key by which anybody can verify the hub's receipts, hexadecimal."""
    private = Ed25519PrivateKey.from_private_bytes(seal.signing_seed)
    return private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


def sign(receipt: Receipt, seal: Seal) -> bytes:
    """The signed receipt as JSON."""
    signature = Ed25519PrivateKey.from_private_bytes(seal.signing_seed).sign(_canonical.encode(receipt))
    signed = Signed(receipt=receipt, key=public_key(seal), signature=signature.hex())
    return msgspec.json.format(msgspec.json.encode(signed), indent=2) + b"\n"


def verify(raw: bytes, key: str) -> Receipt:
    """The receipt, if the holder of this key signed it and nobody changed it since.

    Raises BadInput for what is no receipt, NotAReceipt.
    """
    try:
        signed = _decoder.decode(raw)
        signature, signer = bytes.fromhex(signed.signature), bytes.fromhex(key)
    except (msgspec.DecodeError, ValueError) as error:
        raise BadInput(f"This is no receipt: {error}.", place="receipt") from error
    if signed.key != key:
        raise NotAReceipt(
            "Another hub signed this receipt.", place="receipt.key", hint="Give that hub's public key: --key."
        )
    try:
        Ed25519PublicKey.from_public_bytes(signer).verify(signature, _canonical.encode(signed.receipt))
    except (InvalidSignature, ValueError) as error:
        raise NotAReceipt("The receipt is not as it was signed.", place="receipt.signature") from error
    return signed.receipt
