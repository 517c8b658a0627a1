"""The database indexes of supervision, collected from the modules that own the collections."""

from services.supervision import documents
from services.supervision.facts import fact_store
from services.supervision.figures import figure_cache
from services.supervision.receipts import receipt_store, sent_issues
from services.supervision.workflow import rebuild_jobs
from shared.platform.database import Indexes

INDEXES: Indexes = {
    **fact_store.INDEXES,
    **figure_cache.INDEXES,
    **rebuild_jobs.INDEXES,
    **receipt_store.INDEXES,
    **sent_issues.INDEXES,
    **documents.INDEXES,
}
