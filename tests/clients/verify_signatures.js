// Verifies one release as `npm audit signatures` does, with the pacote that ships inside npm and the keys of the
// registry. The command itself asks a TUF repository on the public internet for other keys first.
const { join } = require('node:path')
const [modules, registry, token, spec] = process.argv.slice(2)
const pacote = require(join(modules, 'pacote'))
const fetch = require(join(modules, 'npm-registry-fetch'))

const main = async () => {
  const { host, pathname } = new URL(registry)
  const opts = { registry, [`//${host}${pathname}:_authToken`]: token, cache: process.env.TMPDIR }
  const { keys } = await fetch.json('/-/npm/v1/keys', opts)
  const pemkeys = keys.map(key => ({
    ...key,
    pemkey: `-----BEGIN PUBLIC KEY-----\n${key.key}\n-----END PUBLIC KEY-----`,
  }))
  const found = await pacote.manifest(spec, {
    ...opts, verifySignatures: true, [`//${host}${pathname}:_keys`]: pemkeys,
  })
  console.log(`${found._id} ${(found._signatures || []).map(one => one.keyid).join(' ')}`)
}

main().catch(error => {
  console.error(error.code, error.message)
  process.exitCode = 1
})
