"""Wordings that no file lists are known by what they are put together of, prose with such words is not."""

from __future__ import annotations

import pytest

from pipeline.article import Block, Link, RemovalKind
from pipeline.clean import phrases, rules
from pipeline.clean.lines import Cut, Page, split

URL = "https://news.example/world/bridge-plan-12345.html"
OTHER = "https://news.example/world/mayor-resigns-over-bridge-777.html"


def judged(
    text: str, language: str, *, link: str | None = None, last: bool = False, strong: int = 0
) -> Cut | None:
    """Why a paragraph leaves the body, in the middle of an article (or as its last line)."""
    links = (Link(url=OTHER, text=link),) if link else ()
    prose = Block(
        text="Prose about the bridge, the river and the money. " * 4, kind="paragraph", path="article>p"
    )
    block = Block(text=text, kind="paragraph", path="article>p", links=links, strong=strong)
    lines = split([*[prose] * 6, block, *[prose] * (0 if last else 6)])
    size = sum(len(line.text) for line in lines)
    page = Page(
        url=URL,
        host="news.example",
        lexicon=phrases.lexicon(language),
        titles=frozenset(),
        lead="",
        first=0,
        last=len(lines) - 1,
        home="article",
        lines=lines,
        size=size,
        mass={"article>p": size},
        tail=4 if last else 9,
    )
    return rules.judge(lines[6], page)


TEASERS = [
    ("en", "More of our coverage: Mayor resigns over bridge"),
    ("en", "Also recommended: Ten bridges you should see"),
    ("uk", "Прочитайте й це: Мер іде у відставку через міст"),
    ("uk", "Схожі матеріали на цю тему: Мер іде у відставку"),
    ("ru", "Почитать ещё по этой теме: Мэр уходит в отставку"),
    ("ru", "Рекомендуем посмотреть также: Мэр уходит в отставку"),
    ("ar", "اقرأ في هذا السياق: رئيس البلدية يستقيل بسبب الجسر"),
    ("fa", "در همین موضوع بیشتر بخوانید: شهردار استعفا کرد"),
    ("he", "לקריאה נוספת על הנושא: ראש העיר מתפטר"),
    ("tr", "Bu konuda daha fazlasını da okuyun: Belediye başkanı istifa etti"),
    ("de", "Lesen Sie dazu auch: Bürgermeister tritt wegen Brücke zurück"),
    ("fr", "Lire également sur ce sujet : Le maire démissionne"),
    ("es", "Lea también sobre este tema: El alcalde dimite por el puente"),
    ("it", "Leggi ancora sullo stesso argomento: Il sindaco si dimette"),
    ("pt", "Leia ainda sobre este assunto: Prefeito renuncia por ponte"),
    ("pl", "Przeczytaj więcej na ten temat: Burmistrz rezygnuje przez most"),
    ("nl", "Lees hier meer over dit onderwerp: Burgemeester stapt op"),
    ("ro", "Citește și despre acest subiect: Primarul demisionează"),
    ("bg", "Прочетете още по тази тема: Кметът подава оставка"),
    ("cs", "Přečtěte si více k tématu: Starosta rezignuje kvůli mostu"),
    ("sk", "Prečítajte si viac k téme: Starosta odstupuje pre most"),
    ("sv", "Läs även vår tidigare artikel: Borgmästaren avgår"),
    ("da", "Læs mere om emnet her: Borgmesteren går af efter broen"),
    ("fi", "Lue lisää aiheesta: Pormestari eroaa sillan takia"),
    ("el", "Διαβάστε περισσότερα για το ίδιο θέμα: Παραιτείται ο δήμαρχος"),
    ("zh", "更多相关内容：市长因大桥辞职引发讨论"),
    ("ja", "こちらの関連記事もおすすめ：市長が橋をめぐり辞任を表明"),
    ("ko", "함께 보면 좋은 관련 뉴스: 다리 문제로 시장이 사임했다"),
    ("hi", "इस विषय पर यह भी देखें: पुल विवाद पर मेयर का इस्तीफ़ा"),
]


