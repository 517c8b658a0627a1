"""What making the forms costs, up to a district with 176 communities."""

import json
import subprocess
import sys

import pytest

from deploy.local.places import ROOT
from tests.support import issue_documents

# In a process of their own, as they are made.
TABLES = """
import json, sys, time
from services.supervision.forms.catalogue import TABLE_FORMS
document = json.load(sys.stdin)
began = time.process_time()
for form in TABLE_FORMS:
    for lang in ("zh", "en"):
        form.make(document, lang)
# `ru_maxrss` would begin with what the process that started this one had.
with open("/proc/self/status") as status:
    [peak] = [line.split()[1] for line in status if line.startswith("VmHWM")]
print(json.dumps({"seconds": time.process_time() - began, "kilobytes": int(peak)}))
"""


@pytest.mark.parametrize(
    ("document", "seconds", "megabytes"),
    [
        (lambda: issue_documents.drawn(1, 4, 20), 4, 100),
        pytest.param(lambda: issue_documents.large(1), 20, 200, marks=pytest.mark.long),
    ],
    ids=["small", "large"],
)
def test_all_table_forms_in_both_languages_are_made_in_time_and_memory(
    document, seconds, megabytes
):
    assert_within(TABLES, document(), seconds, megabytes)


# Typst, which makes the PDF, has a process of its own below that.
PRINTED = """
import json, resource, sys, time
from services.supervision.forms.catalogue import PRINTED_FORMS
document = json.load(sys.stdin)
for form in PRINTED_FORMS:
    for lang in ("zh", "en"):
        form.make(document, lang)
below = resource.getrusage(resource.RUSAGE_CHILDREN)
with open("/proc/self/status") as status:
    [peak] = [line.split()[1] for line in status if line.startswith("VmHWM")]
print(json.dumps({
    "seconds": time.process_time() + below.ru_utime + below.ru_stime,
    "kilobytes": max(int(peak), below.ru_maxrss),
}))
"""


@pytest.mark.parametrize(
    ("document", "seconds", "megabytes"),
    [
        (lambda: issue_documents.drawn(1, 4, 20), 6, 250),
        pytest.param(lambda: issue_documents.large(1), 20, 400, marks=pytest.mark.long),
    ],
    ids=["small", "large"],
)
def test_all_printed_forms_in_both_languages_are_made_in_time_and_memory(
    monkeypatch, document, seconds, megabytes
):
    # The outline has no words for a change of a suppressed figure.
    monkeypatch.setattr(issue_documents, "MISSING", ("not_stated", "none", "unknown"))
    assert_within(PRINTED, document(), seconds, megabytes)


def assert_within(program, document, seconds, megabytes):
    ended = subprocess.run(
        [sys.executable, "-c", program],
        input=json.dumps(document).encode(),
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    used = json.loads(ended.stdout)
    assert used["seconds"] < seconds
    assert used["kilobytes"] < megabytes * 1024
