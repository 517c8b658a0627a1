"""Relief (点单): residents' orders, visits, and the merchants' ledger."""

from collections.abc import Callable
from datetime import date
from typing import Any, Unpack

from nameko.timer import timer

from services.relief.corrections import Item
from services.relief.documents import INDEXES, Merchant, Order, Stock, Visit
from services.relief.queries import same_resident
from services.relief.rules import age_band
from services.relief.workflow import request_helpers
from shared.aggregates.aggregate import Command
from shared.aggregates.erasure import erase, erasures
from shared.aggregates.personal import PersonalData, personal_keys
from shared.contracts.envelope import Moment
from shared.contracts.messages import Message
from shared.contracts.rpc import relief
from shared.domain.quantities import Quantity
from shared.domain.types import Json
from shared.service.aggregate_commands import When, Where
from shared.service.base_service import Service
from shared.service.due_days import SETTLE_SECONDS, settle_due_days
from shared.service.inbox import inbox
from shared.service.rpc_server import rpc_methods
from shared.service.stocks import declare_stock

rpc = rpc_methods(relief.METHODS)

HELPERS_SECONDS = 2
# What is encrypted and kept of a beneficiary.
PERSONAL = ("name", "phone", "address", "age")


class ReliefService(Service):
    name = "relief"
    indexes = INDEXES
    keys = staticmethod(personal_keys)

    personal = PersonalData()

    def stored_forms(self, arguments: str) -> set[str]:
        return self.personal.stored_forms(arguments)

    @rpc
    def raise_order(
        self,
        command: Command,
        category: str,
        channel: str,
        items: list[str],
        beneficiary: Json,
        **where: Unpack[Where],
    ) -> Json:
        """A resident's need is entered. Its category decides the due date, which the answer gives
        in words for the resident."""
        personal = {name: beneficiary[name] for name in PERSONAL if name in beneficiary}
        return self._open(
            Order,
            self.personal.keyed(command),
            where,
            lambda order, at: order.raise_(self.present_calendar(), at),
            category=category,
            channel=channel,
            items=[Item(item=item) for item in items],
            age_band=age_band(beneficiary.get("age")),
            circumstance=beneficiary.get("circumstance"),
            personal=self.personal.seal(personal),
        )

    @rpc
    def claim_items(
        self, command: Command, id: str, items: list[str], department: str, **when: Unpack[When]
    ) -> Json:
        """A department claims items: the named ones, or every free item when none is named."""
        return self._move(
            Order, command, id, when, lambda order, at: order.claim(items, department, at)
        )

    @rpc
    def release_items(
        self, command: Command, id: str, department: str, reason: str, **when: Unpack[When]
    ) -> Json:
        """A department gives back the items that it claimed."""
        return self._move_keyed(
            command, id, when, lambda order, at: order.release(department, reason, at)
        )

    @rpc
    def ask_helpers(
        self, command: Command, id: str, wanted: int, planned_for: date, **when: Unpack[When]
    ) -> Json:
        """Ask volunteering for helpers with the delivery: pending until it has answered."""
        day = planned_for.isoformat()
        return self._move(
            Order, command, id, when, lambda order, at: order.ask_helpers(wanted, day, at)
        )

    @timer(interval=HELPERS_SECONDS)  # type: ignore[untyped-decorator]  # nameko has no types
    def request_helpers(self) -> None:
        """Send pending requests for helpers to volunteering and record its answers."""
        request_helpers(self.repository, self.context)

    @timer(interval=SETTLE_SECONDS)  # type: ignore[untyped-decorator]  # nameko has no types
    def settle_due_days(self) -> None:
        """Make provisional promises final, once the calendar notice is known."""
        settle_due_days(self.repository, self.name, Order, self.present_calendar())

    @rpc
    def deliver_order(
        self, command: Command, id: str, served_by: str | None, **when: Unpack[When]
    ) -> Json:
        """Everything was brought to the resident."""
        return self._move(Order, command, id, when, lambda order, at: order.deliver(at, served_by))

    @rpc
    def confirm_order(self, command: Command, id: str, **when: Unpack[When]) -> Json:
        """The resident confirms the delivery: only now the order counts as resolved."""
        return self._move(Order, command, id, when, Order.confirm)

    @rpc
    def rate_order(self, command: Command, id: str, rating: int, **when: Unpack[When]) -> Json:
        """The resident rates a confirmed order, 1 to 5."""
        return self._move(Order, command, id, when, lambda order, at: order.rate(rating, at))

    @rpc
    def reject_order(self, command: Command, id: str, reason: str, **when: Unpack[When]) -> Json:
        """The order is outside this programme."""
        return self._move_keyed(command, id, when, lambda order, at: order.reject(reason, at))

    @rpc
    def withdraw_order(self, command: Command, id: str, reason: str, **when: Unpack[When]) -> Json:
        """The resident takes the order back."""
        return self._move_keyed(command, id, when, lambda order, at: order.withdraw(reason, at))

    @rpc
    def reopen_order(self, command: Command, id: str, reason: str, **when: Unpack[When]) -> Json:
        """The resident reports that the need is not met."""
        return self._move_keyed(command, id, when, lambda order, at: order.reopen(reason, at))

    @rpc
    def correct_order(self, command: Command, id: str, **correction: Any) -> Json:
        """Correct how an order was raised, or withdraw one that was entered by mistake. What has
        become of it since stays as it was."""
        return self._correct(
            Order,
            self.personal.keyed(command),
            id,
            correction,
            calendar=self.present_calendar(),
        )

    @rpc
    def correct_order_time(
        self, command: Command, id: str, step: str, reason: str, **when: Unpack[When]
    ) -> Json:
        """An order was claimed, delivered, confirmed and so on at another time than entered."""
        return self._move_keyed(
            command, id, when, lambda order, at: order.correct_time(step, reason, at)
        )

    @rpc
    def erase_beneficiary(self, command: Command, id: str, ground: str) -> Json:
        """The resident's personal data and the texts about the resident are deleted from an order,
        which stays and counts as before. Raises Conflict while the order is open."""
        return erase(self.repository, Order, command, id, ground)

    @rpc
    def erasures(self, after: str | None, limit: int | None) -> list[Json]:
        """The orders whose resident was erased: id, when, by whom, and on what ground."""
        return erasures(self.repository, Order, after, limit)

    @rpc
    def orders_of_same_resident(self, id: str) -> list[Json]:
        """Other orders that seem to be of the same resident: with the same phone number, or with
        the same name and address."""
        return same_resident(self.repository, self.personal, id)

    @rpc
    def order(self, id: str) -> Json:
        """An order as its last event reported it, without the beneficiary's personal data."""
        order = self.repository.get(Order, id)
        found = {"id": id, "orgunit": order.orgunit, "version": order.version}
        return found | order.state() | order.promised()

    @rpc
    def record_visits(
        self,
        command: Command,
        kind: str,
        what: Json | None,
        visits: Quantity,
        **where: Unpack[Where],
    ) -> Json:
        """A round of visits to households or merchants."""
        return self._open(
            Visit,
            command,
            where,
            Visit.record_visits,
            kind=kind,
            what=what,
            visits=visits.to_json(),
        )

    @rpc
    def correct_visits(
        self,
        command: Command,
        id: str,
        visits: Quantity,
        withdrawn: bool,
        reason: str,
        orgunit: str | None,
        **when: Unpack[When],
    ) -> Json:
        """Correct what was recorded, or withdraw it."""
        number = visits.to_json()

        def correct(visit: Visit, at: Moment) -> None:
            visit.correct(number, withdrawn, reason, at)

        return self._move(Visit, command, id, when, correct, orgunit)

    @rpc
    def register_merchant(self, command: Command, name: str, **where: Unpack[Where]) -> Json:
        """A merchant joins the ledger."""
        return self._open(Merchant, command, where, Merchant.register, name=name)

    @rpc
    def close_merchant(self, command: Command, id: str, **when: Unpack[When]) -> Json:
        """A merchant has closed and leaves the ledger."""
        return self._move(Merchant, command, id, when, Merchant.close)

    @rpc
    def correct_merchant(self, command: Command, id: str, **correction: Any) -> Json:
        """Correct what was entered of a merchant, or withdraw one that was entered by mistake."""
        return self._correct(Merchant, command, id, correction)

    @rpc
    def withdraw_stock(self, command: Command, id: str, reason: str) -> Json:
        """A stock was declared by mistake: it counts in no week."""
        return self.repository.change(Stock, id, command, lambda stock: stock.withdraw(reason))

    @rpc
    def declare_stock(
        self,
        command: Command,
        stock: str,
        level: Quantity,
        reported_by: str | None,
        **where: Unpack[Where],
    ) -> Json:
        """The merchants' ledger as a count of a date."""
        place = self.place(**where)
        return declare_stock(self.repository, Stock, command, place, stock, level, reported_by)

    @inbox
    def receive(self, messages: list[Message]) -> None:
        """Keeps the registry of org units up to date."""
        self.context.update_registry(messages)

    def _move_keyed(
        self, command: Command, id: str, when: When, act: Callable[[Order, Moment], object]
    ) -> Json:
        """Change an order by a command whose reason may say something about the resident."""
        return self._move(Order, self.personal.keyed(command), id, when, act)