@pytest.mark.parametrize(("language", "text"), TEASERS)
def test_a_teaser_in_words_that_no_file_lists(language: str, text: str) -> None:
    cut = judged(text, language)
    assert cut is not None
    assert cut.kind is RemovalKind.READ_ALSO


APPEALS = [
    ("en", "donation", "Become a member and keep this newsroom running."),
    ("en", "newsletter", "Get the week in one digest: join the mailing list."),
    ("en", "share", "Pass the story on to a colleague."),
    ("uk", "donation", "Станьте частиною спільноти та зробіть внесок у незалежну журналістику."),
    ("uk", "newsletter", "Доєднуйтеся до каналу в Telegram, там усе найсвіжіше"),
    ("uk", "share", "Надішліть статтю тому, кому вона буде корисна, — друзям або колегам"),
    ("ru", "donation", "Оформите ежемесячное пожертвование, и редакция продолжит работу"),
    ("ru", "newsletter", "Ещё больше новостей — в Telegram. Заходите!"),
    ("ru", "share", "Перешлите материал тем, кому он важен"),
    ("ar", "donation", "كن من داعمينا وساهم في استمرار صحافة مستقلة"),
    ("ar", "newsletter", "تابعوا آخر المستجدات عبر قناة تلغرام"),
    ("de", "donation", "Werden Sie Mitglied und sichern Sie freien Journalismus."),
    ("de", "share", "Senden Sie den Beitrag an Freunde weiter"),
    ("fr", "newsletter", "Chaque matin, recevez la newsletter de la rédaction."),
    ("es", "donation", "Colabora con una aportación y defiende el periodismo libre."),
    ("it", "share", "Manda la notizia ai tuoi amici"),
    ("pt", "newsletter", "Entre no canal do WhatsApp e fique por dentro."),
    ("pl", "donation", "Dołącz do patronów i pomóż nam pisać dalej."),
    ("nl", "newsletter", "Ontvang elke ochtend de nieuwsbrief."),
    ("tr", "newsletter", "Gelişmeler için WhatsApp kanalına katılın"),
    ("el", "newsletter", "Μπείτε στο Viber και λάβετε ειδοποιήσεις"),
    ("cs", "donation", "Přidejte se ke čtenářům, kteří nás drží při životě, a přispějte."),
    ("sv", "newsletter", "Få nyheterna varje morgon: anmäl dig till nyhetsbrevet"),
]


@pytest.mark.parametrize(("language", "kind", "text"), APPEALS)
def test_an_appeal_in_words_that_no_file_lists(language: str, kind: str, text: str) -> None:
    cut = judged(text, language)
    assert cut is not None
    assert cut.kind == kind


PROSE = [
    (
        "en",
        "The bridge will be paid for by readers of the town's one newspaper, which began a fund in March.",
    ),
    ("en", "He posted the video to Telegram, and friends of the family shared the story within minutes."),
    ("en", "Support for independent journalism has fallen in every country of the survey."),
    ("en", "More than that: nobody had read the report."),
    ("en", "Our first report on the bridge was published by the council's own engineers."),
    ("uk", "Президент підписав указ, повідомив його Telegram-канал."),
    ("uk", "Вони підтримали нас, коли редакція втратила приміщення, згадує журналістка."),
    ("ru", "Следователь опубликовал фото в своём телеграм-канале."),
    ("ru", "Читатели поддержали редакцию и собрали деньги на новый принтер."),
    ("ar", "وقال إن القناة على تلغرام نشرت الخبر مساء الأحد."),
    ("de", "Die Leser unterstützten die Redaktion mit einem Beitrag von je zehn Euro."),
    ("fr", "Il a partagé l'article avec ses amis, puis la vidéo a été retirée."),
    ("es", "El boletín del partido llegó a la aplicación de sus socios el lunes."),
    ("pl", "Czytelnicy wsparli redakcję, a darowizny przekroczyły milion złotych."),
    ("tr", "Okurlarımız bağış kampanyasında bir milyon lira topladı."),
    ("ro", "Ministrul susține că podul va fi gata la toamnă."),
    ("es", "El Gobierno apoya el plan del puente y espera compartir la carga con la región."),
    ("pt", "O governo apoia o plano da ponte, que custará dez milhões por mês."),
    ("de", "Ihre Unterstützung für den Plan zogen beide Parteien am Montag zurück."),
    ("it", "Gli operai guadagnano mille euro al mese, dice il sindacato."),
    ("nl", "Het dorp wordt lid van de vereniging die de brug onderhoudt."),
    ("zh", "市政府官方微信周一发布了大桥的图纸。"),
    ("fa", "او در کانال تلگرام خود نوشت که پل ساخته می‌شود."),
    ("zh", "读者为这家独立媒体捐款超过一百万元。"),
    ("ja", "読者は独立した報道を支援するため寄付を集めた。"),
]


