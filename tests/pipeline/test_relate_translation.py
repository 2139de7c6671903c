"""Finding that one text is the translation of another, without any model. All texts are invented."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.read import read_page
from pipeline.relate.clues import clues_of
from pipeline.relate.translation import Score, judge_translation, similarity, threshold
from pipeline.relate.types import Kind, Piece

SHARED = Path(__file__).resolve().parents[2] / ".." / "shared"

FLOOD = {
    "en": """Floods in northern Italy kill four and force 2,300 people from their homes
Four people died and 2,300 left their houses after heavy rain flooded villages near Bologna on Tuesday, police said.
The governor, Marta Bellandi, asked the government in Rome for 45 million euros and sent soldiers to Ravenna.
Two hospitals lost electricity and 17 schools stay closed until Friday. Trains from Milan to Rimini were stopped.
"We have not seen such water since 1966," said Paolo Ferrucci, a farmer whose wheat was destroyed.""",
    "de": """Hochwasser in Norditalien: vier Tote, 2.300 Menschen verlassen ihre Häuser
Vier Menschen starben und 2300 mussten ihre Häuser verlassen, nachdem starker Regen am Dienstag Dörfer bei
Bologna überschwemmte, teilte die Polizei mit.
Die Gouverneurin Marta Bellandi bat die Regierung in Rom um 45 Millionen Euro und schickte Soldaten nach Ravenna.
In zwei Krankenhäusern fiel der Strom aus, 17 Schulen bleiben bis Freitag zu. Züge von Mailand nach Rimini ruhen.
„Solches Wasser haben wir seit 1966 nicht gesehen“, sagte der Bauer Paolo Ferrucci, dessen Weizen zerstört ist.""",
    "fr": """Inondations dans le nord de l'Italie : quatre morts, 2 300 personnes quittent leur maison
Quatre personnes sont mortes et 2 300 ont quitté leurs maisons après que la pluie a inondé mardi des villages
près de Bologne, selon la police.
La gouverneure Marta Bellandi a demandé 45 millions d'euros au gouvernement à Rome et envoyé des soldats à Ravenne.
Deux hôpitaux ont perdu l'électricité et 17 écoles restent fermées jusqu'à vendredi. Les trains de Milan à Rimini
ont été arrêtés.
« Nous n'avons pas vu une telle eau depuis 1966 », a dit Paolo Ferrucci, un agriculteur dont le blé est détruit.""",
    "uk": """Повінь на півночі Італії: четверо загиблих, 2300 людей залишили домівки
Четверо людей загинули, а 2300 залишили будинки після того, як у вівторок дощ затопив села біля Болоньї,
повідомила поліція.
Губернаторка Марта Белланді попросила в уряду в Римі 45 мільйонів євро і відправила солдатів до Равенни.
Дві лікарні втратили електрику, 17 шкіл не працюватимуть до п'ятниці. Поїзди між Міланом і Ріміні зупинили.
«Такої води ми не бачили з 1966 року», — сказав фермер Паоло Ферруччі, чию пшеницю знищено.""",
    "ar": """فيضانات شمال إيطاليا تقتل أربعة وتجبر 2300 شخص على ترك منازلهم
توفي أربعة أشخاص وترك 2300 شخص منازلهم بعد أن أغرقت الأمطار قرى قرب بولونيا يوم الثلاثاء، بحسب الشرطة.
وطلبت حاكمة الإقليم مارتا بيلاندي من الحكومة في روما 45 مليون يورو وأرسلت جنودا إلى رافينا.
وفقد مستشفيان الكهرباء وتبقى 17 مدرسة مغلقة حتى يوم الجمعة. وتوقفت القطارات بين ميلانو وريميني.
وقال المزارع باولو فيروتشي الذي دمر القمح في حقله: "لم نر مياها كهذه منذ عام 1966".""",
    "he": """שיטפונות בצפון איטליה: ארבעה הרוגים, 2,300 אנשים עזבו את בתיהם
ארבעה אנשים מתו ו-2,300 עזבו את בתיהם לאחר שגשם כבד הציף כפרים ליד בולוניה ביום שלישי, כך נמסר מהמשטרה.
המושלת מרתה בלאנדי ביקשה מהממשלה ברומא 45 מיליון אירו ושלחה חיילים לרוונה.
שני בתי חולים נותרו ללא חשמל ו-17 בתי ספר יהיו סגורים עד יום שישי. רכבות בין מילאנו לרימיני הופסקו.
"לא ראינו מים כאלה מאז 1966", אמר פאולו פרוצ'י, חקלאי שהחיטה שלו נהרסה.""",
    "tr": """İtalya'nın kuzeyinde sel: dört ölü, 2.300 kişi evini terk etti
Polis, salı günü yağmurun Bologna yakınındaki köyleri sel altında bırakmasıyla dört kişinin öldüğünü,
2.300 kişinin evini terk ettiğini açıkladı.
Vali Marta Bellandi Roma'daki hükümetten 45 milyon avro istedi ve Ravenna'ya asker gönderdi.
İki hastane elektriksiz kaldı, 17 okul cumaya kadar kapalı. Milano ile Rimini arasındaki trenler durduruldu.
Buğdayı yok olan çiftçi Paolo Ferrucci "1966'dan beri böyle su görmedik" dedi.""",
    "zh": """意大利北部洪水造成4人死亡 2300人离开家园
警方称，周二大雨淹没博洛尼亚附近的村庄，造成4人死亡，2300人离开房屋。
州长玛尔塔·贝兰迪要求罗马政府提供4500万欧元，并派士兵前往拉文纳。
两家医院停电，17所学校关闭至星期五。米兰与里米尼之间的火车停运。
农民保罗·费鲁奇的小麦被毁，他说：“自1966年以来我们从未见过这样的洪水。”""",
}
#: the same matter, told by another: no translation
OTHER = {
    "en": """Rome declares emergency after rain in the north
The Italian government declared a state of emergency for the regions around Venice and Verona on Wednesday.
Civil protection chief Luca Moretti said that 120 roads were blocked and that 900 volunteers were helping.
Insurers expect damage of 600 million euros; wine growers fear for the autumn. Scientists spoke of a warning.""",
    "de": """Rom ruft nach Regen im Norden den Notstand aus
Die italienische Regierung hat am Mittwoch für die Regionen um Venedig und Verona den Notstand ausgerufen.
Der Chef des Zivilschutzes, Luca Moretti, sagte, dass 120 Straßen gesperrt seien und 900 Freiwillige helfen.
Versicherer erwarten Schäden von 600 Millionen Euro; Winzer fürchten um den Herbst.""",
    "ar": """روما تعلن الطوارئ بعد أمطار في الشمال
أعلنت الحكومة الإيطالية حالة الطوارئ يوم الأربعاء في المناطق المحيطة بالبندقية وفيرونا.
وقال رئيس الحماية المدنية لوكا موريتي إن 120 طريقا أغلقت وإن 900 متطوع يقدمون المساعدة.
وتتوقع شركات التأمين أضرارا بقيمة 600 مليون يورو، ويخشى مزارعو العنب على الخريف.""",
}


