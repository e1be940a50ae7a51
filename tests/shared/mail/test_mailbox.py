"""One idea of an address: what is kept, what a mail server is told, and whose it is for every limit."""

from email.headerregistry import HeaderRegistry
from email.utils import parseaddr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.mailbox import NoAddress, as_written, domain_in_ascii, in_envelope, mailbox_of

PRINTABLE = st.text(st.characters(codec="utf-8"), max_size=30)


@pytest.mark.parametrize(
    ("one", "another"),
    [
        ("anna@example.org", "Anna@EXAMPLE.org"),
        ("anna@example.org", "anna+kursus@example.org"),
        ("anna@example.org", "anna+@example.org"),
        ("anna@example.org", "anna+a+b@example.org"),
        ("søren@rødgrød.dk", "SØREN@xn--rdgrd-vuad.dk"),
        ("a\u030ase@example.org", "åse@example.org"),
    ],
)
def test_it_is_the_same_mailbox(one: str, another: str) -> None:
    assert mailbox_of(one) == mailbox_of(another)


@pytest.mark.parametrize(
    ("one", "another"),
    [
        ("anna@straße.dk", "anna@strasse.dk"),
        ("straße@example.org", "strasse@example.org"),
        ("an.na@example.org", "anna@example.org"),
        ("anna@example.org", "anna@example.com"),
        ("+a@example.org", "+b@example.org"),
        ("", "anna@example.org"),
    ],
)
def test_it_is_another_mailbox(one: str, another: str) -> None:
    assert mailbox_of(one) != mailbox_of(another)


@given(local=PRINTABLE, domain=st.sampled_from(["example.org", "straße.dk", "rødgrød.dk", "=?utf-8?q?a?=.dk"]))
def test_what_is_taken_leads_to_one_mailbox_however_it_is_parsed(local: str, domain: str) -> None:
    try:
        kept = as_written(f"{local}@{domain}")
    except NoAddress:
        return
    told = in_envelope(kept)
    assert parseaddr(told)[1] == told
    (read,) = HeaderRegistry()("To", told).addresses  # type: ignore[attr-defined]
    assert read.addr_spec == told
    assert in_envelope(told) == told
    assert mailbox_of(kept) == mailbox_of(told)


@pytest.mark.parametrize(
    ("domain", "told"), [("localhost", "localhost"), ("Praksis.dk", "Praksis.dk"), ("straße.dk", "xn--strae-oqa.dk")]
)
def test_we_may_send_from_a_domain_of_our_own_network(domain: str, told: str) -> None:
    assert domain_in_ascii(domain) == told


@given(word=st.sampled_from(["q", "b", "Q"]), text=PRINTABLE)
def test_encoded_words_are_no_address(word: str, text: str) -> None:
    with pytest.raises(NoAddress):
        as_written(f"=?utf-8?{word}?{text}?=@example.org")
