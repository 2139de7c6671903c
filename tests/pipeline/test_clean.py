"""What leaves the body and what must not."""

from __future__ import annotations

import pytest

from pipeline.article import CleanArticle, Removal, RemovalKind
from pipeline.present import article_dict
from pipeline.read import read_page, rebuild

URL = "https://news.example/world/bridge-plan-12345.html"
BODY = {
    "en": (
        "The council met on Monday to discuss the plan for the new bridge over the river.",
        "Members of both parties said that the money for it would be found before the end of the year.",
        "A second meeting was called for Friday, when the engineers are expected to show their drawings.",
    ),
    "uk": (
        "У понеділок міська рада зібралася, щоб обговорити план будівництва нового мосту через річку.",
        "Депутати обох фракцій заявили, що гроші на нього знайдуть до кінця поточного року.",
        "Друге засідання призначили на п’ятницю, коли інженери мають показати свої креслення.",
    ),
    "ru": (
        "В понедельник городской совет собрался, чтобы обсудить план строительства нового моста через реку.",
        "Депутаты обеих фракций заявили, что деньги на него найдут до конца текущего года.",
        "Второе заседание назначили на пятницу, когда инженеры должны показать свои чертежи.",
    ),
    "ar": (
        "اجتمع المجلس يوم الاثنين لمناقشة خطة بناء الجسر الجديد فوق النهر في وسط المدينة.",
        "وقال أعضاء من الحزبين إن الأموال اللازمة له ستتوفر قبل نهاية العام الحالي.",
        "وتقرر عقد اجتماع ثان يوم الجمعة حيث من المتوقع أن يعرض المهندسون رسوماتهم.",
    ),
}


def read(*extra: str, language: str = "en", at: int = 2, after: str = "") -> CleanArticle:
    """An article of three paragraphs with ``extra`` markup after its paragraph number ``at``."""
    body = [f"<p>{text}</p>" for text in BODY[language]]
    body[at:at] = extra
    text = f"<div class=text>{''.join(body)}</div>{after}"
    page = f"<html lang={language}><body><article><h1>-</h1>{text}</article></body></html>"
    article = read_page(page.encode(), URL)
    assert rebuild(article)
    return article


def only(article: CleanArticle, kind: RemovalKind) -> Removal:
    found = [removal for removal in article.removals if removal.kind is kind]
    assert len(found) == 1, article.removals
    return found[0]


TEASERS = [
    ("en", "Read also", "Mayor resigns over bridge"),
    ("en", "You may also like", "Mayor resigns over bridge"),
    ("en", "See also", "Ten bridges you should see"),
    ("uk", "Читайте також", "Мер іде у відставку"),
    ("uk", "Дивіться також", "Мер іде у відставку"),
    ("ru", "Читайте также", "Мэр уходит в отставку"),
    ("ru", "Материалы по теме", "Мэр уходит в отставку"),
    ("ar", "إقرأ أيضاً", "رئيس البلدية يستقيل"),
    ("ar", "اقرأ أيضا", "رئيس البلدية يستقيل"),
    ("ar", "قد يهمك أيضاً", "رئيس البلدية يستقيل"),
]
FORMS = [
    '<p>{label}: <a href="/news/mayor-777.html">{title}</a></p>',
    '<p><strong>{label}:</strong> <a href="/news/mayor-777.html">{title}</a></p>',
    '<p><a href="/news/mayor-777.html">{label}: {title}</a></p>',
    '<p><em>{label} — <a href="/news/mayor-777.html">{title}</a></em></p>',
    '<p><b>{label}</b> <a href="/news/mayor-777.html">{title}</a></p>',
    '<div class="read-also"><span>{label}:</span> <a href="/news/mayor-777.html">{title}</a></div>',
]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("language", "label", "title"), TEASERS)
def test_a_teaser_becomes_data(form: str, language: str, label: str, title: str) -> None:
    article = read(form.format(label=label, title=title), language=language)
    assert article.paragraphs == BODY[language]
    removal = only(article, RemovalKind.READ_ALSO)
    assert (removal.label, removal.title) == (label, title)
    assert removal.target == "https://news.example/news/mayor-777.html"
    assert removal.after_paragraph == 2


@pytest.mark.parametrize(("language", "label", "title"), TEASERS)
def test_a_teaser_without_a_link_needs_its_colon(language: str, label: str, title: str) -> None:
    assert read(f"<p>{label}: {title}</p>", language=language).paragraphs == BODY[language]


@pytest.mark.parametrize(("language", "label", "title"), TEASERS)
def test_a_label_over_a_list(language: str, label: str, title: str) -> None:
    items = "".join(f'<li><a href="/news/other-{n}00.html">{title} {n}</a></li>' for n in (1, 2))
    article = read(f"<p><strong>{label}:</strong></p><ul>{items}</ul>", language=language)
    assert article.paragraphs == BODY[language]
    related = article_dict(article)["related"]
    assert related == [
        {
            "label": label,
            "title": f"{title} {n}",
            "url": f"https://news.example/news/other-{n}00.html",
            "after_paragraph": 2,
        }
        for n in (1, 2)
    ]