def piece(text: str, language: str, number: int = 1) -> Piece:
    title, *paragraphs = text.split("\n")
    return Piece(
        id=number,
        outlet_id=number,
        outlet="Outlet",
        slug="outlet",
        host="outlet.example",
        url=f"https://outlet.example/{number}",
        title=title,
        paragraphs=tuple(paragraphs),
        language=language,
        first_seen=datetime(2026, 3, 2, tzinfo=UTC),
    )


def compared(first: Piece, second: Piece) -> Score:
    return similarity(
        clues_of(first.title, first.paragraphs, first.language),
        clues_of(second.title, second.paragraphs, second.language),
    )


@pytest.mark.parametrize("other", [language for language in FLOOD if language != "en"])
def test_a_translation_is_found_in_any_language(other: str) -> None:
    first, second = piece(FLOOD["en"], "en"), piece(FLOOD[other], other, 2)
    tie = judge_translation(first, second, compared(first, second), named=False)
    assert tie is not None
    assert tie.kind is Kind.TRANSLATION_OF
    assert any("1966" in line for line in tie.evidence)


@pytest.mark.parametrize("other", ["de", "fr", "uk", "ar", "he", "tr"])
def test_a_translation_shares_keys_of_the_index(other: str) -> None:
    pieces = piece(FLOOD["en"], "en"), piece(FLOOD[other], other, 2)
    one, two = (set(clues_of(each.title, each.paragraphs, each.language).keys) for each in pieces)
    assert one & two


@pytest.mark.parametrize("other", ["fr", "uk", "ar"])
def test_a_long_text_asks_for_what_a_part_of_it_is_found_by(other: str) -> None:
    whole = piece("\n".join((OTHER["en"], FLOOD["en"])), "en")
    part = piece("\n".join(FLOOD[other].split("\n")[2:]), other, 2)
    held = set(clues_of(part.title, part.paragraphs, other).keys)
    clues = clues_of(whole.title, whole.paragraphs, "en")
    assert len(held.intersection(clues.asked)) > len(held.intersection(clues.keys))


