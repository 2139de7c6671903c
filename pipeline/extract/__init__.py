"""A page's bytes -> ``ExtractedArticle``: decoding, blocks, the chooser, the declared fields."""
