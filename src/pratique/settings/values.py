"""Every setting with its default. The file `pratique.toml` has the same keys in the same tables."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

import msgspec

from pratique.core.limits import ScanWhen
from pratique.core.loopback import is_loopback
from pratique.settings.of_clients import LimitSettings, WebSettings
from pratique.settings.of_names import NamesSettings
from pratique.settings.of_reviews import ReviewSettings
from pratique.settings.of_scans import ScanSettings
from pratique.settings.quantities import Duration, Size

MINUTE, HOUR, DAY = 60.0, 3_600.0, 86_400.0
MB, GB = 1 << 20, 1 << 30


class RepositorySettings(msgspec.Struct, frozen=True, kw_only=True):
    """One repository.

    Attributes:
        upstreams: ecosystem to the base URLs it fetches from, in order. npm: what stands before `/name`;
            pypi: the simple root, what stands before `/name/`. Another Pratique: `https://host/main/npm`.
        anonymous_read: whether people without a credential may read; not set: only while the server
            listens on this machine alone.
    """

    upstreams: dict[str, tuple[str, ...]] = {}
    anonymous_read: bool | None = None


class AccessSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How to reach one upstream.

    Attributes:
        user: sent only to the upstream's own scheme, host and port; empty: the password is a bearer token.
        password: empty for an upstream that anybody may read.
        file_hosts: hosts outside the public internet that its documents may name.
    """

    user: str = ""
    password: str = ""
    file_hosts: tuple[str, ...] = ()


class UpstreamSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Patience and bounds towards upstreams.

    Attributes:
        connect_timeout: until name, connection and TLS stand.
        silence: between two reads.
        document_timeout: until a whole index document is there.
        slowest_file: bytes a second that a file must average after its first minute.
        max_document: an index document, packed or unpacked.
        max_file: one artefact.
        max_redirects: hops followed for one request.
        fresh_for: a stored document is served unasked.
        stale_for: served while it is asked for again in the background; older ones wait for the upstream.
        usable_for: served when the upstream fails.
        missing_for: a "no such project" is believed.
        retry_after: after a failure the same document is not asked for again.
        patience: what is older than `stale_for` waits so long for an upstream that hangs, then it is served.
        parsed_cache: memory for parsed documents, about five times their bytes, in each process.
        metadata_cache: memory for metadata files (PEP 658) of upstreams, in each process.
        ca_file: certificates to trust beside the system's.
        access: URL of an upstream to credentials and hosts.
    """

    connect_timeout: Duration = Duration(10)
    silence: Duration = Duration(30)
    document_timeout: Duration = Duration(2 * MINUTE)
    slowest_file: Size = Size(1024)
    max_document: Size = Size(64 * MB)
    max_file: Size = Size(4 * GB)
    max_redirects: int = 5
    fresh_for: Duration = Duration(MINUTE)
    stale_for: Duration = Duration(10 * MINUTE)
    usable_for: Duration = Duration(7 * DAY)
    missing_for: Duration = Duration(MINUTE)
    retry_after: Duration = Duration(15)
    patience: Duration = Duration(5)
    parsed_cache: Size = Size(64 * MB)
    metadata_cache: Size = Size(32 * MB)
    ca_file: str = ""
    access: dict[str, AccessSettings] = {}


class ArchiveSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Bounds on an artefact's inside.

    Attributes:
        max_entries: members.
        max_unpacked: bytes of all members together.
        max_ratio: unpacked to packed.
        ratio_from: unpacked bytes below which the ratio is not looked at.
        max_member: bytes of a member that is read into memory.
        max_depth: path segments of a member's name.
    """

    max_entries: int = 100_000
    max_unpacked: Size = Size(4 * GB)
    max_ratio: int = 200
    ratio_from: Size = Size(64 * MB)
    max_member: Size = Size(16 * MB)
    max_depth: int = 64


class PublishSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Bounds on uploads.

    Attributes:
        max_upload: bytes of a request body.
        max_entry: what the index carries of one file (of an npm tarball: its package.json).
        max_entries: what the index carries of all files of one project; every listing reads it.
        unpublish_window: so long after publishing its owners may unpublish a release; later only an administrator.
        at_once: uploads that are taken in at the same time, in each process.
        at_once_account: so many of them may be of one account.
        patience: an upload waits so long for its turn, then the client is told to try again.
        release_open: so long after its first file a release takes further ones (PyPI: wheels); 0: for ever.
        scan: `before`: nobody gets a release before it was scanned; `after`: it is public at once, and scanned then;
            `off`: it is not scanned.
        scan_wait: the answer to an upload waits so long for its scan, so that what is published can be installed at
            once; then the client is told that it is being scanned. 0: it does not wait.
        archive: bounds on the artefact's inside.
    """

    max_upload: Size = Size(GB)
    max_entry: Size = Size(512 << 10)
    max_entries: Size = Size(32 * MB)
    unpublish_window: Duration = Duration(3 * DAY)
    at_once: int = 16
    at_once_account: int = 4
    patience: Duration = Duration(MINUTE)
    release_open: Duration = Duration(14 * DAY)
    scan: ScanWhen = ScanWhen.BEFORE
    scan_wait: Duration = Duration(5)
    archive: ArchiveSettings = ArchiveSettings()


class DownloadSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How first downloads wait for what decides them.

    Attributes:
        wait_seconds: the answer is held back so long for the whole file.
        wait_bytes: files up to this size are checked whole before their first byte is sent.
        held_back: of longer ones so much is kept until everything is checked.
    """

    wait_seconds: Duration = Duration(8)
    wait_bytes: Size = Size(50 * MB)
    held_back: Size = Size(64 << 10)


class AdvisorySettings(msgspec.Struct, frozen=True, kw_only=True):
    """Where records of vulnerabilities and malware come from.

    Attributes:
        sources: URLs or paths of OSV exports (`all.zip`, a folder); empty: the public export of each
            ecosystem that has an upstream.
        scheduled: import them once a day.
        at: time of day of the import, UTC, as a time after midnight.
        at_once: audits answered at the same time, in each process; fewer than there are database readers (4). As
            many searches, lockfile checks, and descriptions of projects in PyPI's JSON API go on beside them, with
            the same limits.
        at_once_asker: so many of them may be of one account, or of one address where nobody signed in.
        patience: an audit waits so long for its turn, then it is refused.
        waiting: so many wait, half of them of one asker; the next one is refused at once.
    """

    sources: tuple[str, ...] = ()
    scheduled: bool = True
    at: Duration = Duration(3 * HOUR)
    at_once: int = 2
    at_once_asker: int = 1
    patience: Duration = Duration(20)
    waiting: int = 64


class JobSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The job process.

    Attributes:
        at_once: jobs running at the same time.
        polling: between two looks at the queue.
        restarts: so often may a job take its process down before it is given up.
        keep_finished: records of finished jobs.
        dead_after: a process without a heartbeat for so long is dead, and its jobs are taken over.
    """

    at_once: int = 8
    polling: Duration = Duration(0.2)
    restarts: int = 10
    keep_finished: Duration = Duration(7 * DAY)
    dead_after: Duration = Duration(10)


class PostgresqlSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Connections to PostgreSQL, where `database` names one.

    Attributes:
        password_file: file that holds the password and nothing else; empty: as in the URL, else in PGPASSWORD,
            or where PGPASSFILE or ~/.pgpass say.
        readers: connections for reading, in each process, and two more.
        writers: connections for writing what may be lost with the power, in each process; of others there are two.
        patience: a transaction waits so long for others before it is answered with 503.
        statement_timeout: so long may one statement take.
        connect_timeout: until a connection stands.
    """

    password_file: str = ""
    readers: int = 4
    writers: int = 2
    patience: Duration = Duration(5)
    statement_timeout: Duration = Duration(30)
    connect_timeout: Duration = Duration(5)


class ObjectStoreSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The object store that holds the files of packages, where `blobs` names one.

    Attributes:
        endpoint: URL of an S3 server that is not Amazon's; empty: as AWS_ENDPOINT_URL says, else Amazon's.
        region: of the bucket; empty: as AWS_REGION says, else us-east-1.
        credentials_file: file with `access_key_id = "..."`, `secret_access_key = "..."` and, if there is one,
            `session_token = "..."`, which only its owner may read; empty: from the environment (AWS_ACCESS_KEY_ID,
            AWS_SECRET_ACCESS_KEY), else what the machine is given.
        allow_http: the endpoint may be an http URL of another machine; whoever is between reads and changes files.
        ca_file: certificates to trust beside the system's.
        copies: so much of the local disk holds copies of files, the least used ones go first.
        connect_timeout: until a connection stands.
        read_timeout: for an answer of at most 8 MB.
        write_timeout: for a part of at most 8 MB.
        retry_for: failed requests are tried again for so long; most clients wait 15 seconds.
    """

    endpoint: str = ""
    region: str = ""
    credentials_file: str = ""
    allow_http: bool = False
    ca_file: str = ""
    copies: Size = Size(20 * GB)
    connect_timeout: Duration = Duration(3)
    read_timeout: Duration = Duration(10)
    write_timeout: Duration = Duration(20)
    retry_for: Duration = Duration(12)


class LogSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The files in `logs/` of the data folder, one JSON object a line.

    Attributes:
        requests: write a line for every request.
        max_file: a longer file is put aside.
        keep: so many files put aside are kept of each kind.
    """

    requests: bool = True
    max_file: Size = Size(64 * MB)
    keep: int = 5


class KeepSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How long records are kept.

    Attributes:
        decisions: stored decisions after they were last made.
        views: stored listings, in bytes; of more than these the ones written longest ago go.
    """

    decisions: Duration = Duration(90 * DAY)
    views: Size = Size(GB)


class AccountSettings(msgspec.Struct, frozen=True, kw_only=True):
    """People's accounts.

    Attributes:
        login_life: the token of a client's login (`npm login`) is good so long.
    """

    login_life: Duration = Duration(30 * DAY)


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything.

    Attributes:
        host: address to listen on.
        port: TCP port.
        workers: web processes; 0: one for each core, at most four.
        public_urls: how clients reach the server, without a trailing slash; the first one is used where
            no request names one. Empty: `http://host:port`. One that is not of this machine alone says that
            others reach the server, also if it listens on loopback.
        tls_certificate: file of the certificate chain (PEM), to speak https without a proxy. A new one in the same
            file is taken over while the server runs.
        tls_key: file of its private key (PEM), not encrypted.
        behind_proxy: a proxy in front ends TLS; the server is then open to others even on loopback, and without a
            certificate of its own it answers its proxies only.
        trusted_proxies: addresses and networks of those proxies; their X-Forwarded-For, -Proto and -Host are believed.
        unsafe_test_clock: a file that holds the time; for tests, on loopback only, and for good in one folder.
        database: URL of a PostgreSQL database (postgresql://user@host/pratique), 15 or later, which several servers
            may share; empty: an SQLite file in the data folder.
        blobs: where the files of packages are, the same for all nodes on one database: a folder, or a bucket of an
            object store (s3://bucket/prefix); empty: in the data folder.
        cache_max_bytes: files of upstreams may take so much where files are; over it the least used ones go, unless
            they could not be fetched again; 0: no limit. Own releases' files do not count and never go.
        signing_key: file of the key that signs own npm releases (PEM, EC P-256), the same for all nodes; empty: a
            file in the data folder, made at the first start.
    """

    host: str = "127.0.0.1"
    port: int = 7417
    workers: int = 0
    public_urls: tuple[str, ...] = ()
    tls_certificate: str = ""
    tls_key: str = ""
    behind_proxy: bool = False
    trusted_proxies: tuple[str, ...] = ("127.0.0.1", "::1")
    unsafe_test_clock: str = ""
    database: str = ""
    blobs: str = ""
    cache_max_bytes: Size = Size(0)
    signing_key: str = ""
    repositories: dict[str, RepositorySettings] = {}
    upstream: UpstreamSettings = UpstreamSettings()
    publish: PublishSettings = PublishSettings()
    downloads: DownloadSettings = DownloadSettings()
    web: WebSettings = WebSettings()
    limits: LimitSettings = LimitSettings()
    advisories: AdvisorySettings = AdvisorySettings()
    names: NamesSettings = NamesSettings()
    review: ReviewSettings = ReviewSettings()
    scan: ScanSettings = ScanSettings()
    jobs: JobSettings = JobSettings()
    postgresql: PostgresqlSettings = PostgresqlSettings()
    object_store: ObjectStoreSettings = ObjectStoreSettings()
    logs: LogSettings = LogSettings()
    keep: KeepSettings = KeepSettings()
    accounts: AccountSettings = AccountSettings()

    @property
    def exposed(self) -> bool:
        """Whether others than this machine can reach the server."""
        return self.behind_proxy or not is_loopback(self.host) or bool(self.public_names)

    @property
    def public_names(self) -> tuple[str, ...]:
        """The public URLs that lead here from elsewhere, because something in front of the server passes them on."""
        return tuple(url for url in self.public_urls if not is_loopback(urlsplit(url).hostname or ""))

    @property
    def origins(self) -> tuple[str, ...]:
        """The public URLs, or the address listened on where none is set."""
        if self.public_urls:
            return self.public_urls
        host = f"[{self.host}]" if ":" in self.host else self.host
        names = (host,) if self.exposed or host == "localhost" else (host, "localhost")
        scheme = "https" if self.tls_certificate else "http"
        return tuple(f"{scheme}://{name}:{self.port}" for name in names)

    @property
    def web_processes(self) -> int:
        """How many web processes to run."""
        return self.workers or min(4, os.cpu_count() or 1)

    def anonymous_read(self, repository: str) -> bool:
        """Whether people without a credential may read this repository."""
        said = self.repositories[repository].anonymous_read
        return not self.exposed if said is None else said
