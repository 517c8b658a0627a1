"""RPC methods for the keys that sign issues."""

from datetime import datetime

from services.supervision.briefing.signing import Signer
from services.supervision.workflow.issue_signer import SignerProvider
from services.supervision.workflow.signing_keys import SigningKeys
from shared.aggregates.aggregate import Command
from shared.contracts.rpc import keys
from shared.domain.types import Json
from shared.service.aggregate_commands import AggregateCommands
from shared.service.rpc_server import rpc_methods

rpc = rpc_methods(keys.METHODS)


class KeyCommands(AggregateCommands):
    signer: Signer = SignerProvider()

    @rpc
    def announce_key(self, command: Command, public_key: str, used_from: datetime) -> Json:
        """The next key is known before it is used."""
        return self.signing_keys_stored.announce_next(command, public_key, used_from)

    @rpc
    def retire_key(self, command: Command, keyid: str, reason: str) -> Json:
        """A former key isn't used any more. What it has signed stays valid."""
        return self.signing_keys_stored.retire(command, keyid, reason)

    @rpc
    def signing_keys(self) -> list[Json]:
        """All keys that were announced, in the order of their use."""
        return [
            {
                "id": key.id,
                "orgunit": key.orgunit,
                "version": key.version,
                **key.state(),
                "pem": key.public.pem,
            }
            for key in self.signing_keys_stored.all()
        ]

    @property
    def signing_keys_stored(self) -> SigningKeys:
        return SigningKeys(self.repository, self.signer, self.context.orgunits.district())
