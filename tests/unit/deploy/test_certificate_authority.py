"""The deployment's own certificates, as clients check them, without a network."""

import ssl

import pytest

from deploy.certificate_authority import Authority

NAME = "broker"


@pytest.fixture(scope="module")
def authority():
    return Authority.new()


@pytest.fixture
def shaken(tmp_path):
    """`shaken(authority, pair, name)`: a handshake in memory, by the rules of Python 3.13."""

    def shake(authority, pair, name=NAME):
        (tmp_path / "server.pem").write_bytes(pair.both)
        ours = ssl.create_default_context(cadata=authority.pair.certificate.decode())
        ours.verify_flags |= ssl.VERIFY_X509_STRICT
        theirs = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        theirs.load_cert_chain(tmp_path / "server.pem")
        _shake(ours, theirs, name)

    return shake


def _shake(ours, theirs, name):
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = ours.wrap_bio(back, there, server_hostname=name)
    server = theirs.wrap_bio(there, back, server_side=True)
    for side in (client, server, client):
        try:
            side.do_handshake()
        except ssl.SSLWantReadError:
            continue


@pytest.mark.parametrize("name", [NAME, "127.0.0.1", "::1"])
def test_each_name_of_a_server_is_accepted(authority, shaken, name):
    shaken(authority, authority.sign(NAME, "127.0.0.1", "::1"), name)


def test_another_name_is_refused(authority, shaken):
    with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
        shaken(authority, authority.sign(NAME), "database")


def test_a_certificate_of_another_authority_is_refused(authority, shaken):
    with pytest.raises(ssl.SSLCertVerificationError):
        shaken(authority, Authority.new().sign(NAME))
