"""Sends reports to web addresses, for receivers that don't speak AMQP."""
