"""Both editions of an issue: signed, with the manifests of their forms."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from services.supervision.briefing.signing import Signer
from services.supervision.documents import ISSUED, OF_EDITION, Briefing
from services.supervision.forms import rendering
from services.supervision.proof import manifest
from services.supervision.workflow.issue_forms import IssueForms, entries
from services.supervision.workflow.issue_maker import Made, NotMade, make
from services.supervision.workflow.publication_checks import require_size
from shared.aggregates.repository import Repository
from shared.domain import canonical
from shared.domain.form_names import INTERNAL, PUBLIC
from shared.domain.types import Json


class IssueEditions:
    """`threshold` is the smallest number that the public edition prints, beside 0; `forms` are the
    names of the forms that are made at publication."""

    def __init__(
        self,
        repository: Repository,
        signer: Signer,
        kept: IssueForms,
        threshold: int,
        forms: Sequence[str],
    ) -> None:
        self.repository = repository
        self.signer = signer
        self.kept = kept
        self.threshold = threshold
        self.forms = forms

    def published(self, briefing: Briefing, unsigned: Json, facts_root: str) -> dict[str, Any]:
        """What is stored of an issue that is published with this document, as `Briefing.publish`
        takes it; its forms are kept.

        Raises Conflict where it is too long, and where its forms can't be made.
        """
        internal = rendering.signed(unsigned, self.signer)
        number = max(self.repository.values(Briefing, "publication"), default=0)
        earlier = self._printed(number)
        try:
            unsigned_public, made = make(internal, earlier, number, self.threshold, self.forms)
        except NotMade as error:
            briefing.refuse(action="publish", reason=f"its forms can't be made: {error}")
        public = rendering.signed(unsigned_public, self.signer)
        require_size(briefing, internal, public)
        self.kept.keep(made)
        first, second = (
            self._edition(briefing.urn, name, document, made, facts_root)
            for name, document in ((INTERNAL, internal), (PUBLIC, public))
        )
        return first | {
            "issue": internal["issue"],
            "published_at": internal["masthead"]["published_at"],
            "changes": internal["late"],
            "changed_parts": internal["changed_parts"],
            "public": second,
            # Refused by the database where another issue has it meanwhile: then it is made again.
            "publication": number + 1,
        }

    def public_again(self, internal: Json, number: int, threshold: int) -> Json:
        """The public edition of a document, without signature, made with the first `number` public
        ones. Raises NotMade."""
        return make(internal, self._printed(number), number, threshold, ())[0]

    def _printed(self, number: int) -> Iterator[str]:
        """The texts of the first `number` public editions, and of the issues that were published as
        a whole before there were editions."""
        query: Json = {"_cls": Briefing.class_name(), "status": {"$in": list(ISSUED)}}
        collection = self.repository.collection
        public = query | {"publication": {"$lte": number}}
        for found in collection.find(public, {"public.document": 1}):
            yield found["public"]["document"]
        whole = query | {"publication": {"$exists": False}}
        for found in collection.find(whole, {"document": 1}):
            yield found["document"]

    def _edition(
        self, urn: str, name: str, document: Json, made: Iterable[Made], facts_root: str
    ) -> Json:
        stated = {
            "urn": urn,
            "edition": name,
            "digest": document["digest"],
            "renderings": list(entries(urn, name, made)),
            "facts_root": facts_root,
        }
        text = canonical.dumps(document).decode()
        of_document = {it: document[it] for it in OF_EDITION if it != "document"}
        return of_document | {
            "document": text,
            "manifest": manifest.signed(stated, self.signer),
        }
