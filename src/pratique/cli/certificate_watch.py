"""Keep an eye on the TLS certificate: check it before the start, take a new one over, warn before it ends."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from urllib.parse import urlsplit

from pratique.cli.certificate_copy import CertificateCopy
from pratique.core.clock import DAY, Clock, Instant, in_words
from pratique.core.errors import Invalid
from pratique.settings import Settings
from pratique.web.certificates import Certificate, CertificateFiles, check_validity, day, read_certificate

LOOK_EVERY = 5.0
"""Seconds between two looks at the files. A change counts once two looks in a row found the same."""

WARN_BEFORE = 14 * DAY


class CertificateWatch:
    """Knows the certificate that the server shows, and looks at its files."""

    def __init__(self, settings: Settings, clock: Clock, say: Callable[[str], None]) -> None:
        """Read the certificate.

        Args:
            settings: where the files are.
            clock: the machine's time, which clients go by, too.
            say: prints one line.

        Raises:
            Invalid: it cannot be used, or not today.
        """
        self._settings, self._clock, self._say = settings, clock, say
        self._files = CertificateFiles(settings.tls_certificate, settings.tls_key)
        self._known = self._seen = self._files.identity()
        self._warned = clock.now()
        self._certificate = self._usable(self._warned)
        self.copy = CertificateCopy()
        self.copy.keep(self._files)

    async def run(self, tell_processes: Callable[[], None]) -> None:
        """Look now and then, for ever.

        Args:
            tell_processes: has the web processes read the files again.
        """
        while True:
            await asyncio.sleep(LOOK_EVERY)
            if self.look():
                tell_processes()

    def look(self) -> bool:
        """Take over what changed and has settled: certificate and key are seldom replaced in the same moment.

        Returns:
            Whether there is a new certificate, which the web processes are to read as well.
        """
        found = self._files.identity()
        settled, self._seen = found == self._seen, found
        if settled and found != self._known:
            return self.take_over()
        self._warn()
        return False

    def take_over(self) -> bool:
        """Know what the files hold now, if that can be used; whether it can."""
        self._known = self._seen = self._files.identity()
        now = self._clock.now()
        try:
            fresh = self._usable(now)
            self.copy.keep(self._files)
        except (Invalid, OSError) as error:
            self._say(f"the TLS certificate stays the one from before, as the new one cannot be used: {error}")
            return False
        self._certificate, self._warned = fresh, now
        for line in self.remarks():
            self._say(line)
        return True

    def _usable(self, now: Instant) -> Certificate:
        """What the files hold. Raises Invalid where every client would refuse it."""
        certificate = read_certificate(self._files)
        check_validity(certificate, now)
        hosts = self._hosts()
        if hosts and not any(certificate.covers(host) for host in hosts):
            names = ", ".join(certificate.names) or "no name at all"
            raise Invalid(
                f"`tls_certificate` is for {names}, and clients come by {', '.join(hosts)}: every one would refuse it; "
                "get one for that name, or set `public_urls` (--public-url) to the name it is for"
            )
        return certificate

    def _hosts(self) -> list[str]:
        """What clients of the certificate come by; a proxy in front knows its own name for this server."""
        if self._settings.behind_proxy:
            return []
        return sorted({urlsplit(url).hostname or "" for url in self._settings.origins})

    def remarks(self) -> Iterable[str]:
        """What an operator should know about the certificate."""
        certificate = self._certificate
        names = ", ".join(certificate.names) or "no name at all"
        yield f"TLS certificate for {names}, valid until {day(certificate.ends)}"
        missing = [host for host in self._hosts() if not certificate.covers(host)]
        if missing:
            yield f"  it is not for {', '.join(missing)}: clients that come by that name will refuse it"
        if certificate.open_key:
            yield f'  everybody on this machine can read its key; run: chmod o= "{self._settings.tls_key}"'
        if self._ends_soon():
            yield self._end()

    def _warn(self) -> None:
        """Once a day, in the last days."""
        now = self._clock.now()
        if self._ends_soon() and now - self._warned >= DAY:
            self._warned = now
            self._say(self._end())

    def _ends_soon(self) -> bool:
        return self._certificate.ends - self._clock.now() < WARN_BEFORE

    def _end(self) -> str:
        left = self._certificate.ends - self._clock.now()
        when = f"ends in {in_words(left)}" if left > 0 else "has expired, and clients refuse it"
        return f"  the TLS certificate {when}; a new one in the same files is taken over by itself"
