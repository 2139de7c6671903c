"""How letters sound, script by script: the tables behind ``pipeline.romanise``. No logic, no I/O.

A *sound* is one character. Most are the Latin letter; these are not, because a script leaves open which of two
sounds is meant or because Latin has no single letter:

====  =====================  ====  ======================  ====  =========================
sign  sound                  sign  sound                   sign  sound
====  =====================  ====  ======================  ====  =========================
B     b or p (Arabic ب)      S     sh                      G     g or h (Cyrillic г)
F     f or v (Arabic ف)      Z     zh                      Q     gh (Arabic غ)
K     k or g (Arabic ك)      C     ch                      x     kh (Cyrillic х, Arabic خ)
X     a hiss, unclear which  c     ts                      J     dzh (English j)
``*`` a vowel, unclear which A     a, e or o (Arabic ا)      I     i or e (Arabic ي)
O     o or u (Arabic و)
====  =====================  ====  ======================  ====  =========================

A letter may be read in several ways; the first is the usual one. A rule's pattern is tried before the single
letters, in order; its lookarounds see the whole folded word (``pipeline.text.fold``: no accents, no hamza).

Sources: ISO 9, ISO 233-2, ISO 259, ISO 843, ISO 9984, ISO 9985, ISO 15919, the Revised Romanization of Korean
and Hepburn, coarsened to what the press's spellings of foreign names keep.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

#: ways to read a letter or group of letters, the usual one first; "" is silence
Readings = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Letters:
    """One script. ``abjad``: short vowels are not written, so that what is missing means nothing."""

    rules: tuple[tuple[str, Readings], ...]
    letters: Mapping[str, Readings]
    abjad: bool = False


def _single(pairs: str) -> dict[str, Readings]:
    """``"а=a г=G ь="`` as a table; several readings are divided by a comma."""
    return {
        letter: tuple(sounds.split(",")) for letter, _, sounds in (p.partition("=") for p in pairs.split())
    }


_V = "[aeiouy]"

LATIN = Letters(
    rules=(
        ("tsch|tch|dsch", ("C",)),
        ("shch|stsch", ("S",)),
        ("sch", ("S", "sk")),
        ("ch", ("C", "x")),
        ("cz|cs(?=[aeiou])", ("C",)),
        ("sz|sh", ("S",)),
        ("(?:^|(?<=[bdgkpt]))rz", ("Z", "rz")),
        ("zh", ("Z",)),
        ("xh|dzh|dj", ("J",)),
        ("ts|tz", ("c",)),
        ("kh", ("x",)),
        (rf"gh(?=t|$|[^\W{_V[1:-1]}])", ("", "g")),
        ("gh", ("Q",)),
        ("ph|pf", ("f",)),
        ("th", ("t",)),
        ("dh", ("d", "z")),
        ("rh|rr", ("r",)),
        ("ck|cq", ("k",)),
        (rf"qu(?={_V})", ("k", "kv", "C")),
        ("q(?=[iu])", ("k", "C")),
        ("^x", ("S", "ks")),
        ("x", ("ks",)),
        ("c(?=[eiy])", ("X",)),
        ("(?<=i)c$", ("C", "k")),
        ("c", ("k", "X")),
        ("g(?=[eiy])", ("g", "J")),
        (rf"j(?!{_V})", ("y",)),
        ("j", ("J", "y", "x")),
        (rf"^h|(?<={_V})h(?={_V})", ("h",)),
        (rf"(?<={_V})h(?!$)", ("h", "")),
        ("h", ("", "h")),
        ("^w", ("w",)),
        (rf"w(?={_V})", ("w", "u")),
        ("w", ("u", "w")),
        ("ee(?=.)", ("i",)),
        ("oo", ("u",)),
        ("(?<=.[^aeiouy])e$", ("e",)),
    ),
    letters=_single(
        "a=a b=b d=d e=e f=f g=g i=i k=k l=l m=m n=n o=o p=p q=q r=r s=s t=t u=u v=v y=y z=z ə=a ŋ=n ʒ=Z ƙ=k ɓ=b ɗ=d"
    ),
)

CYRILLIC = Letters(
    rules=(
        ("дж", ("J",)),
        ("чж", ("Z",)),
        ("цз", ("J",)),
        ("дз", ("c",)),
        ("пф", ("f",)),
        ("шч", ("S",)),
        ("у(?=[аеиоыэюяєії])", ("u", "w")),
    ),
    letters=_single(
        "а=a б=b в=v г=G ґ=g ѓ=J д=d е=e ё=o є=ye ж=Z з=z и=i і=i ї=yi й=y к=k л=l м=m н=n о=o п=p р=r с=s т=t у=u "
        "ф=f х=x ц=c ч=C ш=S щ=S ъ= ы=i ь= э=e ю=yu я=ya ђ=J ѕ=c ј=y љ=l њ=n ћ=C ќ=C џ=J ә=a ғ=Q қ=k ң=n ө=o ұ=u "
        "ү=u һ=h ӏ= җ=J ҳ=h ҷ=C ӣ=i ӯ=u"
    ),
)

ARABIC = Letters(
    rules=(
        ("تش", ("C", "tS")),
        ("تس|تز|دز", ("c", "tz")),
        ("كس", ("ks",)),
        ("دج|دژ", ("J",)),
        ("^ا", ("*",)),
        ("^و", ("w", "u")),
        ("(?<=[اي])و(?=.)|و(?=[اي])", ("O", "w")),
        ("^ي|ي(?=ا)", ("y",)),
        ("(?<=.)ه$", ("A", "h")),
        ("ھ", ("",)),
    ),
    letters=_single(
        "ا=A ب=B ت=t ث=t,s ج=J,g ح=h خ=x د=d ذ=z,d ر=r ز=z س=s ش=S ص=s ض=d,z ط=t ظ=z,d ع=* غ=Q ف=F ق=q ك=K ل=l م=m "
        "ن=n ه=h و=O ي=I پ=p چ=C ژ=Z گ=g ڤ=v ڭ=g ٹ=t ڈ=d ڑ=r ں=n ے=e ڕ=r ڵ=l ۆ=o ێ=e ۋ=v ڨ=g ڥ=v ښ=S ځ=J څ=c ټ=t ډ=d"
    ),
    abjad=True,
)

HEBREW = Letters(
    rules=(
        ("טש", ("C", "tS")),
        ("^א", ("*",)),
        ("^ע", ("*", "g")),
        ("וו", ("v",)),
        ("^ו", ("v",)),
        ("(?<=.)ו(?=[היו])|(?<=[אי])ו(?=.)|ו$", ("O", "v")),
        ("דז", ("c", "dz")),
        ("^ב", ("b",)),
        ("ב$", ("v", "b")),
        ("ב", ("b", "v")),
        ("^פ", ("p", "f")),
        ("פ", ("p", "f")),
        ("(?<=.)ה$", ("A", "h")),
        ("ג", ("g", "J")),
    ),
    letters=_single(
        "א=A ד=d ה=h ו=O ז=z ח=x ט=t י=I כ=K ך=x ל=l מ=m ם=m נ=n ן=n ס=s ע=* ף=f צ=c ץ=c ק=k ר=r ש=X ת=t"
    ),
    abjad=True,
)

GREEK = Letters(
    rules=(
        ("^γου(?=[αεηιο])", ("w", "gu")),
        ("^μπ", ("b",)),
        ("μπ", ("mB", "b")),
        ("^ντ", ("d",)),
        ("ντ", ("nt", "d", "nd")),
        ("^γκ", ("g",)),
        ("γκ|γγ", ("ng", "g")),
        ("τζ", ("J", "c")),
        ("τσ", ("C",)),
        ("ου(?=[αεηιο])", ("w", "u")),
        ("ου", ("u",)),
        ("αυ", ("av",)),
        ("ευ", ("ev",)),
        ("ει|οι", ("i",)),
        ("αι", ("e",)),
        ("γ(?=[ειηυ])", ("g", "y")),
    ),
    letters=_single(
        "α=a β=v,b γ=g δ=d ε=e ζ=z η=i θ=t ι=i κ=k λ=l μ=m ν=n ξ=ks ο=o π=p ρ=r σ=X ς=X τ=t υ=i φ=f χ=x ψ=ps ω=o"
    ),
)

ARMENIAN = Letters(
    rules=(("ու", ("u",)), ("եւ", ("ev",))),
    letters=_single(
        "ա=a բ=b գ=g դ=d ե=e զ=z է=e ը= թ=t ժ=Z ի=i լ=l խ=x ծ=c կ=k հ=h ձ=c ղ=Q ճ=C մ=m յ=y ն=n շ=S ո=o չ=C պ=p ջ=J "
        "ռ=r ս=s վ=v տ=t ր=r ց=c ւ=v փ=p ք=k օ=o ֆ=f"
    ),
)

GEORGIAN = Letters(
    rules=(("უ(?=[აეიო])", ("u", "w")),),
    letters=_single(
        "ა=a ბ=b გ=g დ=d ე=e ვ=v ზ=z თ=t ი=i კ=k ლ=l მ=m ნ=n ო=o პ=p ჟ=Z რ=r ს=s ტ=t უ=u ფ=p,f ქ=k ღ=Q ყ=q შ=S ჩ=C "
        "ც=c ძ=c წ=c ჭ=C ხ=x ჯ=J ჰ=h"
    ),
)

DEVANAGARI = Letters(
    rules=(
        ("ल्ल", ("l",)),
        ("न्न", ("n",)),
        ("म्म", ("m",)),
        ("त्त", ("t",)),
        ("[जझ]\u093c", ("z",)),
        ("ड\u093c", ("r",)),
        ("[चछ]", ("C",)),
    ),
    letters=_single(
        "क=k ख=k ग=g घ=g ङ=n ज=J,z झ=J ञ=n ट=t ठ=t ड=d ढ=d ण=n त=t थ=t द=d ध=d न=n प=p फ=f ब=b भ=b म=m य=y र=r ल=l "
        "व=v श=S ष=S स=s ह=h अ=a आ=a इ=i ई=i उ=u ऊ=u ए=e ऐ=e ओ=o औ=o ऑ=o ा=a ि=i ी=i ु=u ू=u े=e ै=e ो=o ौ=o ॉ=o ृ=r "
        "ं=n ँ=n ्= \u093c="
    ),
    abjad=True,
)

KANA = Letters(
    rules=(
        ("シャ|シュ|ショ|シェ|シ", ("Si",)),
        ("チャ|チュ|チョ|チェ|チ", ("Ci",)),
        ("ジャ|ジュ|ジョ|ジェ|ジ|ヂ", ("Ji",)),
        ("[ヴブ]ァ", ("va",)),
        ("[ヴブ]ィ", ("vi",)),
        ("[ヴブ]ェ", ("ve",)),
        ("[ヴブ]ォ", ("vo",)),
        ("ファ", ("fa",)),
        ("フィ", ("fi",)),
        ("フェ", ("fe",)),
        ("フォ", ("fo",)),
        ("ティ", ("ti",)),
        ("トゥ", ("tu",)),
        ("ディ", ("di",)),
        ("ドゥ", ("du",)),
        ("ウ(?=[ァィェォ])", ("w",)),
    ),
    letters=_single(
        "ア=a イ=i ウ=u エ=e オ=o カ=ka キ=ki ク=ku ケ=ke コ=ko ガ=ga ギ=gi グ=gu ゲ=ge ゴ=go サ=sa ス=su セ=se ソ=so "
        "ザ=za ズ=zu ゼ=ze ゾ=zo タ=ta ツ=cu テ=te ト=to ダ=da ヅ=zu デ=de ド=do ナ=na ニ=ni ヌ=nu ネ=ne ノ=no ハ=ha "
        "ヒ=hi フ=fu ヘ=he ホ=ho バ=ba,va ビ=bi,vi ブ=bu,vu ベ=be,ve ボ=bo,vo パ=pa ピ=pi プ=pu ペ=pe ポ=po "
        "マ=ma ミ=mi ム=mu メ=me モ=mo ヤ=ya ユ=yu ヨ=yo ラ=ra,la リ=ri,li ル=ru,lu レ=re,le ロ=ro,lo "
        "ワ=wa ヲ=o ン=n ヴ=vu ァ=a ィ=i ゥ=u ェ=e ォ=o ャ=a ュ=u ョ=o ッ= ー="
    ),
    abjad=True,
)


def _parts(text: str) -> tuple[str, ...]:
    return tuple(text.split(" "))


#: Hangul syllables are taken apart by arithmetic (The Unicode Standard, section 3.12): lead, vowel, tail
HANGUL_LEADS: tuple[Readings, ...] = tuple(
    tuple(part.split(",")) for part in _parts("g,k k n d,t t r,l m b,v p s s  J,z J C,c k t p,f h")
)
HANGUL_VOWELS = _parts("a e ya ye o e yo ye o wa we we yo u wo we wi yu  i i")
HANGUL_TAILS = _parts(" k k k n n n t l k m l l l p l m p p t t n t t k t p t")
