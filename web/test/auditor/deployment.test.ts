import * as DeploymentFile from '@medseal/prover/files/DeploymentFile'
import * as Form from '@medseal/prover/files/Form'
import { expect, test } from 'vitest'
import * as Deployment from '../../src/auditor/Deployment.ts'

const address = (digit: string) => `0x${digit.repeat(40)}`
const own = {
  chainId: 31337n,
  fromBlock: 4,
  addresses: {
    StakeholderRegistry: address('a'),
    VerifierRegistry: address('b'),
    PolicyRegistry: address('c'),
    ConsentRegistry: address('d'),
    NullifierStore: address('e'),
    EligibilityRegistry: address('f'),
  },
}

test('a deployment file is read as the command line writes it', async () => {
  expect(await Deployment.parse(Form.write(DeploymentFile.kind.tag, own))).toEqual(own)
  await expect(Deployment.parse('{"medseal":"record/1"}')).rejects.toThrow(Form.BrokenError)
})

test('the same deployment, however its addresses are written, is replayed', () => {
  const named = { ...own, addresses: { ...own.addresses, PolicyRegistry: `0x${'C'.repeat(40)}` } }
  expect(() => Deployment.compare(own, named)).not.toThrow()
  expect(Deployment.nameOf(named)).toBe(Deployment.nameOf(own))
})

test.each([
  ['Chain', { ...own, chainId: 1n }],
  ['First block', { ...own, fromBlock: 5 }],
  ['NullifierStore', { ...own, addresses: { ...own.addresses, NullifierStore: address('0') } }],
])('another one is not: %s', (of, named) => {
  expect(Deployment.differences(own, named).map((each) => each.of)).toEqual([of])
  expect(() => Deployment.compare(own, named)).toThrow(Deployment.OtherError)
})