@pytest.mark.parametrize(
    "tail",
    [
        'Read also: <a href="/news/mayor-777.html">Mayor resigns over bridge</a>',
        '<br>Read also: <a href="/news/mayor-777.html">Mayor resigns over bridge</a>',
        '(Read also: <a href="/news/mayor-777.html">Mayor resigns over bridge</a>)',
    ],
)
def test_a_teaser_at_a_paragraphs_end_is_cut_out(tail: str) -> None:
    article = read(f"<p>Work is to begin in the spring of next year, the mayor said. {tail}</p>")
    assert article.paragraphs[2] == "Work is to begin in the spring of next year, the mayor said."
    removal = only(article, RemovalKind.READ_ALSO)
    assert removal.title == "Mayor resigns over bridge"
    block, start, end = removal.position
    assert (start, end - start) == (len(article.paragraphs[2]), len(removal.text))
    assert block == article.positions[2][0]


def test_a_paragraph_that_is_all_link_to_another_article_is_a_teaser() -> None:
    article = read(
        '<p><a href="/news/mayor-resigns-over-bridge-777.html">Mayor resigns over the bridge</a></p>'
    )
    assert only(article, RemovalKind.READ_ALSO).title == "Mayor resigns over the bridge"


APPEALS = [
    (
        "en",
        "donation",
        "We’re bringing the voice of the city to the world. Support us with a one-time donation!",
    ),
    ("en", "newsletter", "Sign up for our morning newsletter"),
    ("en", "share", "Share this article with your friends"),
    ("uk", "donation", "Підтримайте нас гривнею — станьте нашим патроном!"),
    ("uk", "newsletter", "Підписуйтесь на наш Telegram-канал"),
    ("ru", "donation", "Поддержите независимую журналистику: сделайте разовый взнос"),
    ("ru", "newsletter", "Подписывайтесь на наш канал в Telegram"),
    ("ar", "donation", "ادعمنا بالتبرع لمرة واحدة، أو كن أحد الداعمين!"),
    ("ar", "newsletter", "اشترك في نشرتنا البريدية"),
]


@pytest.mark.parametrize("form", ["<p>{}</p>", "<p><em>{}</em></p>", "<div class=insert>{}</div>"])
@pytest.mark.parametrize(("language", "kind", "text"), APPEALS)
def test_appeals_to_the_reader_leave(form: str, language: str, kind: str, text: str) -> None:
    article = read(form.format(text), language=language)
    assert article.paragraphs == BODY[language]
    assert only(article, RemovalKind(kind)).text == text


ATTRIBUTIONS = [
    ("en", "Read the original article on", "The New Voice of Ukraine", "Read the original article"),
    (
        "en",
        "This article was originally published by",
        "The New Voice of Ukraine",
        "This article was originally published",
    ),
    (
        "uk",
        "Читайте оригінал статті на сайті",
        "The New Voice of Ukraine",
        "Читайте оригінал статті на сайті",
    ),
    ("ru", "По материалам", "The New Voice of Ukraine", "По материалам"),
    ("ar", "اقرأ المقال الأصلي عن", "صوت أوكرانيا الجديد", "اقرأ المقال الأصلي"),
]


@pytest.mark.parametrize("linked", [True, False])
@pytest.mark.parametrize(("language", "words", "name", "label"), ATTRIBUTIONS)
def test_an_attribution_names_the_original(
    language: str, words: str, name: str, label: str, *, linked: bool
) -> None:
    target = "https://english.nv.ua/nation/x-1.html"
    shown = f'<a href="{target}">{name}</a>' if linked else name
    article = read(f"<p>{words} {shown}</p>", language=language, at=3)
    assert article.paragraphs == BODY[language]
    found = article.attribution
    assert found is not None
    assert (found.outlet_as_written, found.label, found.outlet) == (name, label, "The New Voice of Ukraine")
    assert found.url == (target if linked else None)


def test_of_a_credit_s_links_the_article_s_is_the_original() -> None:
    home, original = "https://long-bridge.example/", "https://long-bridge.example/ferry-8811"
    article = read(
        f'<p>This article is republished from <a href="{home}">The Long Bridge</a> under a Creative Commons licence. '
        f'Read the <a href="{original}">original article</a>.</p>',
        at=3,
    )
    assert article.paragraphs == BODY["en"]
    assert article.attribution is not None
    assert (article.attribution.outlet, article.attribution.url) == ("The Long Bridge", original)
    line = next(cut for cut in article.removals if cut.kind is RemovalKind.ATTRIBUTION)
    assert line.target == original


def test_a_copy_in_the_same_language_is_a_duplicate_one_in_another_is_not() -> None:
    link = '<a href="https://english.nv.ua/nation/x-1.html">The New Voice of Ukraine</a>'
    copy = article_dict(read(f"<p>Read the original article on {link}</p>", at=3))
    assert copy["duplicate_of"] == "https://english.nv.ua/nation/x-1.html"
    translated = article_dict(read(f"<p>Читайте оригінал на сайті {link}</p>", language="uk", at=3))
    assert translated["duplicate_of"] is None
    assert translated["syndicated_from"] == {
        "outlet": "The New Voice of Ukraine",
        "url": "https://english.nv.ua/nation/x-1.html",
    }


