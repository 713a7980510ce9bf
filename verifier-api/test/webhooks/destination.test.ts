import { describe, expect, it } from 'vitest'
import * as Destination from '../../src/webhooks/Destination.ts'
import * as Post from '../../src/webhooks/Post.ts'
import { testConfig } from '../services.ts'
import { listen } from './receiver.ts'

const resolvesTo =
  (...addresses: string[]): Destination.Resolve =>
  async () =>
    addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
const noDns: Destination.Resolve = () => Promise.reject(new Error('No DNS in this test.'))
const find = (url: string, resolve: Destination.Resolve = noDns) =>
  Destination.find(url, { isPrivateAllowed: false, resolve })

/** Ways to write addresses that are not of the public internet. */
const privateHosts = [
  '127.0.0.1',
  '127.1',
  '127.255.255.254',
  '2130706433', // 127.0.0.1, decimal
  '0x7f000001',
  '0x7f.0.0.1',
  '0177.0.0.1',
  '017700000001',
  '0',
  '0.0.0.0',
  '10.0.0.1',
  '10.255.255.255',
  '100.64.0.1',
  '100.100.100.200', // metadata of Alibaba Cloud
  '169.254.169.254', // metadata of most clouds
  '2852039166', // the same, decimal
  '0xa9fea9fe',
  '0251.0376.0251.0376',
  '172.16.0.1',
  '172.31.255.255',
  '192.0.0.1',
  '192.0.2.1',
  '192.168.1.1',
  '192.168.257', // 192.168.1.1
  '198.18.0.1',
  '198.51.100.1',
  '203.0.113.1',
  '224.0.0.1',
  '239.255.255.250',
  '240.0.0.1',
  '255.255.255.255',
  '[::]',
  '[::1]',
  '[0:0:0:0:0:0:0:1]',
  '[::127.0.0.1]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[::ffff:10.0.0.1]',
  '[::ffff:169.254.169.254]',
  '[::ffff:8.8.8.8]', // would reach IPv4 by another way than was checked
  '[64:ff9b::7f00:1]', // NAT64
  '[64:ff9b:1::a00:1]',
  '[2002:7f00:1::]', // 6to4 of 127.0.0.1
  '[2001::1]', // Teredo
  '[2001:db8::1]',
  '[3fff::1]',
  '[100::1]',
  '[fc00::1]',
  '[fd00:ec2::254]', // metadata of AWS
  '[fe80::1]',
  '[fec0::1]',
  '[ff02::1]',
  '①②⑦.⓪.⓪.①',
  '127。0。0。1',
  '127.0.0.1.',
]

describe('a destination', () => {
  it.each(privateHosts)('is refused at %s', async (host) => {
    expect(await find(`https://${host}/`)).toBe('private-address')
  })

  it.each(['8.8.8.8', '1.1.1.1', '172.32.0.1', '192.169.0.1', '100.128.0.1', '[2606:4700:4700::1111]', '[2a00::1]'])(
    'is taken at %s',
    async (host) => {
      expect(await find(`https://${host}/`)).toMatchObject({ address: host.replace(/[[\]]/g, '') })
    },
  )

  it.each(['127.0.0.1', '10.1.2.3', '169.254.169.254', '::1', '::ffff:127.0.0.1', 'fd00::1', 'fe80::1%eth0'])(
    'is refused where its name resolves to %s, also beside a public address',
    async (address) => {
      expect(await find('https://hooks.example/', resolvesTo(address))).toBe('private-address')
      expect(await find('https://hooks.example/', resolvesTo('8.8.8.8', address))).toBe('private-address')
      expect(await find('https://hooks.example/', resolvesTo(address, '8.8.8.8'))).toBe('private-address')
    },
  )

  it('is refused without encryption, with credentials, and where the name is nobody’s', async () => {
    const resolve = resolvesTo('8.8.8.8')
    expect(await find('http://hooks.example/', resolve)).toBe('not-https')
    expect(await find('ftp://hooks.example/', resolve)).toBe('not-https')
    expect(await find('https://name:word@hooks.example/', resolve)).toBe('credentials')
    expect(await find('https://name@hooks.example/', resolve)).toBe('credentials')
    expect(await find('https://hooks.example/', resolvesTo())).toBe('unknown-host')
    expect(await find('https://hooks.example/', noDns)).toBe('unknown-host')
    expect(await find('https://hooks.example:8443/x?y', resolve)).toMatchObject({ address: '8.8.8.8', family: 4 })
  })

  it('by the system’s resolver is refused at localhost', async () => {
    expect(await find('https://localhost/', Destination.resolveBySystem)).toBe('private-address')
  })

  it('may be this machine only where the API itself is on loopback, or it is said so', () => {
    const allowed = (publicUrl: string, privateWebhooks = false) =>
      Destination.isPrivateAllowed(testConfig({ publicUrl, privateWebhooks }))
    for (const url of ['http://localhost:4400', 'http://127.0.0.1:1', 'http://[::1]:1']) expect(allowed(url)).toBe(true)
    for (const url of ['https://medseal.example', 'https://127.0.0.1.example', 'http://10.0.0.1', 'http://0.0.0.0:1'])
      expect(allowed(url)).toBe(false)
    expect(allowed('https://medseal.example', true)).toBe(true)
  })
})

describe('a post', () => {
  it('goes to the address that was checked, whatever the name says by now', async () => {
    const receiver = await listen()
    const url = new URL(`http://no-such-host.invalid:${receiver.port}/hook?x=1`)
    const status = await Post.post({ url, address: '127.0.0.1', family: 4 }, { headers: {}, body: 'hello' })
    expect(status).toBe(200)
    expect(receiver.received).toMatchObject([{ body: 'hello', path: '/hook?x=1' }])
    expect(receiver.received[0]?.headers.host).toBe(`no-such-host.invalid:${receiver.port}`)
    await receiver.close()
  })

  it('has no answer where nobody listens, or not in time', async () => {
    const receiver = await listen()
    const destination = { url: new URL(receiver.url), address: '127.0.0.1', family: 4 } as const
    receiver.answer = () => {}
    expect(await Post.post(destination, { headers: {}, body: '', timeout: 200 })).toBeUndefined()
    receiver.answer = (response) => response.destroy()
    expect(await Post.post(destination, { headers: {}, body: '' })).toBeUndefined()
    receiver.answer = (response) => response.socket?.end('no HTTP at all\r\n\r\n')
    expect(await Post.post(destination, { headers: {}, body: '' })).toBeUndefined()
    await receiver.close()
    expect(await Post.post(destination, { headers: {}, body: '' })).toBeUndefined()
  })

  it('reads no more than it must of an answer without end', async () => {
    const receiver = await listen()
    let sent = 0
    receiver.answer = (response) => {
      const chunk = Buffer.alloc(16 * 1024)
      const pour = () => {
        while (!response.destroyed && response.write(chunk)) sent += chunk.length
      }
      response.on('drain', pour)
      pour()
    }
    const destination = { url: new URL(receiver.url), address: '127.0.0.1', family: 4 } as const
    expect(await Post.post(destination, { headers: {}, body: '' })).toBe(200)
    // What the sockets' buffers took comes on top.
    expect(sent).toBeLessThan(64 * 1024 * 1024)
    await receiver.close()
  })
})
