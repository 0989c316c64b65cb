"""The check finds what is wrong with a template, at its line, before it is published."""

from __future__ import annotations

import pytest

from decidedly.content import check
from decidedly.feel.diagnostics import Diagnostic
from tests.unit.content.views import BRAND, HOME, template

SEGMENTS = ("families", "lapsing-mid-spenders", "loyal", "new-or-unknown", "seniors", "value-seekers")
CHANNELS = ("email", "sms", "web")


def found(**changes: str) -> list[Diagnostic]:
    return list(check(template(**changes), BRAND, CHANNELS, SEGMENTS))


def settings_with(old: str, new: str) -> str:
    text = (HOME / "template.toml").read_text(encoding="utf-8")
    assert old in text
    return text.replace(old, new)


def test_the_grocers_template_is_right_in_every_channel() -> None:
    assert check(template(), BRAND, (*CHANNELS, "print"), SEGMENTS) == ()


@pytest.mark.parametrize(
    ("text", "code", "place", "hint"),
    [
        ("a\n{{ nme }}", "content.unknown-variable", "sms.liquid:2:4", "Did you mean 'name'?"),
        ("{{ name }}", "content.no-fallback", "sms.liquid:1:4", "default"),
        ("{{ offer.name }}", "content.unknown-variable", "sms.liquid:1:4", "for offer in offers"),
        ("{% for o in offers %}{{ o.reason }}{% endfor %}", "content.no-fallback", "sms.liquid:1:25", "if o.reason"),
        ("{% for o in offers %}{{ o.nam }}{% endfor %}", "content.unknown-variable", "sms.liquid:1:25", "offer.name"),
        ("{% if name %}", "content.liquid", "sms.liquid:1:", ""),
        ("{{ headline | safe }}", "content.unknown-filter", "sms.liquid:1:15", "There are"),
        ("{% include 'x' %}", "content.liquid", "sms.liquid:1:", ""),
        ("word " * 100, "content.does-not-fit", "sms.liquid:1:1", "Shorten"),
    ],
)
def test_a_mistake_is_found_at_its_place(text: str, code: str, place: str, hint: str) -> None:
    first = found(sms_liquid=text)[0]
    assert first.code == code
    assert place in str(first.place)
    assert hint in first.hint


@pytest.mark.parametrize(
    "text",
    [
        "{{ name | default: 'you' }}",
        "{% if name %}{{ name }}{% endif %}",
        "{% if name %}x{% else %}y{% endif %}",
        "{% if best %}{{ best.name }}{% endif %}",
        "{% for o in offers %}{% if o.code %}{{ o.code }}{% endif %}{{ forloop.index }}{% endfor %}",
        "{% assign mine = offer_count | plus: 1 %}{{ mine }}",
        "{{ text.how }} {{ headline }} {{ look.accent }} {{ offers.size }}",
    ],
)
def test_a_right_text_is_left_in_peace(text: str) -> None:
    assert found(sms_liquid=f"Hi. {text}") == []


def test_what_is_asked_in_one_branch_is_not_known_in_the_other() -> None:
    problems = found(sms_liquid="{% if name %}x{% else %}{{ name }}{% endif %}")
    assert [problem.code for problem in problems] == ["content.no-fallback"]


def test_a_missing_file_of_a_channel_is_named() -> None:
    lacking = template()
    del lacking.parts["web.html.liquid"]
    assert "web.html.liquid" in check(lacking, BRAND, CHANNELS)[0].message


@pytest.mark.parametrize(
    ("old", "new", "code", "words"),
    [
        ("[headline]", "[hedline]", "content.settings", "hedline"),
        ('accent-ink = "#ffffff"', 'accent-ink = "white"', "content.look", "#RRGGBB"),
        ('accent-ink = "#ffffff"', 'accent-ink = "#88aa99"', "content.contrast", "contrast"),
        ("[look.families]", "[look.familys]", "content.unknown-segment", "families"),
        ("tint   =", "tnt    =", "content.look", "tint"),
        ('unknown = "Hello,"', 'unknown = "Hello {{ name }},"', "content.no-fallback", "name"),
        ('default              = "Picked', 'everybody = "Picked', "content.no-default", "default"),
    ],
)
def test_a_wrong_setting_is_found_in_the_marketers_file(old: str, new: str, code: str, words: str) -> None:
    problems = [one for one in found(template_toml=settings_with(old, new)) if one.code == code]
    assert problems
    assert words in problems[0].message + problems[0].hint
    assert problems[0].place.file == "templates/weekly-coupons/template.toml"


def test_a_variant_of_a_misspelt_colour_points_at_its_line() -> None:
    text = settings_with('accent-ink = "#ffffff"', 'accent-ink = "white"')
    problem = next(one for one in found(template_toml=text) if one.code == "content.look")
    assert 'accent-ink = "white"' in text.splitlines()[problem.place.line - 1]


def test_liquid_that_mjml_would_lose_is_found() -> None:
    mjml = (
        (HOME / "email.mjml.liquid").read_text(encoding="utf-8").replace("<mj-raw>{% for row in rows %}</mj-raw>", "")
    )
    lost = mjml.replace("<mj-body", '<mj-body nonsense="{{ name }}"')
    assert {problem.code for problem in found(email_mjml_liquid=lost)} & {"content.mjml", "content.liquid"}


def test_an_email_that_would_be_cut_is_found() -> None:
    web = (HOME / "email.mjml.liquid").read_text(encoding="utf-8").replace("{{ legal }}", "legal words " * 9000)
    assert any("bytes" in problem.message for problem in found(email_mjml_liquid=web))
