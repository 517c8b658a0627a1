"""The forms of text: patterns, and each in words.

Every pattern but PRINTABLE and PLAIN is published in the JSON Schemas, so it is one that any engine
reads alike: RE2, ECMAScript with the flag `u`, Rust's regex and Python's re. That means no
lookahead, no backreferences, and no classes such as \\w, which differ between engines.
"""

NAME = 100
TEXT = 500
LIST = 200
# Larger JSON numbers are not exact in every consumer's language.
WHOLE = 2**53 - 1

# Printable: no control characters and no lone surrogates, which the database refuses.
PRINTABLE = r"[^\x00-\x1f\x7f\ud800-\udfff]"
PLAIN = rf"(?=.*\S){PRINTABLE}+"
ID = r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}"
ORGUNIT = r"[0-9]{6}(?:[0-9]{3}){0,2}"
ACTOR = rf"(?:person|service):{ID}"
COUNT = r"(?:0|[1-9][0-9]{0,14})"
DECIMAL = r"(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{0,5}[1-9])?"
DATE = r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
HOUR = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]"
INSTANT = rf"{DATE}T{HOUR}:[0-5][0-9](?:\.[0-9]{{1,6}})?(?:Z|[+-]{HOUR})"
WEEK = r"[0-9]{4}-W(?:0[1-9]|[1-4][0-9]|5[0-3])"
MONTH = r"[0-9]{4}-(?:0[1-9]|1[0-2])"
HALF_YEAR = r"[0-9]{4}-H[12]"
YEAR = r"[0-9]{4}"
# The periods that have reports.
PERIOD = rf"(?:{WEEK}|{MONTH}|{HALF_YEAR}|{YEAR})"
DIGEST = r"[0-9a-f]{64}"
DIGEST_START = "[0-9a-f]{8,64}"
KEYID = "[0-9a-f]{16}"
FORM_NAME = "[a-z][a-z-]*"
_ISSUE = rf"(?:briefing:{WEEK}|summary:{MONTH}|assessment:{HALF_YEAR}|commendation:{YEAR})"
ISSUE_URN = rf"urn:warm:{_ISSUE}:r(?:0|[1-9][0-9]{{0,3}})"
SUBSCRIBER = r"[a-z][a-z0-9_-]{1,29}"
EVENT_PATTERN = r"[a-z]+\.(?:[a-z_]+|\*)\.(?:[a-z_]+|\*)"
# RabbitMQ's form: base64 of a salt of four bytes and a SHA-256.
SALTED_HASH = r"[A-Za-z0-9+/]{48}"
INDICATOR = r"[a-z]+\.[a-z_]+"
# A line of a rubric.
CRITERION = r"[a-z][a-z_]*"

PLAIN_FORM = "printable text that isn't blank, such as 示例"
# Pattern → its form in words, with an example.
FORMS = {
    ID: "letters, digits and any of . _ : -, with a letter or digit first, such as order-17",
    ORGUNIT: "a 6-, 9- or 12-digit division code, such as 410103005",
    ACTOR: "person:<id> or service:<name>, such as person:zhang.san",
    DIGEST: f"a SHA-256 of 64 hexadecimal digits in lower case, such as {'0' * 60}2edb",
    DIGEST_START: "the first 8 or more hexadecimal digits of a SHA-256, such as 2edb24d1",
    ISSUE_URN: "the urn of an issue, such as urn:warm:briefing:2017-W06:r0",
    KEYID: "the first 16 hexadecimal digits of a key's SHA-256, such as 18519ccb4bbb3584",
    FORM_NAME: "lower-case letters and hyphens, such as csv-dictionary",
    SUBSCRIBER: "2 to 30 small letters, digits, _ and -, with a letter first, such as website",
    EVENT_PATTERN: "<service>.<entity>.<verb>, the last two perhaps *, such as relief.order.*",
    SALTED_HASH: f"a salt and a SHA-256 in base64, 48 characters, such as {'A' * 48}",
    CRITERION: "small letters and _, with a letter first, such as on_site",
    INDICATOR: "<service>.<indicator>, such as clinics.consultations",
    COUNT: 'a whole number as text without leading zeros, such as "500"',
    DECIMAL: 'a decimal as text without extra zeros, such as "2.5"',
}
