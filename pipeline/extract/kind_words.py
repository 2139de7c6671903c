"""What pages call themselves in their titles, by language: not there, or told as it happens."""

#: language -> the titles of error pages, a comma between; ``en`` with those of walls against robots
NOT_FOUND = {
    "": "404, error 404, error 403, error 410, error 500, error 503",
    "en": "page not found, page doesn't exist, page does not exist, page unavailable, page cannot be found, "
    "not found, access denied, just a moment, are you a robot, are you human, attention required, "
    "pardon our interruption, service unavailable, bad gateway, forbidden, verify you are human",
    "uk": "сторінку не знайдено, сторінка не знайдена, сторінки не існує, сторінка не існує",
    "ru": "страница не найдена, страницы не существует, страница не существует, такой страницы нет",
    "bg": "страницата не е намерена, страницата не съществува",
    "ar": "الصفحة غير موجودة, لم يتم العثور على الصفحة",
    "fa": "صفحه یافت نشد, صفحه مورد نظر یافت نشد, صفحه پیدا نشد",
    "he": "הדף לא נמצא, העמוד לא נמצא",
    "de": "seite nicht gefunden, seite wurde nicht gefunden, seite existiert nicht",
    "fr": "page introuvable, page non trouvée, cette page n'existe pas",
    "es": "página no encontrada, la página no existe, esta página no existe",
    "pt": "página não encontrada, página não existe",
    "it": "pagina non trovata, la pagina non esiste",
    "nl": "pagina niet gevonden, pagina bestaat niet",
    "ro": "pagina nu a fost găsită, pagina nu există",
    "tr": "sayfa bulunamadı",
    "pl": "nie znaleziono strony, strona nie istnieje, strona nie została znaleziona",
    "el": "η σελίδα δεν βρέθηκε, δεν βρέθηκε η σελίδα",
    "ja": "ページが見つかりません, お探しのページ",
    "zh": "页面不存在, 页面未找到, 找不到页面, 找不到頁面, 頁面不存在",
    "ko": "페이지를 찾을 수 없습니다",
    "hi": "पृष्ठ नहीं मिला, पेज नहीं मिला",
    "th": "ไม่พบหน้า",
}

#: language -> what the titles of live coverage say, a comma between
LIVE = {
    "en": "live updates, live blog, liveblog, as it happened",
    "de": "liveticker, newsticker, newsblog, live-ticker",
    "fr": "en direct",
    "es": "en directo, en vivo",
    "pt": "ao vivo",
    "it": "in diretta, diretta, la diretta",
    "nl": "liveblog",
    "tr": "canlı anlatım, canlı blog",
    "pl": "na żywo, relacja live",
    "ro": "live text",
    "uk": "наживо, онлайн, текстова трансляція, пряма трансляція, прямий ефір",
    "ru": "онлайн, прямая трансляция, текстовая трансляция, прямой эфир, хроника",
    "bg": "на живо",
    "el": "ζωντανά",
    "ar": "مباشر, تغطية مباشرة, تغطية حية",
    "fa": "لحظه به لحظه, پوشش زنده",
    "he": "עדכונים שוטפים, דיווח חי",
    "hi": "लाइव",
    "zh": "直播, 实时, 實況",
    "ja": "速報, ライブ",
    "ko": "실시간, 생중계",
    "th": "สด",
}
