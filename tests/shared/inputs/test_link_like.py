import pytest
from pydantic import TypeAdapter, ValidationError

from shared.inputs.fields import NameOfStranger

NAME: TypeAdapter[str] = TypeAdapter(NameOfStranger)


@pytest.mark.parametrize(
    "name",
    [
        "Anna Holm",
        "Anna Holm, cand.mag.",
        "cand.mag. Anna Holm",
        "Bo Ek, cand.it",
        "Dr.med. Bo Ek",
        "Lis Lind (mag.art.)",
        "Ph.d. Bo Ek",
        "J.P. Hansen",
        "A.I. Bo",
        "Jens.Hansen",
        "Skt.Lukas",
        "Cand.scient.pol. Åse Ærø",
        "محمد",
    ],
)
def test_a_name_with_a_title_is_no_link(name: str) -> None:
    assert NAME.validate_python(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "gratis.online",
        "Vind på gratis.online!",
        "GRATIS.ONLINE/nu",
        "gratis.dk",
        "cand.mag.gratis.online",
        "www.gratis",
        "http://x",
        "bo@gratis.online",
        "gratis\uff0eonline",
        "gratis\u3002online",
        "купи.рф",
        "gratis.on\u200bline",
        "gratis.on\u3164line",
        "gratis\u115f.online",
        "gratis\ufe0f.online",
        "gratis.on\U000e0100line",
        "gratis.on\u034fline",
        "gratis\u2800.online",
        "192.0.2.1/gratis",
        "cand.it/gratis",
    ],
)
def test_what_a_mail_program_makes_a_link_of_is_no_name(name: str) -> None:
    with pytest.raises(ValidationError):
        NAME.validate_python(name)
