"""Which language a text is in, told by script, letters and small words; and bytes that are nearly UTF-8."""

from __future__ import annotations

import pytest

from pipeline.extract.decode import decode
from pipeline.extract.language import decide

TEXTS = {
    "en": "The council met on Monday to talk about the plan for the new bridge, "
    "and it was said that the work is to begin in May.",
    "de": "Der Rat traf sich am Montag und sprach über den Plan für die neue "
    "Brücke, die im Mai nicht nur für das Dorf fertig ist.",
    "fr": "Le conseil s'est réuni lundi pour parler du plan de la nouvelle "
    "passerelle, et les travaux sont prévus dans le mois de mai.",
    "es": "El consejo se reunió el lunes para hablar del plan de la nueva "
    "pasarela, y las obras son en mayo con la ayuda de los vecinos.",
    "it": "Il consiglio si è riunito lunedì per parlare della nuova passerella, "
    "e i lavori sono previsti per il mese di maggio con gli aiuti.",
    "pl": "Rada spotkała się w poniedziałek, aby mówić o planie na nowy most, i "
    "nie jest to tak, że się do maja na pewno zacznie budowa.",
    "nl": "De raad kwam op maandag bijeen om over het plan voor de nieuwe brug "
    "te praten, en het werk is in mei met een feest te zien.",
    "ru": "Совет собрался в понедельник, чтобы обсудить план нового моста, и как "
    "было сказано, это не на год, но работы с мая по июнь.",
    "uk": "Рада зібралася в понеділок, щоб обговорити план нового мосту, і як "
    "було сказано, це не на рік, але роботи з травня до липня.",
    "ar": "اجتمع المجلس يوم الاثنين في المدينة من أجل خطة الجسر الجديد على "
    "النهر، وقال إن العمل سيبدأ بعد شهر مايو مع كل ما قد يلزم.",
    "fa": "شورا روز دوشنبه برای گفتگو درباره طرح پل جدید در شهر گرد هم آمد و گفت "
    "که این کار از ماه آینده با کمک مردم آغاز می‌شود.",
    "he": "המועצה נפגשה ביום שני כדי לדבר על התוכנית של הגשר החדש, וגם אמרה כי "
    "העבודה לא תתחיל אלא עם בוא הקיץ, או אחרי כל החגים.",
    "ja": "市議会は月曜日に新しい橋の計画について話し合い、工事は五月に始まる予定であると発表した。" * 4,
    "zh": "市议会星期一讨论了新桥的计划，并表示工程将在五月开始，居民可以在网上提出意见。" * 4,
    "ko": "시의회는 월요일에 새 다리 계획을 논의하고 공사가 오월에 시작된다고 밝혔다. " * 4,
    "el": "Το συμβούλιο συνεδρίασε τη Δευτέρα για το σχέδιο της νέας γέφυρας και είπε ότι αρχίζουν. " * 2,
}


@pytest.mark.parametrize("language", TEXTS)
@pytest.mark.parametrize("declared", [None, "own", "en", "de"])
def test_the_text_outweighs_a_wrong_declaration(language: str, declared: str | None) -> None:
    declared = language if declared == "own" else declared
    found, source = decide(declared, TEXTS[language] * 2)
    assert found == language
    assert source == ("declared" if declared == language else "detected")


@pytest.mark.parametrize("declared", [None, "en", "is"])
def test_a_few_letters_prove_nothing(declared: str | None) -> None:
    assert decide(declared, "Ok. 12:30") == (declared, "declared")


def test_a_language_we_have_no_words_of_keeps_its_declaration() -> None:
    text = "Kunnganngorpoq ullumi illoqarfimmi ataatsimiinnermi angallat pillugu oqallipput tamarmik. " * 3
    assert decide("kl", text) == ("kl", "declared")


def test_a_broken_byte_in_a_large_page_does_not_change_its_set() -> None:
    body = ("Рада погодила міст. " * 2000).encode() + b"\xff" + "Кінець".encode()
    text = decode(body, "text/html; charset=windows-1251")
    assert text.startswith("Рада погодила")
    assert text.endswith("\ufffdКінець")
