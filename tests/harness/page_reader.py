"""A person at the pages of a server that runs as a process of its own: cookies, forms, no scripts."""

from __future__ import annotations

import http.cookiejar
import re
import urllib.error
import urllib.parse
import urllib.request


class PageReader:
    """One browser."""

    def __init__(self, url: str) -> None:
        self._url = url
        jar = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(jar)
        )
        self.page = ""

    def open(self, url: str) -> str:
        """GET a page by its whole address or its path; what it says."""
        return self._ask(urllib.request.Request(urllib.parse.urljoin(self._url, url)))

    def submit(self, url: str, **fields: str) -> str:
        """Send a form of the page last opened, with its hidden token; what the answer says."""
        csrf = re.search(r'name="csrf" value="([^"]+)"', self.page)
        data = urllib.parse.urlencode({"csrf": csrf[1] if csrf else "", **fields}).encode()
        request = urllib.request.Request(urllib.parse.urljoin(self._url, url), data=data, method="POST")
        request.add_header("Origin", self._url)
        return self._ask(request)

    def sign_in(self, name: str, password: str) -> None:
        """Sign in, and fail if that fails."""
        self.open("/login")
        assert f"<h1>{name}" in self.submit("/login", name=name, password=password), self.page

    def _ask(self, request: urllib.request.Request) -> str:
        try:
            with self._opener.open(request, timeout=30) as answer:
                self.page = answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                self.page = error.read().decode()
        return self.page
