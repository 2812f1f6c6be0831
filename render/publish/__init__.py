"""Publishing to YouTube: from a package to an upload that happens once, with a receipt.

``rules`` what the platform accepts; ``calls`` the requests as data; ``upload`` the resumable transfer; ``steps`` what
follows it; ``run`` the order of all of these; ``signin`` and ``places`` the secrets.
"""
