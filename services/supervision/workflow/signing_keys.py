"""The keys that sign issues: announced before their first signature, and kept for good, so that
issues of former keys can still be checked."""

import hashlib
from collections.abc import Iterable
from datetime import datetime

from mongoengine import StringField

from services.supervision.briefing.signing import PublicKey, Signer
from services.supervision.documents import OWN_ACTOR
from services.supervision.oversight.schema_state import SchemaState
from shared.aggregates.aggregate import Aggregate, Command, Step
from shared.aggregates.repository import Repository
from shared.contracts.envelope import Moment
from shared.contracts.events.keys import ALGORITHM, KeyState
from shared.domain.errors import Conflict, ValidationFailed
from shared.domain.periods import format_instant, parse_instant
from shared.domain.types import Json


def key_id(keyid: str) -> str:
    return f"key:{keyid}"


class SigningKey(SchemaState, Aggregate):
    """announced → retired. A key is announced again where it is used earlier than was said."""

    entity = "supervision.key"
    state_schema = KeyState
    steps = {
        "announce": Step(("announced",)),
        "retire": Step(("announced",), "retired"),
    }

    keyid = StringField(required=True)
    algorithm = StringField(required=True, default=ALGORITHM)
    public_key = StringField(required=True)
    status = StringField(required=True, default="announced")
    used_from = StringField(required=True)
    previous = StringField()
    signature = StringField()
    retired_at = StringField()
    reason = StringField()

    @property
    def public(self) -> PublicKey:
        return PublicKey.of_text(self.public_key)

    def is_used(self, now: datetime) -> bool:
        return parse_instant(self.used_from) <= now

    def announce(self, used_from: datetime, moment: Moment) -> None:
        self.step("announce")
        self.used_from = format_instant(used_from)
        self.record("supervision.key.announced", moment)

    def retire(self, reason: str, moment: Moment) -> None:
        self.step("retire")
        self.retired_at, self.reason = format_instant(moment.time), reason
        self.record("supervision.key.retired", moment)


class Keyring:
    """All keys with which issues were signed: verifies as a Signer does."""

    def __init__(self, keys: Iterable[PublicKey]) -> None:
        self._keys = tuple(keys)

    def verifies(self, signature: str, message: bytes) -> bool:
        return any(key.verifies(signature, message) for key in self._keys)


class SigningKeys:
    """The keys in the database. `signer` has the present one; `district` is the code of the
    district, None as long as the registry has none: nothing can be published then."""

    def __init__(self, repository: Repository, signer: Signer, district: str | None) -> None:
        self._repository = repository
        self._signer = signer
        self._district = district

    def all(self) -> list[SigningKey]:
        """In the order of their use."""
        return sorted(self._repository.find(SigningKey), key=lambda it: parse_instant(it.used_from))

    def keyring(self) -> Keyring:
        return Keyring([self._signer.public, *(key.public for key in self.all())])

    def announce_present(self) -> None:
        """The present key is announced, unless it was before. Raises Conflict where it is
        retired."""
        if self._district is None:
            return
        keyid, now = self._signer.keyid, self._repository.clock.now()
        known = next((key for key in self.all() if key.keyid == keyid), None)
        if known and known.status == "retired":
            known.refuse(reason="is retired: give supervision another key")
        if known and known.is_used(now):
            return
        times = known.version if known else 0
        command = self._repository.command(
            "announce_key", f"own:announce_key:{keyid}:{times}", OWN_ACTOR, {"keyid": keyid}
        )
        self._announce(command, self._signer.public, now)

    def announce_next(self, command: Command, public_key: str, used_from: datetime) -> Json:
        """Announce a key before it is used, signed with the present one. Raises ValidationFailed,
        Conflict."""
        try:
            key = PublicKey.of_text(public_key)
        except ValueError:
            example = self._signer.public.text
            wanted = (
                f"Must be the public half of an Ed25519 key (DER) in base64, such as {example}."
            )
            raise ValidationFailed({"public_key": [wanted]}) from None
        if self._district is None:
            raise Conflict({"reason": "the registry has no district yet: import org units first"})
        if key.keyid == self._signer.keyid:
            raise Conflict({"id": key_id(key.keyid), "reason": "is the present key"})
        self.announce_present()
        signature = self._signer.sign(endorsed(key))
        return self._announce(command, key, used_from, self._signer.keyid, signature)

    def retire(self, command: Command, keyid: str, reason: str) -> Json:
        """Raises NotFound, and Conflict for the present key."""
        if keyid == self._signer.keyid:
            raise Conflict({"id": key_id(keyid), "reason": "is the present key"})
        now = Moment(command.recorded)
        return self._repository.change(
            SigningKey, key_id(keyid), command, lambda key: key.retire(reason, now)
        )

    def _announce(
        self,
        command: Command,
        key: PublicKey,
        used_from: datetime,
        previous: str | None = None,
        signature: str | None = None,
    ) -> Json:
        before = [it for it in self.all() if it.keyid != key.keyid]
        return self._repository.put(
            SigningKey,
            key_id(key.keyid),
            command,
            lambda it: it.announce(used_from, Moment(command.recorded)),
            orgunit=self._district,
            keyid=key.keyid,
            public_key=key.text,
            previous=previous or (before[-1].keyid if before else None),
            signature=signature,
        )


def endorsed(key: PublicKey) -> bytes:
    """What the key before it signs."""
    return hashlib.sha256(key.text.encode()).hexdigest().encode()
