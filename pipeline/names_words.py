"""Which words of a text are worth keeping as spellings of names. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache

from pipeline.text import words

#: how many words of one text are kept
MOST_NAMES = 60
#: shorter words are particles in scripts without capitals, and initials in the others
LEAST_CASELESS, LEAST_CASED = 4, 3

_CAPITALS = "".join(
    char for code in (*range(0x41, 0x590), *range(0x1E00, 0x2000)) if (char := chr(code)).isupper()
)
# What begins with a capital, marks and inner apostrophes included. No look-behind: without one the search jumps
# from capital to capital.
_CAPITALISED = re.compile(f"[{_CAPITALS}][\\w\u0300-\u036f'’ʼ\xad]+")
#: Hebrew, Arabic, Indic, Georgian, Hangul: letters without capitals, words with spaces between
_CASELESS = "\u05d0-\u05ea\u0620-\u08ff\u0900-\u0dff\u10d0-\u10ff\uac00-\ud7a3"
_HAS_CASELESS, _IS_CASELESS = re.compile(f"[{_CASELESS}]"), re.compile(f"[{_CASELESS}]{{2}}")
#: Japanese writes foreign names in katakana
_KATAKANA = re.compile("[\u30a1-\u30fa\u30fc]{3,}")
#: what may stand between the end of a sentence and the next word
_OPENING = " \t\xa0\"'“”„«»‘’()[]—–-"
_SENTENCE_END = "\n!?…:;"
_LOOK_BACK = 12
#: Arabic: articles and endings that names seldom have, foreign ones never
_COMMON = re.compile("[وفبك]?ال|لل|.*(?:ات|تها|تهم|ها|هم|نا|وا|يه|ون|يين|تين|يا)$")

#: the most frequent words of the scripts without capitals: what no reader would call a name
_FREQUENT = (
    # Arabic
    """
    الذي التي الذين اللذان اللتان ذلك هذا هذه هؤلاء تلك هناك هنا كان كانت كانوا يكون تكون سيكون ستكون ليس
    ليست على إلى عن من في مع عند عندما حيث حين حول خلال بعد قبل بين تحت فوق أمام وراء ضد دون بدون منذ حتى
    أيضا كما مثل غير بعض كل جميع أكثر أقل أول أولى ثاني ثانية آخر أخرى آخرين قال قالت قالوا يقول تقول وقال
    وقالت أضاف وأضاف أضافت وأضافت أكد وأكد أكدت وأكدت أعلن أعلنت وأعلن صرح ذكر ذكرت أشار وأشار أشارت وأشارت
    أوضح وأوضح يمكن يجب لكن ولكن لكنه لأن لأنه بأن بأنه أنه أنها أنهم إنه إنها وأن فإن لديه لديها لهم لها
    منه منها فيه فيها عليه عليها إليه إليها به بها عنه عنها معه معها نفسه نفسها اليوم أمس غدا يوم أيام شهر
    أشهر سنة سنوات عام أعوام عاما الماضي الماضية المقبل المقبلة الحالي الحالية الأول الأولى الثاني الثانية
    الأخير الأخيرة رئيس الرئيس الوزير وزير وزارة الحكومة حكومة الدولة دولة الدول دول البلاد بلاد مدينة
    المدينة منطقة المنطقة العالم عالم الناس الشعب شخص أشخاص الأشخاص مليون مليار ألف آلاف مئة مئات عدد كبير
    كبيرة صغير جديد جديدة الجديد الجديدة قد سوف لقد فقد وقد إذا وإذا لم لن ولم بسبب بشكل بشأن ضمن داخل خارج
    قوات القوات الجيش الحرب حرب السلام العسكرية العسكري الأمن الأمنية السياسية الدولي الدولية المتحدة
    الاتحاد مجلس المجلس طريق عمل العمل حياة الحياة حق الحق وكان وكانت وهو وهي وهم كذلك نحو وفي ومن وعلى ومع
    وإلى والتي والذي ولا وما فيما بينما مما عما لماذا كيف أين متى ربما تقريبا فقط جدا مرة مرات وقت الوقت يتم
    تم تمت وتم أصبح أصبحت بدأ بدأت يريد تريد يعتقد فريق الفريق مباراة المباراة لاعب شركة الشركة شركات
    """
    # Persian
    """
    است بود شد شده شود کرد کرده کند کنند دارد دارند داشت این آنها برای باید بین پیش پس تمام جدید خود خواهد
    خواهند دیگر درباره دولت روز سال ساعت شما علیه گفت گفته گزارش مردم مورد میان نیز نیست وجود هایی هستند
    همچنین همین هنوز کشور
    """
    # Hebrew
    """
    אבל אולי אחד אחרי אחר אחרת אותה אותו אותם אחת איך אין אלא אלה אמר אמרה אנחנו אנשים אפשר אשר בגלל ביום
    בין בית בלי דבר דברים היא היה היו היום הוא הזה הזאת הזו הממשלה המדינה הראשון השנה ולא וגם זאת חדש חדשה
    חייב יותר יום ימים ישראלי כבר כדי כולל כמה כמו כאשר לאחר לגבי להיות למה לפני לפי ללא מאוד מאז מדי מול
    מתוך ממשלה מדינה משרד נגד נוספים עבור עדיין עכשיו עצמו פעם צריך ראש ראשון רק שהוא שהיא שלא שלהם שלו שלה
    שלנו שנים שנה תחת
    """
    # Urdu
    """
    اپنے اپنی انہوں جانب جبکہ ساتھ سکتا سکتے طرف کرنے کرتے کہنا لیکن مطابق میں نہیں والے والی ہوئے ہوئی
    """
    # Georgian
    """
    არის იყო იყვნენ რომელიც რომლის რომელსაც მისი მათი ასევე შემდეგ განაცხადა თქმით მიერ მხოლოდ უნდა წლის
    წელს მაგრამ
    """
    # Korean
    """
    있는 있다 했다 했습니다 대통령 그리고 하지만 위해 대한 대해 밝혔다 말했다 지난 이번 오늘 정부 따르면
    """
)


@lru_cache(maxsize=1)
def _frequent() -> frozenset[str]:
    return frozenset(words(_FREQUENT))


def names_in(
    title: str, paragraphs: Sequence[str], language: str | None, *, folded: Sequence[str] | None = None
) -> tuple[str, ...]:
    """The folded words of a text that are worth keeping as spellings of names, at most ``MOST_NAMES``.

    Cased scripts: written with a capital inside a sentence, and never without one. Scripts without capitals:
    every longer word but the most frequent ones, those last that look like common words. Katakana is kept in
    runs. The repeated ones come first. ``language`` is a BCP 47 tag; German, which writes all nouns with
    capitals, has to repeat a word. ``folded`` is ``words`` of title and paragraphs, where they are at hand.
    """
    body = "\n".join(paragraphs)
    text = f"{title}\n{body}"
    found = Counter(_capitalised(body if _all_capitals(title) else text))
    if (language or "").lower().startswith(("de", "lb")):
        found = Counter({word: times for word, times in found.items() if times > 1})
    if not text.isascii():
        found.update("".join(words(run)) for run in _KATAKANA.findall(text))
    if not text.isascii() and _HAS_CASELESS.search(text):
        found.update(_caseless(words(text) if folded is None else folded))
        ranked = sorted(found, key=lambda word: (_COMMON.match(word) is not None, -found[word]))
        return tuple(ranked[:MOST_NAMES])
    return tuple(word for word, _ in found.most_common(MOST_NAMES))


def _capitalised(text: str) -> Iterator[str]:
    """The folded words with a capital that begin no sentence, as often as they stand there."""
    seen = Counter(match[0] for match in _CAPITALISED.finditer(text) if _inside_sentence(text, match.start()))
    for token, times in seen.items():
        if f" {token.lower()} " not in text:
            for word in words(token):
                if len(word) >= LEAST_CASED:
                    yield from [word] * times


def _inside_sentence(text: str, at: int) -> bool:
    """Does a word begin here, and no sentence with it?"""
    before = text[max(0, at - _LOOK_BACK) : at]
    if before[-1:].isalnum():
        return False
    left = before.rstrip(_OPENING)
    if not left or left[-1] in _SENTENCE_END:
        return False
    # Behind one or two letters a full stop belongs to an initial or a title (Дж., Mr.).
    return left[-1] != "." or not (left[-2:-1].isdigit() or (len(left) > 3 and left[-4:-1].isalpha()))


def _caseless(folded: Sequence[str]) -> dict[str, int]:
    frequent = _frequent()
    return {
        word: times
        for word, times in Counter(folded).items()
        if len(word) >= LEAST_CASELESS and word not in frequent and _IS_CASELESS.match(word)
    }


def _all_capitals(title: str) -> bool:
    """Is a headline written In Capitals Throughout, so that they mean nothing?"""
    long = [word.strip("\"'“”„«»‘’(") for word in title.split() if len(word) > 3]
    capitalised = sum(word[:1].isupper() for word in long)
    return capitalised > 1 and capitalised * 3 > 2 * len(long)