@pytest.mark.parametrize(("language", "text"), PROSE)
def test_prose_about_the_same_things_stays(language: str, text: str) -> None:
    assert judged(text, language) is None


def test_a_label_of_any_words_before_a_linked_headline() -> None:
    title = "Mayor resigns over the bridge"
    cut = judged(f"Bridge saga: {title}", "en", link=title)
    assert cut is not None
    assert (cut.kind, cut.rule, cut.label, cut.title) == (
        RemovalKind.READ_ALSO,
        "structure:label-link",
        "Bridge saga",
        title,
    )
    assert judged(f"Kalt gelesen {title}", "xx", link=title, strong=12) is not None
    assert judged(f"The council said on Monday that {title}.", "en", link=f"{title}") is None


def test_a_row_of_networks_is_a_share_bar() -> None:
    cut = judged("Weitersagen: Facebook | X | WhatsApp", "en")
    assert cut is not None
    assert cut.kind is RemovalKind.SHARE
    assert judged("Facebook and Twitter: two of the firms that signed the letter", "en") is None


@pytest.mark.parametrize(
    ("language", "text", "name"),
    [
        ("en", "This story was first printed in The Unknown Paper", "The Unknown Paper"),
        ("de", "Zuerst veröffentlicht in Neue Brückenpost", "Neue Brückenpost"),
        ("ru", "Статья впервые напечатана в Мостовой газете", "Мостовой газете"),
        ("xx", "Herkomst van dit stuk BBC News", "BBC News"),
    ],
)
def test_an_attribution_in_other_words_at_the_end(language: str, text: str, name: str) -> None:
    cut = judged(text, language, last=True)
    assert cut is not None
    assert (cut.kind, cut.title) == (RemovalKind.ATTRIBUTION, name)