@pytest.mark.parametrize("first", FLOOD)
@pytest.mark.parametrize("other", OTHER)
def test_another_text_on_the_same_matter_is_no_translation(first: str, other: str) -> None:
    one, two = piece(FLOOD[first], first), piece(OTHER[other], other, 2)
    assert judge_translation(one, two, compared(one, two), named=False) is None


#: sixty words, with the facts of the flood's first lines in an order of their own
BRIEF = """Повінь в Італії: четверо загиблих біля Болоньї
Дощ у вівторок затопив села біля Болоньї, четверо людей загинули, повідомила поліція. До Равенни вирушили солдати.
Губернаторка Марта Белланді просить у Рима 45 мільйонів євро. Домівки залишили 2300 людей."""


def test_a_short_report_of_the_same_facts_in_another_order_is_no_translation() -> None:
    one, two = piece("\n".join(FLOOD["en"].split("\n")[:4]), "en"), piece(BRIEF, "uk", 2)
    assert judge_translation(one, two, compared(one, two), named=False) is None
    # The same lines in their own order are one.
    three = piece("\n".join(FLOOD["uk"].split("\n")[:5]), "uk", 3)
    assert judge_translation(one, three, compared(one, three), named=False) is not None


def test_half_of_a_text_is_still_found() -> None:
    whole = piece(FLOOD["en"], "en")
    half = piece("\n".join(FLOOD["uk"].split("\n")[:4]), "uk", 2)
    assert judge_translation(whole, half, compared(whole, half), named=False) is not None


def test_the_order_of_the_two_says_nothing() -> None:
    one, two = piece(FLOOD["en"], "en"), piece(FLOOD["ar"], "ar", 2)
    assert compared(one, two).value == pytest.approx(compared(two, one).value)


def test_a_named_source_lowers_the_bar() -> None:
    one, two = piece(FLOOD["en"], "en"), piece(FLOOD["uk"], "uk", 2)
    just_short = Score(threshold("en", "uk") * 0.9, 30.0, 40.0, ())
    assert judge_translation(one, two, just_short, named=False) is None
    assert judge_translation(one, two, just_short, named=True) is not None


def test_a_lone_candidate_lowers_the_bar_where_names_have_no_capitals() -> None:
    english, arabic, ukrainian = (piece(FLOOD[language], language) for language in ("en", "ar", "uk"))
    short, light = threshold("en", "ar") * 0.9, threshold("en", "uk") * 0.9
    for next_best, common, taken in ((0.05, 40.0, True), (0.12, 40.0, False), (0.05, 20.0, False)):
        score = Score(short, 30.0, common, ())
        tie = judge_translation(english, arabic, score, named=False, next_best=next_best)
        assert (tie is not None) is taken
    score = Score(light, 30.0, 40.0, ())
    assert judge_translation(english, ukrainian, score, named=False, next_best=0.0) is None


def test_one_notion_said_again_and_again_is_no_likeness() -> None:
    again = "\n".join(["The king of Saudi Arabia spoke about Saudi oil, and Saudi oil again."] * 6)
    arabic = "\n".join(["تحدث ملك السعودية عن النفط السعودي ثم عن نفط السعودية."] * 6)
    score = compared(piece(again, "en"), piece(arabic, "ar", 2))
    assert score.met <= 1.4 * score.common


@pytest.mark.shared
def test_the_seed_page_is_found_by_its_text_alone() -> None:
    folder = SHARED / "acceptance" / "seed-page"
    if not folder.exists():
        pytest.skip("the shared seed page is not here")
    rows = [json.loads(line) for line in (folder / "index.jsonl").read_text("utf-8").splitlines()]
    addresses = {row["file"]: row["url"] for row in rows if row["kind"] == "page"}
    found: list[Piece] = []
    for name in ("ar-republisher.html", "nv-en-original.html", "nv-uk-variant.html"):
        body = (folder / "pages" / name).read_bytes()
        page = read_page(body, addresses[f"pages/{name}.gz"], content_type="text/html; charset=utf-8")
        found.append(piece("\n".join((page.title, *page.paragraphs)), page.language or "", len(found)))
    arabic, english, ukrainian = found
    assert judge_translation(arabic, english, compared(arabic, english), named=False) is not None
    assert judge_translation(english, ukrainian, compared(english, ukrainian), named=False) is not None
