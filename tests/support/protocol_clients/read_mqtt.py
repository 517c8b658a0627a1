"""MQTT by paho: VERSION PORT USER PASSWORD TOPIC COUNT SECONDS CLIENT [AUTHORITY] → a line of JSON
for the answer to its connection and its subscription, for each message, with everything that it
brought by its place, and where the broker closes the connection.

The session stays when the client goes, for which MQTT 5 asks for an expiry. With a certificate
AUTHORITY it speaks TLS.
"""

import sys
import threading

import paho.mqtt.client as mqtt
import seen
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

DAY = 86_400


def read(version, port, user, password, topic, count, seconds, client_id, authority=""):
    ended, left = threading.Event(), int(count)
    is_5 = version == "5"
    client = mqtt.Client(
        mqtt.CallbackAPIVersion.VERSION2,
        client_id,
        protocol=mqtt.MQTTv5 if is_5 else mqtt.MQTTv311,
        reconnect_on_failure=False,
        **({} if is_5 else {"clean_session": False}),
    )
    if authority:
        client.tls_set(authority)
    if user:
        client.username_pw_set(user, password)

    def on_connect(client, data, flags, reason, properties):
        seen.line({"connected": str(reason), "session": flags.session_present})
        if not reason.is_failure:
            client.subscribe(topic, qos=1)

    def on_subscribe(client, data, mid, reasons, properties):
        seen.line({"subscribed": str(reasons[0])})

    def on_message(client, data, message):
        nonlocal left
        seen.message(message.payload, places(message))
        left -= 1
        if not left:
            ended.set()

    def on_disconnect(client, data, flags, reason, properties):
        if not ended.is_set():
            seen.line({"closed": True})
        ended.set()

    client.on_connect, client.on_subscribe = on_connect, on_subscribe
    client.on_message, client.on_disconnect = on_message, on_disconnect
    client.connect("127.0.0.1", int(port), **(expiring() if is_5 else {}))
    client.loop_start()
    ended.wait(float(seconds))
    ended.set()
    client.disconnect()
    client.loop_stop()


def expiring():
    properties = Properties(PacketTypes.CONNECT)
    properties.SessionExpiryInterval = DAY
    return {"clean_start": False, "properties": properties}


def places(message):
    found = {"topic": message.topic, "QoS": message.qos, "retain": message.retain}
    of_5 = message.properties.json() if message.properties else {}
    if "CorrelationData" in of_5:
        # As text; `json` makes hexadecimal digits of it.
        of_5["CorrelationData"] = message.properties.CorrelationData.decode()
    for name, value in of_5.pop("UserProperty", ()):
        found[f"user property {name}"] = value
    return found | {f"property {name}": it for name, it in of_5.items()}


if __name__ == "__main__":
    read(*sys.argv[1:])
