"""A published issue in both editions with its forms, as supervision stores it, without servers."""

from services.supervision.documents import Briefing
from services.supervision.proof import merkle
from services.supervision.proof.merkle import Leaf
from services.supervision.workflow.issue_editions import IssueEditions
from services.supervision.workflow.issue_forms import digest_of
from shared.domain.periods import Week
from tests.unit.services.supervision.forms.test_rendering import signer
from tests.unit.services.supervision.proof.test_verify import FACTS, ISSUE, stored_beside

FORMS = ("text", "html", "csv")
AT = Week(2017, 6).cutoff
ROOT = merkle.facts_root(
    Leaf(it["source"], it["seq"], it["_id"], it["digest"])
    for it in sorted(FACTS, key=lambda fact: (fact["source"], fact["seq"]))
)


class Kept:
    """The files by digest, as IssueForms keeps them."""

    def __init__(self):
        self.files = {}

    def keep(self, made):
        self.files |= {digest_of(form.body): form.body for form in made}

    def body(self, sha256):
        body = self.files.get(sha256)
        return body if body is not None and digest_of(body) == sha256 else None


class NoIssues:
    """A repository without earlier issues."""

    @staticmethod
    def values(kind, name):
        return []

    class collection:
        @staticmethod
        def find(query, fields):
            return []


def editions(kept, forms=FORMS):
    return IssueEditions(NoIssues, signer(), kept, 5, forms)


def published():
    """(issue, kept files)"""
    kept = Kept()
    unsigned = {name: it for name, it in ISSUE.items() if name not in ("digest", "signature")}
    unsigned["masthead"] = unsigned["masthead"] | {"facts_root": ROOT[:16]}
    issue = Briefing(**stored_beside(ISSUE))
    stored = editions(kept).published(issue, unsigned, ROOT)
    for name, value in stored.items():
        setattr(issue, name, value)
    return issue, kept