#: outlets credited in lines that say more than the name
CREDITS = [
    ("en",
     "This article is republished from The Long Bridge under a Creative Commons licence. Read it there.",
     "The Long Bridge"),
    ("en", "This article was first published on bridgeWatch and is republished here with permission.", "bridgeWatch"),
    ("en",
     "This story was originally published by Pier & Quay, a nonprofit newsroom that looks into harbours.",
     "Pier & Quay"),
    ("en", "Originally published at Pierzine. Put into English by Jane Doe.", "Pierzine"),
    ("en", "This essay is syndicated by arrangement with Morska Pravda.", "Morska Pravda"),
    ("en", "Published in The Norgholm Courier on 3 November 2026.", "The Norgholm Courier"),
    ("en", "©2026 The Norgholm Courier. Visit norgholm.example. Distributed by Skerry Content Agency, LLC.",
     "The Norgholm Courier"),
    ("en", "Copyright 2026 The Norgholm Courier. Reprinted with permission.", "The Norgholm Courier"),
    ("de",
     "Dieser Text erschien zuerst bei Brückenpost und wird hier mit freundlicher Genehmigung veröffentlicht.",
     "Brückenpost"),
    ("de", "Dieser Beitrag wurde zuerst bei Brückenpost veröffentlicht.", "Brückenpost"),
    ("fr",
     "Cet article est republié à partir de Le Grand Pont sous licence Creative Commons. Lire l’article original.",
     "Le Grand Pont"),
    ("fr", "Cet article a d’abord été publié dans Le Grand Pont et est reproduit avec autorisation.", "Le Grand Pont"),
    ("es",
     "Este artículo fue publicado originalmente en El Puente Largo y se reproduce con permiso.",
     "El Puente Largo"),
    ("ru", "Эта статья впервые опубликована на сайте The Pier и перепечатывается с разрешения редакции.", "The Pier"),
    ("ru", "Впервые опубликовано в издании Мост.", "Мост"),
    ("uk", "Ця стаття вперше опублікована на Pier Ukraine і передруковується з дозволу редакції.", "Pier Ukraine"),
    ("pl", "Ten artykuł ukazał się pierwotnie w Długi Most i jest publikowany za zgodą redakcji.", "Długi Most"),
    ("it",
     "Questo articolo è stato pubblicato originariamente su Il Ponte e viene ripubblicato con autorizzazione.",
     "Il Ponte"),
    ("pt", "Este artigo foi publicado originalmente em A Ponte e é republicado com permissão.", "A Ponte"),
    ("nl", "Dit artikel verscheen eerder in De Lange Brug en is overgenomen met toestemming.", "De Lange Brug"),
    ("ro",
     "Acest articol a fost publicat inițial pe PodulLung și este republicat cu permisiunea redacției.",
     "PodulLung"),
    ("ar", "نُشر هذا المقال لأول مرة في موقع الجسر ويُعاد نشره بإذن.", "الجسر"),
    ("ar", "هذا المقال نُشر أولاً في موقع الجسر.", "الجسر"),
    ("he", "המאמר פורסם לראשונה באתר הגשר הארוך, והוא מתפרסם כאן באישור.", "הגשר הארוך"),
    ("tr", "Bu yazı ilk olarak Uzun Köprü sitesinde yayımlandı.", "Uzun Köprü"),
    ("zh", "本文最初发表于长桥报。", "长桥报"),
    ("ja", "この記事は長橋新聞に最初に掲載されました。", "長橋新聞"),
    ("ja", "本稿は長橋新聞より転載しました。", "長橋新聞"),
    ("ja", "※この記事は「長橋新聞」の許可を得て転載しています。", "長橋新聞"),
    ("ja", "元の記事は長橋新聞で読めます。", "長橋新聞"),
    ("ko", "이 기사는 긴다리신문에 처음 게재되었습니다.", "긴다리신문"),
    ("ko", "본 기사는 긴다리신문의 허가를 받아 전재한 것입니다.", "긴다리신문"),
    ("ko", "원문은 긴다리신문에서 볼 수 있습니다.", "긴다리신문"),
    ("hi", "यह लेख पहले लंबा पुल में प्रकाशित हुआ था।", "लंबा पुल"),
    ("fi", "Artikkeli julkaistiin alun perin Pitkä Silta -lehdessä.", "Pitkä Silta -lehdessä"),
    ("sr", "Текст је првобитно објављен на сајту Дуги мост.", "Дуги мост"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text", "name"), CREDITS)
def test_a_credit_that_says_more_than_the_outlet_s_name(language: str, text: str, name: str) -> None:
    cut = judged(text, language, last=True)
    assert cut is not None
    assert cut.kind is RemovalKind.ATTRIBUTION
    assert cut.title is not None
    assert cut.title.casefold() == name.casefold()


@pytest.mark.parametrize("last", [True, False])
@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "First published in Paris in 1920, the novel sold a million copies before the war began."),
        ("en", "The story first appeared in print when the mayor was a child, and he has told it ever since."),
        ("en", "The report was published by a committee of the council that had met in secret since the spring."),
        ("en", "Published on Monday, the report says that the bridge will be closed for the whole of the winter."),
        ("de", "Der Text ist zuerst in einem Keller geschrieben worden, erzählte die Ministerin am Dienstag."),
        ("ja", "続きは来週の総会で決める方針だと市長は述べた。"),
        ("ja", "本記事は政府から提供された資料をもとに事件の経緯をまとめたものである。"),
        ("ko", "이 글은 중국에서 번역되어 널리 읽혔다."),
        ("uk", "Стаття була вперше надрукована, коли мер ще вчився у школі, і відтоді її не забули."),
    ],
)  # fmt: skip
def test_prose_about_what_was_published_stays(language: str, text: str, *, last: bool) -> None:
    assert judged(text, language, last=last) is None
