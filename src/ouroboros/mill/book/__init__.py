"""A textbook of verified problems: a chapter a domain, as HTML and as Markdown."""
