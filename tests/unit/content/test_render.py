"""One template in four channels: what is personal, what is said when something is not known."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import msgspec
import pytest

from decidedly.content import last_day, render
from decidedly.core.errors import AuthoringError, BadInput, NotFound
from tests.unit.content.views import letter_text, offer, template, view

TEMPLATE = template()


def text_of(channel: str, **changes: object) -> str:
    treatment = render(TEMPLATE, view(**changes), channel)  # type: ignore[arg-type]
    return letter_text(treatment) if channel == "print" else treatment.parts[-1].body.decode()


@pytest.mark.parametrize("channel", ["email", "sms", "print", "web"])
def test_every_channel_greets_by_name_and_shows_a_price(channel: str) -> None:
    text = text_of(channel)
    assert "Jordan" in text
    assert "$0.50" in text


@pytest.mark.parametrize("channel", ["email", "sms", "print", "web"])
def test_without_a_name_the_greeting_is_whole(channel: str) -> None:
    text = text_of(channel, name=None)
    assert "Hello," in text
    assert "Hello ," not in text
    assert "None" not in text


def test_the_headline_follows_the_first_segment_that_has_one() -> None:
    assert "whole family" in text_of("email", segments=("value-unknown", "families", "loyal"))
    assert "so often" in text_of("email", segments=("loyal", "families"))


def test_a_person_of_no_segment_gets_the_default_headline_and_look() -> None:
    html = text_of("email", segments=())
    assert "Picked from what you really buy" in html
    assert "#1e5b45" in html


def test_the_look_follows_the_segment() -> None:
    assert "#a43a22" in text_of("email", segments=("families",))
    assert "#2b3a67" in text_of("email", segments=("loyal",))


def test_prices_and_days_are_written_as_the_locale_writes_them() -> None:
    html = text_of("web", locale="de-DE")
    assert "0,50\N{NO-BREAK SPACE}$" in html
    assert "24.12.2017" in html


def test_the_saving_is_not_said_twice_where_the_name_begins_with_it() -> None:
    assert "Save $0.50: Ground coffee" in render(TEMPLATE, view(), "email").body("text/plain").decode()


def test_an_email_has_text_then_html_and_the_one_click_way_out() -> None:
    treatment = render(TEMPLATE, view(), "email")
    assert [part.media_type for part in treatment.parts] == ["text/plain", "text/html"]
    assert ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click") in treatment.headers


def test_one_click_is_not_promised_without_https() -> None:
    treatment = render(TEMPLATE, view(unsubscribe_url="http://127.0.0.1:8080/u/1"), "email")
    assert [name for name, _ in treatment.headers] == ["List-Unsubscribe"]


def test_no_form_of_an_email_or_page_loads_anything_from_afar() -> None:
    for channel in ("email", "web"):
        html = text_of(channel)
        assert "src=" not in html
        assert "@import" not in html
        assert "<link" not in html


def test_the_web_treatment_has_the_same_offers_as_fields() -> None:
    fields = render(TEMPLATE, view(offers=3), "web").fields
    assert [shown["name"] for shown in fields["offers"]] == ["Ground coffee", "Salad mixes", "Yoghurt"]
    assert fields["greeting"] == "Hello Jordan,"


def test_a_slate_without_offers_still_renders() -> None:
    for channel in ("email", "sms", "web"):
        assert render(TEMPLATE, view(offers=0), channel).shown == ()


def test_an_odd_number_of_offers_is_shown_in_full() -> None:
    assert text_of("email", offers=3).count("Save $") == 3


def test_a_channel_without_a_renderer_is_named() -> None:
    with pytest.raises(NotFound, match="fax"):
        render(TEMPLATE, view(), "fax")


def test_a_template_that_is_not_liquid_says_where() -> None:
    with pytest.raises(AuthoringError) as caught:
        render(template(sms_liquid="one\ntwo {% if %}"), view(), "sms")
    assert caught.value.place.startswith("templates/weekly-coupons/sms.liquid:2:")


def test_an_unknown_locale_is_refused() -> None:
    with pytest.raises(BadInput, match="not a locale"):
        render(TEMPLATE, view(locale="xx-nowhere"), "web")


def test_a_validity_ends_on_the_day_before_its_first_moment_after() -> None:
    assert last_day(datetime(2017, 12, 25, tzinfo=UTC), ZoneInfo("UTC")) == date(2017, 12, 24)
    assert last_day(datetime(2017, 12, 25, 5, tzinfo=UTC), ZoneInfo("America/New_York")) == date(2017, 12, 24)


def test_an_offer_without_code_or_reason_leaves_no_hole() -> None:
    bare = msgspec.structs.replace(view(), offers=(offer(code="", reason=""),))
    html = render(TEMPLATE, bare, "email").body("text/html").decode()
    assert "Save $0.50" in html
    assert "No. " not in html
