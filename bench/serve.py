"""How fast a warm server answers on one core, beside nginx, Verdaccio and devpi with the same packages.

    python3 dev.py bench serve [--json] [--quick] [--only PART,...] [--corpus DIR] [--seed N] [--rounds N] [--seconds N]

One web process of ours, and whatever else belongs to it, runs on one core; the load (wrk, one thread) on the other.
nginx serves our answers' bytes as files from the same core, with `sendfile on` and with `sendfile off; output_buffers
2 1m`. Servers are asked in turn, a few seconds each, several rounds; ratios are medians over the rounds, as the machine
does other things too. What is asked for: 2,000 synthetic npm projects (or the packuments of --corpus in the place of
the first ones), by Zipf's law, with one of 1,000 tokens of three policy classes, in the words of npm. Figures of
different machines say nothing about each other; ratios do. Parts: cells, peers, p99, revoke, start, webpack.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.processes import Program, cores, pss_mb
from bench.serving import disturbed, ours, peers, webpack
from bench.serving.bars import Found
from bench.serving.cells import Cell, Contestant, compare
from bench.serving.load import Asks, Load, LoadFailed, head, zipf
from bench.serving.nginx import Nginx
from bench.serving.operator import Operator
from bench.serving.packages import Catalogue, read_corpus
from tests.harness.server import Server, free_port

from pratique.settings.folder import DataFolder

PARTS = ("cells", "peers", "p99", "revoke", "start", "webpack")
LARGE = [f"large-{number}" for number in range(10)]
FILES = [f"file-{number}" for number in range(10)]
FILE_VERSION = "1.1.0"


@dataclass(frozen=True)
class Plan:
    """How much of everything."""

    projects: int
    tokens: int
    waived: int
    peers: int
    draws: int
    rounds: int
    seconds: float
    disturbed: float
    revocations: int
    starts: int


FULL = Plan(2_000, 1_000, 100, 100, 20_000, 5, 2, 8, 30, 5)
QUICK = Plan(20, 12, 3, 5, 500, 1, 1, 2, 3, 1)


@dataclass(frozen=True)
class Setting:
    """What all parts of one run share."""

    plan: Plan
    catalogue: Catalogue
    folder: Path
    upstream: str
    cores: tuple[int, int]
    found: Found
    source: random.Random


def main() -> int:
    """Run the parts that are wanted; the exit code is 0 also where a bar was not met."""
    options = _options()
    found, folder = Found(), Path(tempfile.mkdtemp(prefix="bench-serve-"))
    folder.chmod(0o755)
    plan = QUICK if options.quick else FULL
    plan = Plan(
        **{
            **vars(plan),
            **({"rounds": options.rounds} if options.rounds else {}),
            **({"seconds": options.seconds} if options.seconds else {}),
        }
    )
    catalogue = Catalogue(plan.projects, options.seed, read_corpus(options.corpus))
    port = free_port()
    words = [sys.executable, "-m", "bench.serving.upstream", str(port), str(plan.projects), str(options.seed)]
    words += [str(options.corpus.resolve())] if options.corpus else []
    used = cores()
    upstream = Program(words, port, used[1], output=folder / "upstream", cwd=peers.ROOT)
    try:
        with upstream:
            url = f"http://127.0.0.1:{port}"
            run(Setting(plan, catalogue, folder, url, used, found, random.Random(options.seed)), options.only)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"\n{found.summary()}")
    if options.json:
        print(found.as_json("serve"))
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="end with one line of JSON")
    parser.add_argument("--quick", action="store_true", help="a small set for seconds: whether it runs, no figures")
    parser.add_argument("--only", type=lambda text: text.split(","), default=list(PARTS), help="some parts of it")
    parser.add_argument("--corpus", type=Path, help="folder of packuments (*.json) to serve as the most asked projects")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--seconds", type=int)
    options = parser.parse_args()
    unknown = set(options.only) - set(PARTS)
    if unknown:
        parser.error(f"unknown: {', '.join(sorted(unknown))}; the parts are {', '.join(PARTS)}")
    return options


def run(setting: Setting, wanted: list[str]) -> None:
    """The parts, one after the other; what the machine lacks is noted by name."""
    missing = [name for name in ("wrk", "nginx") if shutil.which(name) is None]
    for name in missing:
        setting.found.note(f"{name} is not on this machine: what needs it is not measured")
    if setting.cores[0] == setting.cores[1]:
        setting.found.note("this machine has one core: load and servers share it")
    if "start" in wanted:
        measure_start(setting)
    if "webpack" in wanted:
        measure_webpack(setting)
    if "revoke" in wanted:
        measure_revoke(setting)
    if not missing and {"cells", "peers", "p99"} & set(wanted):
        try:
            measure_load(setting, wanted)
        except LoadFailed as failure:
            setting.found.note(f"the load failed, so what follows is not measured: {failure}")


def measure_start(setting: Setting) -> None:
    """Start and memory of a server that nobody has asked yet."""
    folder, core = setting.folder, setting.cores[0]
    seconds = disturbed.ready_seconds(
        lambda place: ours.make_server(place, setting.upstream), folder / "start", core, setting.plan.starts
    )
    setting.found.put("ready_s", seconds)
    server = ours.make_server(folder / "idle", setting.upstream)
    ours.start(server, core)
    setting.found.put("idle_web_mb", pss_mb(ours.web_pids(server)), 1)
    setting.found.note(f"idle_web_mb is PSS; all processes of an idle server: {pss_mb(ours.all_pids(server)):.0f} MB")
    server.stop()


def measure_webpack(setting: Setting) -> None:
    """Rendering a real, large document."""
    document = webpack.fetched(peers.CACHE, setting.found.notes)
    if document is None:
        return
    forms = {"render_webpack_cpu_ms": "abbreviated", "render_webpack_full_cpu_ms": "full"}
    with webpack.serving(document) as settings:
        times = 2 if setting.plan is QUICK else 15
        for figure, form in forms.items():
            milliseconds, said = asyncio.run(webpack.render_cpu_ms(setting.folder / figure, settings, form, times))
            setting.found.put(figure, milliseconds, 1)
            setting.found.note(said)


def measure_revoke(setting: Setting) -> None:
    """How soon two web processes refuse what was revoked."""
    server = ours.make_server(setting.folder / "two", setting.upstream, workers=2)
    ours.start(server, setting.cores[0])
    versions = [f"1.{number}.0" for number in range(setting.plan.revocations)]
    try:
        with Operator(DataFolder(server.data)) as operator:
            (_, token), *_ = operator.tokens(1)
            paths = [f"/main/npm/tiny-0/-/tiny-0-{version}.tgz" for version in versions]
            ours.warm(server.port, paths, [token], ours.NPM_HEADERS)
            took = sorted(disturbed.revoke_to_refused(server, token, operator, "tiny-0", versions))
        reached = disturbed.answering_processes(server, "tiny-0-")
    finally:
        server.stop()
    setting.found.put("revoke_to_refused_ms_p99", took[min(len(took) - 1, int(0.99 * len(took)))], 1)
    setting.found.note(f"{len(took)} revocations seen by {reached} web processes; median {took[len(took) // 2]:.0f} ms")


def measure_load(setting: Setting, wanted: list[str]) -> None:
    """Everything that wrk asks, of a server with all of it warm."""
    server = ours.make_server(setting.folder / "ours", setting.upstream)
    ours.start(server, setting.cores[0])
    server.stop()  # a folder is prepared once in its life, by a process that is larger for it
    ours.start(server, setting.cores[0])
    try:
        with Operator(DataFolder(server.data)) as operator:
            part = Loaded(setting, server, operator)
            cell = part.cells() if {"cells", "p99"} & set(wanted) else None
            if "peers" in wanted:
                part.peers()
            if "p99" in wanted and cell is not None:
                part.p99(cell.of("ours", "rate"))
            setting.found.put("loaded_total_mb", pss_mb(ours.all_pids(server)), 1)
            setting.found.note("loaded_total_mb is the PSS of all processes after the load")
    finally:
        server.stop()


class Loaded:
    """Our server and nginx with the same bytes, and the load for both."""

    def __init__(self, setting: Setting, server: Server, operator: Operator) -> None:
        self._setting, self._server, self._operator = setting, server, operator
        self._load = Load(setting.folder, setting.cores[1])
        self._nginx = Nginx(setting.folder / "nginx", setting.cores[0])
        tokens = operator.tokens(setting.plan.tokens)
        self._tokens = ours.shuffled(tokens, setting.source)
        self._classes = ours.one_of_each(tokens)
        self._names = setting.catalogue.names
        for name in self._names[: setting.plan.waived]:
            operator.waive_for_ci(name)
        self._listings = self._warm([f"/main/npm/{name}" for name in [*self._names, *LARGE]])
        self._files = self._warm([f"/main/npm/{name}/-/{name}-{FILE_VERSION}.tgz" for name in FILES])
        self._nginx.put({path.lstrip("/"): one.body for path, one in {**self._listings, **self._files}.items()})
        self._program = self._nginx.start()

    def _warm(self, paths: list[str]) -> dict[str, ours.Listing]:
        """What every class is answered. That a project is here is news once: the first answers are made anew."""
        ours.warm(self._server.port, paths, self._classes[:1], ours.NPM_HEADERS)
        return ours.warm(self._server.port, paths, self._classes, ours.NPM_HEADERS)

    def cells(self) -> Cell:
        """The four figures beside nginx; the first cell."""
        found = self._setting.found
        small = [f"/main/npm/{name}" for name in self._names]
        large = [f"/main/npm/{name}" for name in LARGE]
        sizes = [sorted(len(self._listings[path].body) for path in paths) for paths in (small, large)]
        found.note(f"listings have {sizes[0][len(sizes[0]) // 2]:,} and {sizes[1][0]:,} bytes (medians)")
        with self._program:
            first = self._cell("listing_21k", small)
            found.put("listing_21k_ratio_nginx", first.ratio("ours", "nginx"))
            found.put("listing_21k_ratio_nginx_buffers", first.ratio("ours", "nginx buffers"))
            found.put("listing_21k_cpu_ratio_nginx", first.of("nginx", "cpu_us") / first.of("ours", "cpu_us"))
            found.put("listing_cpu_us", first.of("ours", "cpu_us"), 1)
            found.put("nginx_cpu_us", first.of("nginx", "cpu_us"), 1)
            found.put("nginx_share_of_core", first.of("nginx", "cpu_share"))
            found.put("listing_188k_ratio_nginx", self._cell("listing_188k", large).ratio("ours", "nginx"))
            again = self._cell("not_modified", small, etags=True)
            found.put("not_modified_ratio_nginx", again.ratio("ours", "nginx"))
            file = self._cell("file_1m", list(self._files))
            found.put("file_1m_ratio_best_nginx", file.ratio("ours", file.best("nginx", "nginx buffers")))
        return first

    def p99(self, rate: float) -> None:
        """Latency at half of a rate, calm and disturbed."""
        plan = self._setting.plan
        purls = [f"pkg:npm/{name}@1.{number}.0" for name in self._names[:50] for number in range(1, 28)]
        self._setting.source.shuffle(purls)
        disturbance = disturbed.Disturbance(self._server, self._classes[0], self._operator, purls)
        asks = self._asks("p99", [f"/main/npm/{name}" for name in self._names])
        ratio, said = disturbed.p99_ratio(
            self._load, self._server, asks, disturbance, rate, min(3, plan.rounds), plan.disturbed
        )
        self._setting.found.put("p99_ratio_with_revokes_and_cold_render", ratio, 2)
        self._setting.found.note(said)

    def peers(self) -> None:
        """Verdaccio and devpi beside nginx with the bytes that they answer."""
        self._peer("verdaccio", *self._verdaccio())
        self._peer("devpi", *self._devpi())

    def _cell(self, title: str, paths: list[str], *, etags: bool = False) -> Cell:
        asks = self._asks(
            f"{title}-ours", paths, {path: one.etag for path, one in self._all().items()} if etags else {}
        )
        plain = {path: self._nginx.etag(path.lstrip("/")) for path in paths} if etags else {}
        beside = self._asks(f"{title}-nginx", paths, plain)
        # Tokens are looked up once a minute each: on a slow machine that would count as a part of every listing.
        ours.warm(self._server.port, paths[:1], self._tokens, ours.NPM_HEADERS)
        web = ours.web_pids(self._server)
        contestants = [
            Contestant("nginx", self._nginx.sendfile, beside, lambda: self._program.pids),
            Contestant("ours", self._server.port, asks, lambda: web),
            Contestant("nginx buffers", self._nginx.buffers, beside, lambda: self._program.pids),
        ]
        cell = compare(self._load, contestants, self._setting.plan.rounds, self._setting.plan.seconds)
        self._setting.found.note(cell.line(title))
        return cell

    def _all(self) -> dict[str, ours.Listing]:
        return {**self._listings, **self._files}

    def _asks(self, title: str, paths: list[str], etags: dict[str, str] | None = None) -> Asks:
        """Draws of paths and tokens; all servers get the same headers and so read the same."""
        draws, source, heads = self._setting.plan.draws, self._setting.source, []
        for number, place in enumerate(zipf(len(paths), draws, source)):
            path = paths[place]
            headers = {
                **ours.NPM_HEADERS,
                "pacote-req-type": "packument",
                "pacote-pkg-id": f"registry:{path.split('/')[3]}",
                "authorization": f"Bearer {self._tokens[number % len(self._tokens)]}",
            }
            if etags:
                headers["if-none-match"] = etags[path]
            heads.append(head(path, self._server.port, headers))
        return Asks(self._setting.folder / f"{title}.asks", heads)

    def _verdaccio(self) -> tuple[Program | None, str, list[str], str, dict[str, str]]:
        installed = peers.place("verdaccio", self._setting.found.notes)
        listings = [f"/{name}" for name in self._names[: self._setting.plan.peers]]
        file = f"/{FILES[0]}/-/{FILES[0]}-{FILE_VERSION}.tgz"
        if installed is None:
            return None, "", listings, file, ours.NPM_HEADERS
        folder = self._setting.folder / "verdaccio"
        program = peers.verdaccio(installed, folder, self._setting.upstream, self._setting.cores[0])
        return program, "", listings, file, ours.NPM_HEADERS

    def _devpi(self) -> tuple[Program | None, str, list[str], str, dict[str, str]]:
        installed = peers.place("devpi", self._setting.found.notes)
        if installed is None:
            return None, "", [], "", ours.PIP_HEADERS
        program = peers.devpi(installed, self._setting.folder / "devpi", self._setting.cores[0])
        return program, "/root/up", ["/+simple/page-0/", "/+simple/page-1/"], "", ours.PIP_HEADERS

    def _peer(
        self, name: str, program: Program | None, root: str, paths: list[str], file: str, headers: dict[str, str]
    ) -> None:
        if program is None:
            return
        with program:
            if name == "devpi":
                peers.mirror(program.port, self._setting.upstream)
                file = peers.wheel_path(program.port, root + paths[0], headers)
            listings = ours.warm(program.port, [root + path for path in paths], [""], headers)
            files = ours.warm(program.port, [file], [""], headers)
            kept = {f"{name}/{number}": one for number, one in enumerate(listings.values())}
            self._nginx.put({place: one.body for place, one in kept.items()} | {f"{name}/file": files[file].body})
            with self._nginx.start() as beside:
                for what, theirs, same in (
                    ("listing", list(listings), [f"/{place}" for place in kept]),
                    ("file", [file], [f"/{name}/file"]),
                ):
                    self._beside_nginx(name, what, program, beside, theirs, same, headers)

    def _beside_nginx(
        self,
        name: str,
        what: str,
        program: Program,
        beside: Program,
        theirs: list[str],
        same: list[str],
        headers: dict[str, str],
    ) -> None:
        """One cell of a peer, beside nginx with the bytes that it answers."""
        drawn = zipf(len(theirs), 1_000, self._setting.source)
        asks = [
            Asks(
                self._setting.folder / f"{name}-{what}-{number}.asks",
                [head(paths[place], port, headers) for place in drawn],
            )
            for number, (paths, port) in enumerate(((theirs, program.port), (same, self._nginx.sendfile)))
        ]
        cell = compare(
            self._load,
            [
                Contestant("nginx", self._nginx.sendfile, asks[1], lambda: beside.pids),
                Contestant(name, program.port, asks[0], lambda: program.pids),
            ],
            min(3, self._setting.plan.rounds),
            self._setting.plan.seconds,
        )
        found = self._setting.found
        found.put(f"{name}_{what}_ratio_nginx", cell.ratio(name, "nginx"), 4)
        found.peers.setdefault(name, {})[f"{what}_per_s"] = round(cell.of(name, "rate"), 1)
        found.peers[name][f"{what}_cpu_us"] = round(cell.of(name, "cpu_us"), 1)
        found.note(cell.line(f"{name} {what}"))


if __name__ == "__main__":
    sys.exit(main())
