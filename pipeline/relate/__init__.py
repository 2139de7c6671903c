"""Copies, versions, translations, quotations and stories: which articles say the same, and who said it first.

Pure but for ``relating``, the shell, which takes articles from the store's queue and writes what was found.
"""
