"""The verdict to look at: one HTML file, made of the verdict's JSON and nothing else.

It loads nothing and runs no script. Whatever comes from a candidate (its file's name, what it
raised) is text in it, escaped by Jinja2 wherever it stands.
"""
