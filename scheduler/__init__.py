"""When a crawl happens: due times and the supervision of crawls."""
