// Prints what amqplib gets from a queue: node with_amqplib.mjs URI QUEUE
import amqp from "amqplib";

const [uri, queue] = process.argv.slice(2);
const connection = await amqp.connect(uri);
const channel = await connection.createChannel();
await channel.consume(queue, async ({ content, fields, properties: it }) => {
  const { contentType, contentEncoding, messageId, type, appId, timestamp, headers } = it;
  const seen = {
    event: JSON.parse(content.toString("utf-8")),
    content_type: contentType,
    content_encoding: contentEncoding,
    message_id: messageId,
    type,
    app_id: appId,
    timestamp,
    persistent: it.deliveryMode === 2,
    routing_key: fields.routingKey,
    headers,
  };
  console.log(JSON.stringify(seen));
  await connection.close();
}, { noAck: true });
