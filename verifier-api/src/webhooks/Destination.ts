import { lookup } from 'node:dns/promises'
import { BlockList, isIP } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import type { Config } from '../config.ts'

/** Where a message may be sent: the address is the one that was checked, and the connection goes to no other. */
export type Destination = { readonly url: URL; readonly address: string; readonly family: 4 | 6 }

export type Resolve = (hostname: string) => Promise<readonly { readonly address: string; readonly family: number }[]>

/** The system's resolver, all addresses. A name that takes long has none. */
export const resolveBySystem: Resolve = (hostname) =>
  Promise.race([lookup(hostname, { all: true }), setTimeout(resolveTimeoutMs, [], { ref: false }).then(() => [])])

const resolveTimeoutMs = 3000

/** Why nothing is sent there. */
export type Objection = 'not-https' | 'credentials' | 'unknown-host' | 'private-address'

/**
 * Resolves a webhook's URL and checks every address it has. Who registers one must not make this server talk to its own
 * machine or network: asked when it is registered, and again at each delivery, since names can point elsewhere by then.
 * @param options.isPrivateAllowed Only where everything runs on one machine; then http is taken as well.
 */
export async function find(
  text: string,
  { isPrivateAllowed, resolve = resolveBySystem }: { isPrivateAllowed: boolean; resolve?: Resolve },
): Promise<Destination | Objection> {
  // The URL parser has turned octal, hexadecimal and decimal IPv4 into dotted form.
  const url = new URL(text)
  if (url.protocol !== 'https:' && !(isPrivateAllowed && url.protocol === 'http:')) return 'not-https'
  if (url.username !== '' || url.password !== '') return 'credentials'
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  const addresses = isIP(host) === 0 ? await resolve(host).catch(() => []) : [{ address: host, family: isIP(host) }]
  const [first] = addresses
  if (!first) return 'unknown-host'
  // One bad address among good ones is not an accident.
  if (!isPrivateAllowed && !addresses.every(({ address }) => isPublic(address))) return 'private-address'
  return { url, address: first.address, family: isIP(first.address) === 6 ? 6 : 4 }
}

/** Whether webhooks may go to this machine and its network, and unencrypted. */
export function isPrivateAllowed({ privateWebhooks, publicUrl }: Config): boolean {
  const { hostname } = new URL(publicUrl)
  return privateWebhooks || hostname === 'localhost' || hostname === '[::1]' || /^127(\.[0-9]{1,3}){3}$/.test(hostname)
}

/** Whether an address is of the public internet, by IANA's special-purpose registries (RFC 6890). */
export function isPublic(address: string): boolean {
  const family = isIP(address)
  if (family === 4) return !reservedV4.check(address, 'ipv4')
  // Of IPv6 only global unicast, so that embedded IPv4 (mapped, NAT64), loopback, local and multicast are out at once.
  return family === 6 && globalV6.check(address, 'ipv6') && !reservedV6.check(address, 'ipv6')
}

function listOf(family: 'ipv4' | 'ipv6', subnets: readonly string[]): BlockList {
  const list = new BlockList()
  for (const subnet of subnets) {
    const [network = '', prefix = ''] = subnet.split('/')
    list.addSubnet(network, Number(prefix), family)
  }
  return list
}

const reservedV4 = listOf('ipv4', [
  '0.0.0.0/8', // this network
  '10.0.0.0/8', // private
  '100.64.0.0/10', // carriers' NAT; cloud metadata at 100.100.100.200
  '127.0.0.0/8', // loopback
  '169.254.0.0/16', // link-local; cloud metadata at 169.254.169.254
  '172.16.0.0/12', // private
  '192.0.0.0/24', // protocol assignments
  '192.0.2.0/24', // documentation
  '192.31.196.0/24', // AS112
  '192.52.193.0/24', // AMT
  '192.88.99.0/24', // 6to4 relays
  '192.168.0.0/16', // private
  '192.175.48.0/24', // AS112
  '198.18.0.0/15', // benchmarks
  '198.51.100.0/24', // documentation
  '203.0.113.0/24', // documentation
  '224.0.0.0/4', // multicast
  '240.0.0.0/4', // reserved, broadcast
])

const globalV6 = listOf('ipv6', ['2000::/3'])

const reservedV6 = listOf('ipv6', [
  '2001::/23', // protocol assignments; Teredo, which embeds IPv4
  '2001:db8::/32', // documentation
  '2002::/16', // 6to4, which embeds IPv4
  '2620:4f:8000::/48', // AS112
  '3fff::/20', // documentation
])
