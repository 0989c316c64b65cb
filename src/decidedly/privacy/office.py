"""Office: where a person's requests are answered: what do you hold of me, and erase it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from msgspec.structs import replace

from decidedly.core.decision import DecisionRecord
from decidedly.core.erasure import Erasure, Kept
from decidedly.core.errors import NotFound
from decidedly.core.identifier import Identifier
from decidedly.core.message import Message
from decidedly.core.person import Person
from decidedly.core.playbook import Playbook
from decidedly.decide import Explanation
from decidedly.measure import Came
from decidedly.person import aggregate_type, sought
from decidedly.ports.clock import Clock
from decidedly.ports.reader import Stored
from decidedly.privacy.erase import Wish, erase, receipt_file, refitted, resume
from decidedly.privacy.erasure_log import chain, read_log
from decidedly.privacy.export import Exporting, Part, export, to_line
from decidedly.privacy.exports import note_export
from decidedly.privacy.page import LINES, page
from decidedly.privacy.places import Places
from decidedly.privacy.receipt import NotAReceipt, Receipt, public_key, verify
from decidedly.privacy.remembered import remembered
from decidedly.privacy.row_files import note_rows
from decidedly.privacy.sweep import sweep

PAGE = "record.html"
_ADDRESSES = ("email", "phone")
"""Ids of the attributes that hold an address."""


@dataclass(frozen=True)
class Office:
    """The places, and what is asked of the hub: the playbook in force, views of people, reasons, models in force."""

    places: Places
    clock: Clock
    playbook: Callable[[], Playbook]
    view: Callable[[Stored, datetime], Person]
    segments_of: Callable[[Person], tuple[str, ...]]
    explain: Callable[[DecisionRecord], Explanation]
    came: Callable[[DecisionRecord], Came]
    postal: Callable[[Person], str]
    models: Callable[[], Mapping[str, str]]

    def export(self, who: Identifier) -> Iterator[Part]:
        """All that is held of a person, part by part. Raises NotFound."""
        return export(self._exporting(self._stored(who)))

    def write_export(self, who: Identifier, folder: Path) -> tuple[Path, Path]:
        """All that is held of a person as two files in a folder: lines of JSON, and a page to read. Raises NotFound.

        The files are written down, so that an erasure finds them.
        """
        stored = self._stored(who)
        lines, shown = folder / LINES, folder / PAGE
        folder.mkdir(parents=True, exist_ok=True)
        note_export(self.places, stored.cluster.leaves, (lines, shown))
        with lines.open("wb") as raw, shown.open("w", encoding="utf-8") as html:
            lines.chmod(0o600)
            shown.chmod(0o600)

            def told() -> Iterator[Part]:
                for part in export(self._exporting(stored)):
                    raw.write(to_line(part))
                    yield part

            html.writelines(page(told()))
        return lines, shown

    def noted(self, leaves: Sequence[str], files: Sequence[Path]) -> None:
        """Other files about people: an erasure of one of them removes all."""
        note_export(self.places, leaves, files)

    def noted_rows(self, file: Path, columns: Mapping[str, str]) -> None:
        """A file of rows about many people: an erasure takes the rows of its person out of it.

        columns : the namespace of whose identifiers a column is
        """
        note_rows(self.places.folder, file, columns)

    def erase(self, who: Identifier, by: str, why: str) -> Erasure:
        """Erase a person as they are now, all of their identifiers, everywhere. Raises NotFound, BadInput."""
        stored = self._stored(who)
        wish = Wish(at=self.clock.now(), by=by, why=why)
        return erase(self._now(), stored, wish, self._addresses(stored), self.models())

    def resume(self, *, everywhere: bool = False) -> list[Erasure]:
        """Go on with erasures that were interrupted, and with those that a restored store has forgotten."""
        return resume(self._now(), everywhere=everywhere)

    @contextmanager
    def sweeping(self) -> Iterator[None]:
        """Meanwhile tables or rows are written of people as they were at its beginning: who is erased by its end goes
        from them too."""
        known = len(self.erasures())
        try:
            yield
        finally:
            if len(self.erasures()) > known:
                sweep(self._now())

    def refitted(self, model: str, version: str) -> None:
        """A model was trained on what is left."""
        refitted(self._now(), model, version)

    def erasures(self) -> list[Erasure]:
        return self.places.holdings.erasures()

    def kept(self) -> list[Kept]:
        """The counts of what was erased."""
        return self.places.holdings.kept()

    def receipt_file(self, erasure: str) -> Path:
        """The signed receipt of an erasure."""
        return receipt_file(self.places.folder, erasure)

    @property
    def public_key(self) -> str:
        """By which anybody can verify the receipts of this hub."""
        return public_key(self.places.seal)

    def verify(self, raw: bytes) -> Receipt:
        """A receipt of this hub, compared with the log of erasures. Raises BadInput, NotAReceipt."""
        receipt = verify(raw, self.public_key)
        logged = [entry.erasure for entry in read_log(self.places.folder).values()]
        ids = [one.id for one in logged]
        if receipt.erasure not in ids or chain(logged[: ids.index(receipt.erasure) + 1]) != receipt.chain:
            raise NotAReceipt(
                "The receipt is signed by this hub, but its log of erasures does not lead to it.",
                place="receipt.chain",
                hint="An erasure is missing from erasures.jsonl, or was changed.",
            )
        return receipt

    def suppressed(self, message: Message, stored: Stored, at: datetime) -> str:
        """Why nothing may be sent to an address: its owner was erased and has not agreed since; "" where it may."""
        if not self.places.holdings.erasures():
            return ""
        erased = remembered(self.places, "value", self._addresses(stored))
        if not erased:
            return ""
        since = max(erased.values())
        agreed = any(
            word.granted and word.provenance.at > since and word.channel in (message.channel, "all")
            for leaf in stored.leaves
            for word in leaf.consents
        )
        return "" if agreed else "the address is suppressed: its owner's data was erased"

    def _stored(self, who: Identifier) -> Stored:
        stored = self.places.reader.person((who,))
        if stored is None:
            raise NotFound(f"Nobody is known as {who}.", hint="Write namespace:value, e.g. loyalty:1029.")
        return stored

    def _now(self) -> Places:
        dictionary = self.playbook().dictionary
        return replace(
            self.places,
            namespaces=tuple(dictionary.identifiers),
            groups=tuple(f"{kind.id}." for kind in dictionary.groups),
            sought=lambda one: sought(one, dictionary),
        )

    def _exporting(self, stored: Stored) -> Exporting:
        book, at = self.playbook(), self.clock.now()
        one = self.view(stored, at)
        types = {attribute.id: attribute.type for attribute in book.dictionary.readable}
        types |= {made.id: aggregate_type(made, book.dictionary) for made in book.dictionary.aggregates}
        return Exporting(
            holdings=self.places.holdings,
            reader=self.places.reader,
            quarantine=self.places.quarantine,
            dictionary=book.dictionary,
            brand=book.brand.name,
            stored=stored,
            at=at,
            segments=self.segments_of(one),
            counting=dict(one.facts),
            types=types,
            explain=self.explain,
            came=self.came,
        )

    def _addresses(self, stored: Stored) -> list[str]:
        """Every address that was ever said of a person, and the postal one as it goes onto a letter."""
        said = [str(fact.value) for leaf in stored.leaves for id in _ADDRESSES for fact in leaf.facts.get(id, ())]
        postal = self.postal(self.view(stored, self.clock.now()))
        return [*said, postal] if postal else said
