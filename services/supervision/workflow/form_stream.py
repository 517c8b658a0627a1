"""The forms of public editions, sent to the stream that subscribers may read.

They are sent after the publication, at least once: each message has the urn and the digest of its
form, by which a reader takes it once. Issues of before are sent too, and all of them again where
the stream is empty, because the broker has lost its data.
"""

from collections.abc import Iterator

import amqp
from pymongo.errors import DuplicateKeyError

from services.supervision.documents import ISSUED, Briefing
from services.supervision.workflow.issue_forms import IssueForms
from shared.contracts.issue_files import FORM
from shared.contracts.limits import MESSAGE_BYTES
from shared.domain.errors import Conflict, DeadlineExceeded
from shared.domain.form_names import PUBLIC
from shared.domain.types import Document, Json
from shared.messaging.direct_channel import direct_channel, publish_confirmed
from shared.platform import logging_setup
from shared.platform.topology import FORM_STREAM, FORMS
from shared.service.service_context import ServiceContext

log = logging_setup.get(__name__)

SEND_SECONDS = 15


class FormStream:
    def __init__(self, context: ServiceContext, kept: IssueForms) -> None:
        self._context = context
        self._kept = kept
        self._issues = context.database["aggregates"]
        # The ids of the issues whose forms the stream has.
        self._sent = context.database["sent_forms"]

    def send_due(self) -> None:
        """Send the forms of the issues that the stream doesn't have, in the order of their
        publication. What can't be sent now is sent the next time."""
        try:
            self._send_due()
        except (Conflict, DeadlineExceeded) as error:
            log.warning("forms not sent", reason=str(error))

    def _send_due(self) -> None:
        with direct_channel(self._context.settings.amqp_uri) as channel:
            if not channel.queue_declare(FORM_STREAM, passive=True).message_count:
                self._sent.delete_many({})
            for issue in self._due():
                for form in issue["public"]["manifest"]["renderings"]:
                    self._send(channel, issue, form)
                try:
                    self._sent.insert_one({"_id": issue["_id"]})
                except DuplicateKeyError:
                    # Another instance has sent it too.
                    continue

    def _due(self) -> Iterator[Document]:
        sent = set(self._sent.distinct("_id"))
        query = {"_cls": Briefing.class_name(), "publication": {"$exists": True}}
        wanted = dict.fromkeys(("issue", "period", "revision", "public.manifest"), 1)
        found = self._issues.find(query | {"status": {"$in": list(ISSUED)}}, wanted)
        return (it for it in found.sort("publication", 1) if it["_id"] not in sent)

    def _send(self, channel: amqp.Channel, issue: Document, form: Json) -> None:
        body = self._kept.body(form["sha256"])
        if body is None or len(body) > MESSAGE_BYTES:
            reason = "it is not kept" if body is None else "it is longer than a message may be"
            log.warning("form not sent", urn=form["urn"], reason=reason)
            return
        message = amqp.Message(
            body,
            content_type=form["media_type"],
            delivery_mode=2,
            message_id=form["urn"],
            type=FORM,
            app_id="supervision",
            # As FormHeaders declares them.
            application_headers={
                "urn": form["urn"],
                "form": form["format"],
                "lang": form["lang"],
                "sha256": form["sha256"],
                "edition": PUBLIC,
                "issue": str(issue["issue"]),
                "period": issue["period"],
                "revision": str(issue["revision"]),
            },
        )
        publish_confirmed(channel, message, FORMS, form["format"], FORM_STREAM)
