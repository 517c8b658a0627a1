"""Quorum queues: what happens to messages whose consumer dies, and to those that waited long."""

from itertools import islice

from deploy.local.waiting import wait_until

SECONDS = 20


def take(channel, queue, count=1):
    """`count` messages, not acknowledged."""
    return list(islice(channel.consume(queue, inactivity_timeout=SECONDS), count))


def die(channel):
    """Leave with everything that was delivered and not acknowledged."""
    channel.connection.close()


def test_a_message_whose_consumer_died_comes_again_marked_and_counted(scratch):
    queue = scratch.queue()
    scratch.publish(b"x", to=queue)
    first, second = scratch.channel(), scratch.channel()
    ((method, properties, _),) = take(first, queue)
    assert (method.redelivered, properties.headers) == (False, None)
    die(first)
    ((method, properties, _),) = take(second, queue)
    assert (method.redelivered, properties.headers["x-delivery-count"]) == (True, 1)


def test_the_count_of_a_queue_says_nothing_of_what_a_consumer_holds(scratch):
    """Whether a message was acknowledged or is only held can't be seen: receipts can."""
    queue = scratch.queue()
    scratch.publish(b"1", b"2", b"3", to=queue)
    holding, acknowledging = scratch.channel(), scratch.channel()
    assert holding.basic_get(queue)[2] == b"1"
    assert scratch.depth(queue) == 2
    acknowledging.basic_ack(acknowledging.basic_get(queue)[0].delivery_tag)
    assert scratch.depth(queue) == 1
    die(acknowledging)
    assert scratch.depth(queue) == 1
    die(holding)
    assert wait_until(lambda: scratch.depth(queue) == 2, SECONDS)


def test_what_came_back_is_given_out_first(scratch):
    """So what waits in a queue is always what was put into it last."""
    queue = scratch.queue()
    scratch.publish(b"1", b"2", b"3", to=queue)
    first = scratch.channel()
    assert first.basic_get(queue)[2] == b"1"
    die(first)
    assert wait_until(lambda: scratch.depth(queue) == 3, SECONDS)
    again = scratch.channel()
    assert [again.basic_get(queue)[2] for _ in range(3)] == [b"1", b"2", b"3"]


def test_a_death_counts_against_every_prefetched_message(scratch):
    queue = scratch.queue()
    scratch.publish(b"guilty", b"innocent", to=queue)
    first, second = scratch.channel(), scratch.channel()
    take(first, queue, 2)
    die(first)
    counts = [it[1].headers["x-delivery-count"] for it in take(second, queue, 2)]
    assert counts == [1, 1]


def test_a_message_over_the_delivery_limit_goes_to_the_dead_letters(scratch):
    dead = scratch.queue()
    queue = scratch.queue(
        x_delivery_limit=2,
        x_dead_letter_exchange=scratch.exchange("fanout", [dead]),
        x_dead_letter_strategy="at-least-once",
        x_overflow="reject-publish",
    )
    scratch.publish(b"x", to=queue, message_id="1")
    for _ in range(3):
        channel = scratch.channel()
        take(channel, queue)
        die(channel)
    ((_, properties, body),) = take(scratch.channel(), dead)
    death = properties.headers["x-death"][0]
    assert (body, properties.message_id, death["reason"]) == (b"x", "1", "delivery_limit")


def test_one_multiple_ack_covers_all_before_it(scratch, channel):
    queue = scratch.queue()
    scratch.publish(b"1", b"2", b"3", b"4", to=queue)
    third = take(channel, queue, 4)[2][0]
    channel.basic_ack(third.delivery_tag, multiple=True)
    die(channel)
    assert wait_until(lambda: scratch.depth(queue) == 1, SECONDS)
    assert take(scratch.channel(), queue)[0][2] == b"4"


def test_a_request_that_nobody_waits_for_any_more_is_removed(scratch):
    queue = scratch.queue()
    scratch.publish(b"late", to=queue, expiration="1")
    scratch.publish(b"in time", to=queue)
    assert wait_until(lambda: scratch.depth(queue) == 1, SECONDS)
    assert take(scratch.channel(), queue)[0][2] == b"in time"


def test_messages_come_in_the_order_of_their_publication(scratch, channel):
    queue = scratch.queue()
    bodies = [str(number).encode() for number in range(50)]
    scratch.publish(*bodies, to=queue)
    assert [body for _, _, body in take(channel, queue, 50)] == bodies
