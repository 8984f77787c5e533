"""What to paste so that npm's clients use this server."""

from __future__ import annotations


def client_setup(base_url: str) -> tuple[tuple[str, str], ...]:
    """For each client: its name and the lines, with `YOUR-TOKEN` where the token goes."""
    token_key = "//" + base_url.partition("://")[2] + "/:_authToken"
    npm = f"npm config set registry {base_url}/\nnpm config set {token_key} YOUR-TOKEN"
    npmrc = f"registry={base_url}/\n{token_key}=YOUR-TOKEN"
    berry = f"yarn config set npmRegistryServer {base_url}/\nyarn config set npmAuthToken YOUR-TOKEN"
    if base_url.startswith("http://"):
        berry += f"\nyarn config set unsafeHttpWhitelist --json '[\"{_host(base_url)}\"]'"
    return (("npm", npm), (".npmrc for npm, pnpm, bun and yarn 1", npmrc), ("yarn 2 and later", berry))


def right_address(base_url: str, _method: str) -> str:
    """The one address of all clients."""
    return f"npm's registry is {base_url}/"


def _host(base_url: str) -> str:
    return base_url.partition("://")[2].partition("/")[0].partition(":")[0]
