"""Who has which issue: the queues of the known subscribers, and their receipts."""