def test_an_unknown_outlet_keeps_its_written_name() -> None:
    article = read('<p>Source: <a href="https://unknown-paper.example/a">The Unknown Paper</a></p>', at=3)
    assert article.attribution is not None
    assert article.attribution.outlet == "The Unknown Paper"
    assert article.attribution.outlet_home is None


BOXES = [
    ('<div class="newsletter-box"><h3>Every morning</h3><p>The news of the day.</p></div>', "newsletter"),
    ('<div class="donate-box"><p>The paper lives on its readers.</p></div>', "donation"),
    ('<div class="ads-inline"><span>Advertisement</span></div>', "advertisement"),
    (
        '<figure><img src="/i.jpg"><figcaption>The river in spring. Photo: A. Person</figcaption></figure>',
        "caption",
    ),
    ('<div class="nts-video-wrapper"><p>Video of day</p></div>', "embed"),
]


@pytest.mark.parametrize(("markup", "kind"), BOXES)
def test_boxes_are_known_by_their_classes(markup: str, kind: str) -> None:
    article = read(markup)
    assert article.paragraphs == BODY["en"]
    assert {removal.kind.value for removal in article.removals if removal.after_paragraph == 2} == {kind}


TRAPS = [
    ("en", "Read also the small print before you sign anything, the minister said after the meeting."),
    ("en", "“Read also the small print,” he said, holding up a contract of two hundred pages."),
    ("en", "Donate was the one word on every sign as residents raised a million dollars for the families."),
    ("en", "“Support us with weapons, not with words,” the president said in his address on Friday."),
    ("en", "A source close to the president said the decision was made late on Sunday."),
    ("en", "The newsletter of the party, first printed in 1921, is to be digitised by the library."),
    ("en", "She asked friends to share the burden of the work, and many of them came."),
    ("en", "Nobody spoke."),
    ("en", "More than a thousand people signed the petition against the bridge last week."),
    ("en", "Related parties were not told of the sale, the auditors found in their report."),
    ("uk", "Читайте також звіт повністю, перш ніж робити висновки, сказав міністр журналістам."),
    ("uk", "Мешканці зібрали понад мільйон гривень на підтримку родин, які втратили житло."),
    ("uk", "Джерело, близьке до президента, повідомило, що рішення ухвалили в неділю."),
    ("uk", "За матеріалами слідства, будівництво почалося без дозволу."),
    ("ru", "Читайте также сам доклад, а не только заголовки, сказал министр журналистам."),
    ("ru", "Источник, близкий к президенту, сообщил, что решение приняли в воскресенье."),
    ("ru", "По материалам дела, он был задержан в марте."),
    ("ar", "اقرأ أيضاً التقرير كاملاً قبل أن تحكم عليه، قال الوزير للصحفيين بعد الجلسة."),
    ("ar", "تبرع السكان بأكثر من مليون دولار لدعم الأسر التي فقدت منازلها في الفيضان."),
    ("ar", "وقال مصدر مقرب من الرئيس إن القرار اتخذ مساء الأحد بعد مكالمة طويلة."),
]


@pytest.mark.parametrize(("language", "text"), TRAPS)
def test_body_that_mentions_such_words_stays(language: str, text: str) -> None:
    article = read(f"<p>{text}</p>", language=language)
    assert article.paragraphs[2] == text


@pytest.mark.parametrize(
    "markup",
    [
        'Details appear in <a href="/reports/bridge-2024-full.html">the report of the council</a>, today.',
        'Read also <a href="/a/annex-12345.html">the annex</a> before you judge the plan, the minister said.',
        '<a href="/a/annex-12345.html">The mayor has resigned, his office announced late on Sunday.</a>',
    ],
)
def test_a_sentence_with_a_link_stays(markup: str) -> None:
    assert len(read(f"<p>{markup}</p>").paragraphs) == 4


def test_a_standfirst_is_the_lead_and_no_paragraph() -> None:
    lead = "Both parties back the plan, but nobody has yet said who is going to pay for it"
    page = (
        f'<html lang=en><head><meta name=description content="{lead}"></head>'
        "<body><article><header><h1>Bridge</h1>"
        f'<div class="subtitle">{lead}</div></header><div class=text>'
        f"{''.join(f'<p>{text}</p>' for text in BODY['en'])}</div></article></body></html>"
    )
    article = read_page(page.encode(), URL)
    assert article.meta.lead == lead
    assert article.paragraphs == BODY["en"]


def test_a_description_that_repeats_the_first_paragraph_is_no_standfirst() -> None:
    page = (
        f'<html lang=en><head><meta name=description content="{BODY["en"][0]}"></head>'
        "<body><article><h1>Bridge</h1>"
        f"{''.join(f'<p>{text}</p>' for text in BODY['en'])}</article></body></html>"
    )
    article = read_page(page.encode(), URL)
    assert article.meta.lead is None
    assert article.paragraphs == BODY["en"]
