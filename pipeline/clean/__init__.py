"""``ExtractedArticle`` -> ``CleanArticle``: noise leaves the body and is kept."""
