"""From an ExtractedArticle to a CleanArticle and its Removals."""
