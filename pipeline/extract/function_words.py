"""The most frequent small words of the languages that share a script, for telling them apart.

Our own choice of articles, prepositions, conjunctions and pronouns, unreviewed by native
speakers; a word that several languages have counts for each of them. Casefolded.
"""

from __future__ import annotations

import re
from collections import Counter

_LISTS = {
    "en": "the of and to in that is for on with was as by at from it his are be this have",
    "de": "der die das und in den von zu mit sich des auf für ist im dem nicht ein eine auch als",
    "fr": "de la le les et des en du un une à que pour dans qui est il au sur pas par",
    "es": "de la que el en y a los se del las por un con una para no es al su lo como",
    "it": "di che la il e un in per è del non una della si i le con da alla dei sono gli",
    "pt": "de a o que e do da em um para com não uma os no se na por mais as dos à foi ao",
    "ca": "de la que i el a en les els un per amb una del és no al dels es les més va",
    "ro": "de și în a la care pe cu un o să nu din mai este pentru că au fost al ale",
    "nl": "de het een van en in is dat op te zijn met voor niet aan er om ook als bij door",
    "da": "og i at det er en til af på for med den de ikke der som har et fra var vi af",
    "no": "og i det er på en til som for av at med har de den ikke et om fra seg ble",
    "sv": "och i att det som en på är av för med den till inte har de ett om han från var",
    "is": "og að í á er sem til við um en hann það af var ekki fyrir með voru eru",
    "pl": "w i na z się nie do to że jest o po jak za od przez ale dla ma tym oraz",
    "cs": "a v se na je že s z do to o i ve k pro za by ale jako po jsem byl jeho",
    "sk": "a v sa na je že s z do to o aj vo k pre za by ale ako po bol jeho sú od",
    "hr": "i u je na se da za su od s o koji a kao iz što nije će bi to po sve ali",
    "sl": "in v je na se da za so z pa ki bi o po ni kot tudi bo od pri iz ga še",
    "hu": "a az és hogy nem is egy ez meg azt van volt már csak mint de ki még el lesz",
    "tr": "ve bir bu için de da ile olarak çok daha olan gibi ne ise en kadar sonra var dedi ki"
    " o ancak ya diye ama hem her iki yeni tarafından arasında bunun",
    "fi": "ja on ei että se oli joka hän ovat mutta myös kun tai sen mukaan jo niin kuin",
    "et": "ja on ei et see oli ka kui mis aga ning oma ta mida või selle seda nii pärast",
    "lv": "un ir ka no uz ar par tas kas arī bet tā lai pēc vai viņš bija nav savu",
    "lt": "ir kad yra į su iš tai kaip buvo bet apie jis dėl per tik už po apie taip",
    "sq": "të e në i për me një që nga dhe është u ka si nuk më edhe do kjo së",
    "id": "yang dan di dengan untuk dari ini pada itu dalam tidak akan juga ke ada oleh bisa",
    "vi": "và của là có trong được cho không một với các người những đã khi này để về từ",
    "sw": "ya na wa kwa ni katika la za kuwa hiyo huo cha hayo alisema wakati pia hii",
    "ru": "и в не на что с по как из его для это к был от он за но также а было",
    "uk": "і в на не що з до та у як за про це для від є його під але також й",
    "be": "і ў на не што з да як за па гэта для ад яго але таксама аб пра быў",
    "bg": "на и в за да се от с е не че по са като ще до или който след има беше",
    "mk": "на и во за да се од со е не дека што по ќе како или кој го беше",
    "sr": "и у је на се да за су од са о који а као из што није ће би то по",
    "ar": "في من على أن إلى عن التي الذي هذا مع ما كان هذه بعد كما بين قد لا",
    "fa": "در به از که این را با است برای آن یک خود تا بر بود شد می هم نیز",
    "ur": "کے میں کی ہے اور سے کا کو اس نے پر کہ ہیں یہ بھی جو نہیں",
    "hi": "के में है की से का को और पर ने कि यह भी हैं इस एक नहीं लिए",
    "mr": "आणि आहे या ते तर हे नाही की एक होते करण्यात आहेत त्या यांनी",
    "he": "של את על לא זה הוא עם כי גם אל היא כל או אבל יש היה",
}

FUNCTION_WORDS = {language: frozenset(words.split()) for language, words in _LISTS.items()}
_LANGUAGES = {
    word: tuple(language for language, small in FUNCTION_WORDS.items() if word in small)
    for word in frozenset().union(*FUNCTION_WORDS.values())
}
_WORD = re.compile(r"[^\W\d_]+")
_DEVANAGARI = re.compile(r"[\u0900-\u0963\u0970-\u097f]+")


def tokens(text: str) -> list[str]:
    """The text's words, casefolded; marks of Devanagari belong to their word."""
    return _DEVANAGARI.findall(text) if _DEVANAGARI.search(text) else _WORD.findall(text.casefold())


def share(words: list[str], language: str) -> float:
    """The share of the words that are small words of the language."""
    small = FUNCTION_WORDS.get(language, frozenset())
    return sum(word in small for word in words) / len(words) if words else 0.0


def shares(words: list[str]) -> dict[str, float]:
    """Language -> the share of the words that are among its small words; empty without words."""
    if not words:
        return {}
    count = Counter(words)
    result = dict.fromkeys(FUNCTION_WORDS, 0.0)
    for word in count.keys() & _LANGUAGES.keys():
        for language in _LANGUAGES[word]:
            result[language] += count[word] / len(words)
    return result
