"""Relief (点单): residents' orders, visits, and the merchants' ledger."""

from nameko.timer import timer

from services.relief.documents import INDEXES, Item, Merchant, Order, Stock, Visit
from services.relief.helpers import HELPERS_SECONDS, seek_helpers
from services.relief.rules import age_band, due_on
from shared.aggregates.personal import PersonalData, personal_keys
from shared.contracts.rpc import relief
from shared.service.base_service import Service
from shared.service.inbox import inbox
from shared.service.rpc_server import rpc_methods
from shared.service.stocks import declare_stock

rpc = rpc_methods(relief.METHODS)


class ReliefService(Service):
    name = "relief"
    indexes = INDEXES

    personal = PersonalData()

    @staticmethod
    def keys(settings):
        return personal_keys(settings)

    @rpc
    def raise_order(self, command, category, channel, items, beneficiary, **where):
        """A resident's need is entered; due by the promise for its category."""
        orgunit, moment = self.place(**where)
        secret = {
            name: beneficiary[name]
            for name in ("name", "phone", "address", "age")
            if name in beneficiary
        }
        return self.repository.create(
            Order,
            self.personal.keyed(command),
            lambda order: order.raise_(moment),
            orgunit=orgunit,
            category=category,
            channel=channel,
            items=[Item(item=item) for item in items],
            raised_on=moment.day.isoformat() if moment.day else None,
            due=due_on(category, moment.last_day).isoformat(),
            age_band=age_band(beneficiary.get("age")),
            circumstance=beneficiary.get("circumstance"),
            personal=self.personal.seal(secret),
        )

    @rpc
    def claim_items(self, command, id, items, department, **when):
        """A department takes items on: all that are free when none is named."""
        return self._order(command, id, when, lambda order, at: order.claim(items, department, at))

    @rpc
    def release_items(self, command, id, department, reason, **when):
        """A department gives back what it claimed."""
        return self._order(
            command, id, when, lambda order, at: order.release(department, reason, at)
        )

    @rpc
    def ask_helpers(self, command, id, wanted, planned_for, **when):
        """Ask volunteering for helpers with the delivery: pending until it has answered."""
        day = planned_for.isoformat()
        return self._order(command, id, when, lambda order, at: order.ask_helpers(wanted, day, at))

    @timer(interval=HELPERS_SECONDS)
    def seek_helpers(self):
        """Pass pending requests on to volunteering, and note what it answers."""
        seek_helpers(self.repository, self.context)

    @rpc
    def deliver_order(self, command, id, served_by, **when):
        """Everything was brought to the resident."""
        return self._order(command, id, when, lambda order, at: order.deliver(at, served_by))

    @rpc
    def confirm_order(self, command, id, **when):
        """The resident confirms: only now the order counts as resolved."""
        return self._order(command, id, when, lambda order, at: order.confirm(at))

    @rpc
    def rate_order(self, command, id, rating, **when):
        """The resident rates a confirmed order, 1 to 5."""
        return self._order(command, id, when, lambda order, at: order.rate(rating, at))

    @rpc
    def reject_order(self, command, id, reason, **when):
        """The order isn't one for this programme."""
        return self._order(command, id, when, lambda order, at: order.reject(reason, at))

    @rpc
    def withdraw_order(self, command, id, reason, **when):
        """The resident takes the order back."""
        return self._order(command, id, when, lambda order, at: order.withdraw(reason, at))

    @rpc
    def reopen_order(self, command, id, reason, **when):
        """The resident says that it isn't solved."""
        return self._order(command, id, when, lambda order, at: order.reopen(reason, at))

    @rpc
    def order(self, id):
        """An order as its events tell it: without the beneficiary's personal data."""
        order = self.repository.get(Order, id)
        return {"id": id, "orgunit": order.orgunit, "version": order.version, **order.state()}

    @rpc
    def record_visits(self, command, kind, what, visits, **where):
        """A round of visits to households or merchants."""
        orgunit, moment = self.place(**where)
        return self.repository.create(
            Visit,
            command,
            lambda visit: visit.record_visits(moment),
            orgunit=orgunit,
            kind=kind,
            what=what,
            visits=visits.to_json(),
        )

    @rpc
    def correct_visits(self, command, id, visits, withdrawn, reason, **when):
        """Put right what was recorded, or take it back."""
        moment = self.moment(**when)
        return self.repository.change(
            Visit,
            id,
            command,
            lambda visit: visit.correct(visits.to_json(), withdrawn, reason, moment),
        )

    @rpc
    def register_merchant(self, command, name, **where):
        """A merchant joins the ledger."""
        orgunit, moment = self.place(**where)
        return self.repository.create(
            Merchant, command, lambda it: it.register(moment), orgunit=orgunit, name=name
        )

    @rpc
    def close_merchant(self, command, id, **when):
        """A merchant has closed and leaves the ledger."""
        moment = self.moment(**when)
        return self.repository.change(Merchant, id, command, lambda it: it.close(moment))

    @rpc
    def declare_stock(self, command, stock, level, reported_by, **where):
        """The merchants' ledger as a count of a date."""
        place = self.place(**where)
        return declare_stock(self.repository, Stock, command, place, stock, level, reported_by)

    @inbox
    def receive(self, messages):
        """Keeps the registry of org units up to date."""
        self.context.keep_registry(messages)

    def _order(self, command, id, when, act):
        moment = self.moment(**when)
        return self.repository.change(Order, id, command, lambda order: act(order, moment))
