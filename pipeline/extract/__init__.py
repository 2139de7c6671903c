"""From a page to an ExtractedArticle: blocks with their place, and fields with their source."""
