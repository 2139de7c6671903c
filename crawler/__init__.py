"""How feeds and pages get here: the only room that knows Scrapy and feedparser."""
