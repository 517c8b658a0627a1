"""The guarantees, each taken out of the code in turn: which test notices.

A mutation is a name, the file it spoils, the text that it replaces (found exactly once) with what,
and the file and the name of the test that has to fail; any of the file's where no name is given.
"""

from typing import NamedTuple

INTEGRATION = "tests/integration"


class Mutation(NamedTuple):
    name: str
    file: str
    text: str
    instead: str
    killed_by: tuple[str, str]


MUTATIONS = [
    Mutation(
        "a batch is acknowledged before it is written",
        "shared/service/inbox.py",
        "        self._at_work.append((batch, done))\n",
        "        self._at_work.append((batch, done))\n        consumer.ack_all(batch)\n",
        (
            f"{INTEGRATION}/test_inbox.py",
            "test_a_supervision_killed_in_the_middle_counts_each_event_once",
        ),
    ),
    Mutation(
        "no dedupe: an event that comes again is another fact",
        "services/supervision/facts/fact_store.py",
        '        "_id": head.id,\n',
        '        "_id": head.id + hashlib.sha256(repr(id(head)).encode()).hexdigest()[:8],\n',
        (f"{INTEGRATION}/test_inbox.py", "test_events_delivered_twice_and_shuffled_count_once"),
    ),
    Mutation(
        "no sweeper: what the relay left stays",
        "shared/messaging/outbox.py",
        "        return sum(run_concurrently(CONCURRENCY, self.send, self._batches()))\n",
        "        return 0\n",
        (
            f"{INTEGRATION}/test_outbox.py",
            "test_a_relief_killed_after_every_few_commands_loses_none",
        ),
    ),
    Mutation(
        "the broker's confirms are ignored",
        "shared/messaging/publisher.py",
        "            connection.await_confirms(tags)\n",
        "",
        (
            f"{INTEGRATION}/test_publisher.py",
            "test_a_message_that_the_broker_refuses_is_no_message_that_went_out",
        ),
    ),
    Mutation(
        "an event is pulled from its aggregate before it is published",
        "shared/messaging/outbox.py",
        "        self.publisher.publish(self.exchange, messages)\n",
        '        self.aggregates.update_many(PENDING, {"$set": {"pending": []}})\n'
        "        self.publisher.publish(self.exchange, messages)\n",
        (
            f"{INTEGRATION}/test_publisher.py",
            "test_what_was_refused_stays_pending_and_goes_out_later_with_the_same_number",
        ),
    ),
    Mutation(
        "a number is drawn before the log is written",
        "shared/messaging/event_log.py",
        "        # Unknown until the insert has succeeded.\n        self._last_known = None\n",
        "        self._last_known = last + len(pending)\n",
        (
            f"{INTEGRATION}/test_publisher.py",
            "test_a_relay_that_thinks_an_old_number_is_the_last_leaves_no_gap",
        ),
    ),
    Mutation(
        "subjects are noted only after the facts are there",
        "services/supervision/figures/pending_folds.py",
        "        self._put(self._unreplicated, identity, subjects, whole=False)\n",
        "",
        (
            f"{INTEGRATION}/test_figures.py",
            "test_facts_of_a_batch_that_died_before_its_second_note_count",
        ),
    ),
    Mutation(
        "subjects are noted only before the facts are there",
        "services/supervision/figures/pending_folds.py",
        '        if not self.collection.update_one({"_id": identity}, whole).matched_count:\n',
        "        if False:\n",
        (
            f"{INTEGRATION}/test_figures.py",
            "test_a_folder_that_was_faster_than_the_facts_folds_again",
        ),
    ),
    Mutation(
        "a subject is folded only where one of its facts lies, not where it leaves",
        "services/supervision/facts/fact_store.py",
        '                cells[fact["subject"]].append((fact["period"], fact["orgunit"]))\n',
        '                cells[fact["subject"]] = [(fact["period"], fact["orgunit"])]\n',
        (
            f"{INTEGRATION}/test_inbox.py",
            "test_a_correction_takes_its_event_out_of_the_week_before",
        ),
    ),
    Mutation(
        "what is folded from memory lacks what another process stored",
        "services/supervision/facts/recent_facts.py",
        " if len(texts) == len(cells.get(it, ()))",
        "",
        (f"{INTEGRATION}/test_recent_facts.py", "test_what_another_process_stored_is_found"),
    ),
    Mutation(
        "a later fact under a sealed number isn't noticed where all chunks are read at once",
        "services/supervision/proof/whole_facts.py",
        "        if number <= ends.get(source, 0):\n",
        "        if not number:\n",
        (f"{INTEGRATION}/test_evidence.py", "test_a_later_fact_may_claim_no_sealed_number"),
    ),
    Mutation(
        "a folder that saw less overwrites one that saw more",
        "services/supervision/figures/figure_cache.py",
        '{"_id": name, "seen": {"$lte": document["seen"]}}',
        '{"_id": name}',
        (
            f"{INTEGRATION}/test_figures.py",
            "test_a_folder_that_saw_less_does_not_overwrite_one_that_saw_more",
        ),
    ),
    Mutation(
        "a repeated command is carried out again",
        "shared/aggregates/repository.py",
        '        if entry["id"] == command.id:\n',
        "        if False:\n",
        (f"{INTEGRATION}/test_commands.py", ""),
    ),
    Mutation(
        "two writers of one aggregate don't notice each other",
        "shared/aggregates/repository.py",
        '                {"_id": aggregate.id, "version": aggregate.version}, update\n',
        '                {"_id": aggregate.id}, update\n',
        (f"{INTEGRATION}/test_commands.py", ""),
    ),
    Mutation(
        "what can't be handled is dropped",
        "shared/service/inbox.py",
        "        self.context.dead_letters.add(delivery, reason, detail, orgunit, times)\n",
        "",
        (
            f"{INTEGRATION}/test_inbox.py",
            "test_of_a_batch_only_the_message_that_cannot_be_stored_is_a_dead_letter",
        ),
    ),
    Mutation(
        "the event that came last decides, not the one of the highest version",
        "services/supervision/figures/as_of.py",
        '    return event["subjectsequence"], event["id"]\n',
        "    return 0, str(id(event))\n",
        ("tests/unit/services/supervision/figures/test_fold.py", ""),
    ),
    Mutation(
        "a number that another event has is given once more",
        "services/supervision/facts/fact_store.py",
        '        IndexModel([("source", ASCENDING), ("seq", ASCENDING)], unique=True),\n',
        '        IndexModel([("source", ASCENDING), ("seq", ASCENDING)]),\n',
        (
            f"{INTEGRATION}/test_inbox.py",
            "test_another_event_with_a_number_that_is_taken_is_a_dead_letter",
        ),
    ),
    Mutation(
        "the fast path takes any text for a day",
        "shared/contracts/compiled_decoders.py",
        "    fields.Day: _DAY,\n",
        '    fields.Day: r".*",\n',
        ("tests/unit/shared/contracts/test_envelope.py", ""),
    ),
    Mutation(
        "a service may publish as another one",
        "deploy/broker/definitions.json",
        '"write": "^(clinics\\\\.events|',
        '"write": "^(relief\\\\.events|clinics\\\\.events|',
        (f"{INTEGRATION}/test_permissions.py", "test_the_broker_refuses"),
    ),
    Mutation(
        "a service may write another one's database",
        "shared/platform/database.py",
        '{"role": "readWrite", "db": database_name(service)}',
        '{"role": "readWriteAnyDatabase", "db": "admin"}',
        (f"{INTEGRATION}/test_permissions.py", "test_the_database_refuses"),
    ),
    Mutation(
        "a version removes what a newer one beside it has stored",
        "shared/aggregates/aggregate.py",
        "        return (self._stored_fields & declared) - document.keys()\n",
        "        return self._stored_fields - document.keys() - "
        '{"version", "commands", "pending"}\n',
        (
            f"{INTEGRATION}/test_two_versions.py",
            "test_both_serve_and_what_only_the_new_one_knows_outlives_the_old_one",
        ),
    ),
    Mutation(
        "any server with a certificate of the authority is taken for the broker",
        "shared/platform/broker.py",
        '"server_hostname": self.host}',
        "}",
        (f"{INTEGRATION}/test_tls.py", "test_a_server_of_another_name_is_refused"),
    ),
    Mutation(
        "a log that is published again loses its last events",
        "shared/messaging/outbox.py",
        "        self.publisher.publish(self.exchange, logged)\n",
        "        self.publisher.publish(self.exchange, logged[:-2])\n",
        (
            f"{INTEGRATION}/test_backup.py",
            "test_after_everything_was_lost_it_is_the_same_again",
        ),
    ),
]
