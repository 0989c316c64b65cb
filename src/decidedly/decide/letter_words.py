"""The words of the letter that explains a decision to the person it was about, one set a language.

{} parts are filled in by `letter`. Rules, offers and facts keep the names that the brand gave them.
"""

from __future__ import annotations

WORDS: dict[str, dict[str, str]] = {
    "en": {
        "subject": "How we chose what to show you on {day}",
        "greeting": "Dear {name},",
        "greeting-nobody": "Hello,",
        "intro": (
            "You have the right to know how a choice about you came about. This letter tells it, with everything that"
            " it rested on."
        ),
        "chose": "On {day} at {time} a computer program looked at {all} offers for you{where} and chose {some}:",
        "chose-nothing": (
            "On {day} at {time} a computer program looked at {all} offers for you{where} and chose none of them."
            " You were"
            " left in peace."
        ),
        "person-decides": "It only made a proposal: one of our employees decided.",
        "where": " ({channel})",
        "because": "{offer} (what spoke most for it: {reasons})",
        "knew": "What it knew of you",
        "knew-nothing": "It knew nothing about you.",
        "stranger": (
            "You do not want us to draw conclusions from your habits. So it chose as for somebody whom we do not know;"
            " the facts below only served to keep to the law and to your wishes."
        ),
        "fact": "{name}: {value} ({how})",
        "how-asked": "you answered our question on {day}",
        "how-given": "told to us on {day}",
        "how-given-by": "told to us on {day}, by way of {source}",
        "how-learnt": "worked out from what you did with us",
        "masked": "known, and not shown in this letter",
        "counted": "For each offer also: {names} (worked out from what you did with us).",
        "contacts": "Messages that you had from us lately: {count}.",
        "yes": "yes",
        "no": "no",
        "consent": "Whether we may write to you by {channel}: {value}.",
        "how": "How it chose",
        "dropped": "First it set offers aside, by rules that people wrote:",
        "rule": "{rule}: {count} offers ({stage})",
        "rule-one": "{rule}: 1 offer ({stage})",
        "rule-consent": "We have no permission to write to you in this way",
        "rule-automated-decision": "You want no decisions by a program alone",
        "rule-preferred-a-week": "You want no more messages a week",
        "stage-consent": "your permission, or a rule that you set",
        "stage-regulation": "the law demands it",
        "stage-eligibility": "the terms of the offer",
        "stage-applicability": "it would make no sense now",
        "stage-suitability": "it would not suit you",
        "stage-contact": "so that we do not write too often or at the wrong hour",
        "stage-other": "how offers go together",
        "ranked": (
            "Of the {count} that were left it took those for which most spoke: how likely it seems that you will want"
            " them, and how much they are worth."
        ),
        "nobody-left": "No offer was left.",
        "not-worth": "{count} were left, but not worth a message to you.",
        "can": "What you can do",
        "can-correct": "If a fact is wrong, tell us the right one. We decide by it from then on.",
        "can-rule": (
            'Set a rule of your own, such as "never about alcohol", or "at most one message a week". It goes'
            " before ours."
        ),
        "can-withdraw": "Take back a permission at any time. You need not say why.",
        "can-object": (
            "Object to our drawing conclusions from what you do. You will then get what everybody gets, and no less."
        ),
        "can-human": "Ask that a person looks at this choice, and tell them how you see it.",
        "can-copy": "Ask for a copy of everything that we keep about you, or have it deleted.",
        "can-complain": "Complain to the data protection authority of the place where you live.",
        "write": "A line to us is enough: {address}",
        "reference": "Please name this number: {id}",
        "rights": (
            "These are your rights under Articles 7, 15 to 17, 21, 22 and 77 of the General Data Protection Regulation."
        ),
    },
    "de": {
        "subject": "Wie wir am {day} für Sie ausgewählt haben",
        "greeting": "Guten Tag {name},",
        "greeting-nobody": "Guten Tag,",
        "intro": (
            "Sie haben das Recht zu erfahren, wie eine Auswahl für Sie zustande kam. Dieser Brief sagt es Ihnen, mit"
            " allem, worauf sie beruhte."
        ),
        "chose": (
            "Am {day} um {time} hat ein Computerprogramm {all} Angebote für Sie geprüft{where} und {some} ausgewählt:"
        ),
        "chose-nothing": (
            "Am {day} um {time} hat ein Computerprogramm {all} Angebote für Sie geprüft{where} und keines"
            " ausgewählt. Wir"
            " haben Sie in Ruhe gelassen."
        ),
        "person-decides": "Das war nur ein Vorschlag: Entschieden hat ein Mensch, der bei uns arbeitet.",
        "where": " ({channel})",
        "because": "{offer}",
        "knew": "Was es über Sie wusste",
        "knew-nothing": "Es wusste nichts über Sie.",
        "stranger": (
            "Sie möchten nicht, dass wir aus Ihren Gewohnheiten Schlüsse ziehen. Darum hat es ausgewählt wie für"
            " jemanden,"
            " den wir nicht kennen; was hier steht, diente nur dazu, das Gesetz und Ihre Wünsche einzuhalten."
        ),
        "fact": "{name}: {value} ({how})",
        "how-asked": "Ihre Antwort auf unsere Frage am {day}",
        "how-given": "uns mitgeteilt am {day}",
        "how-given-by": "uns mitgeteilt am {day} über {source}",
        "how-learnt": "errechnet aus dem, was Sie bei uns getan haben",
        "masked": "bekannt, steht aber nicht in diesem Brief",
        "counted": "Zu jedem Angebot außerdem: {names} (errechnet aus dem, was Sie bei uns getan haben).",
        "contacts": "Nachrichten, die Sie zuletzt von uns bekommen haben: {count}.",
        "yes": "ja",
        "no": "nein",
        "consent": "Ob wir Ihnen auf diesem Weg schreiben dürfen ({channel}): {value}.",
        "how": "Wie es ausgewählt hat",
        "dropped": "Zuerst hat es Angebote beiseitegelegt, nach Regeln, die Menschen geschrieben haben:",
        "rule": "{rule}: {count} Angebote ({stage})",
        "rule-one": "{rule}: 1 Angebot ({stage})",
        "rule-consent": "Wir dürfen Ihnen auf diesem Weg nicht schreiben",
        "rule-automated-decision": "Sie möchten nicht, dass ein Programm allein entscheidet",
        "rule-preferred-a-week": "Sie möchten nicht mehr Nachrichten in der Woche",
        "stage-consent": "Ihre Einwilligung oder eine Regel von Ihnen",
        "stage-regulation": "das Gesetz verlangt es",
        "stage-eligibility": "die Bedingungen des Angebots",
        "stage-applicability": "es hätte jetzt keinen Sinn",
        "stage-suitability": "es passt nicht zu Ihnen",
        "stage-contact": "damit wir nicht zu oft oder zur falschen Zeit schreiben",
        "stage-other": "wie Angebote zueinander passen",
        "ranked": (
            "Von den {count} übrigen hat es die genommen, für die am meisten sprach: wie wahrscheinlich es ist,"
            " dass Sie sie"
            " haben möchten, und wie viel sie wert sind."
        ),
        "nobody-left": "Keines blieb übrig.",
        "not-worth": "{count} blieben übrig, waren aber keine Nachricht an Sie wert.",
        "can": "Was Sie tun können",
        "can-correct": "Stimmt etwas nicht, so sagen Sie uns, was richtig ist. Ab dann zählt das.",
        "can-rule": (
            "Setzen Sie eine eigene Regel, etwa „nie über Alkohol“ oder „höchstens eine Nachricht in der Woche“."
            " Sie geht unseren vor."
        ),
        "can-withdraw": "Nehmen Sie eine Einwilligung zurück, jederzeit und ohne Begründung.",
        "can-object": (
            "Widersprechen Sie dem, dass wir Schlüsse aus dem ziehen, was Sie tun. Sie bekommen dann, was alle"
            " bekommen, und nicht weniger."
        ),
        "can-human": "Verlangen Sie, dass ein Mensch diese Auswahl ansieht, und sagen Sie ihm, wie Sie es sehen.",
        "can-copy": "Verlangen Sie eine Kopie von allem, was wir über Sie gespeichert haben, oder dass wir es löschen.",
        "can-complain": "Beschweren Sie sich bei der Datenschutzbehörde Ihres Wohnorts.",
        "write": "Eine Zeile an uns genügt: {address}",
        "reference": "Bitte nennen Sie diese Nummer: {id}",
        "rights": "Das sind Ihre Rechte nach den Artikeln 7, 15 bis 17, 21, 22 und 77 der Datenschutz-Grundverordnung.",
    },
}
FALLBACK = "en"
