import { existsSync } from 'node:fs'
import type { Command } from 'commander'
import { fileNames } from '../../engine/Engine.ts'
import { circuits } from '../../generated/circuits.ts'
import * as BuiltCircuits from '../BuiltCircuits.ts'
import * as Chain from '../Chain.ts'
import * as ExitCode from '../ExitCode.ts'
import * as Leaf from '../Leaf.ts'
import * as Options from '../Options.ts'
import * as Output from '../Output.ts'
import * as ValueSets from '../ValueSets.ts'

type Given = Options.OnChain & { readonly artifacts?: string; readonly valueSets?: string }

/** How one thing stands, and what to do where it does not. */
type Finding = { readonly about: string; readonly state: 'ok' | 'fail' | 'skipped'; readonly says: string }

/** Looks at one thing: what there is to say where it is well; an error, with what to do, where it is not. */
type Look = { readonly about: string; readonly remedy: string; readonly look: () => Promise<string> | string }

export function addTo(program: Command): void {
  Leaf.add<Given, []>(program, {
    usage: 'doctor',
    summary: 'Looks whether everything is there that the other commands need, and says what to do.',
    detail: 'Exit code 1 when something is amiss.',
    example: 'medseal doctor',
    options: [Options.artifacts(), Options.valueSets(), ...Options.chain()],
    act: async (options) => {
      const findings: Finding[] = []
      for (const look of looksAt(options)) findings.push(await examine(look))
      if (options.rpc === undefined) findings.push({ about: 'chain', state: 'skipped', says: 'none named (--rpc)' })
      const isWell = findings.every(({ state }) => state !== 'fail')
      const rows = findings.map(({ about, state, says }) => [state, about, says])
      return {
        data: { well: isWell, findings },
        text: Output.table(rows),
        exitCode: isWell ? ExitCode.done : ExitCode.failed,
      }
    },
  })
}

async function examine({ about, remedy, look }: Look): Promise<Finding> {
  try {
    return { about, state: 'ok', says: await look() }
  } catch (cause) {
    return { about, state: 'fail', says: `${Output.describe(cause)} ${remedy}` }
  }
}

function looksAt(options: Given): readonly Look[] {
  return [
    { about: 'Node', remedy: 'Install Node 22 or newer.', look: nodeVersion },
    ...BuiltCircuits.names.map((name) => ({
      about: name,
      remedy: 'Build the circuits: npm run build.',
      look: async () => {
        await BuiltCircuits.source(options.artifacts)(name, fileNames)
        return `built, of the pinned hashes, ${circuits[name].class} key`
      },
    })),
    {
      about: 'value sets',
      remedy: 'Name their folder: --value-sets.',
      look: () => {
        const { byName, edition } = ValueSets.load(options.valueSets)
        return `${byName.size} sets, edition ${edition}`
      },
    },
    { about: 'FHIR bundles', remedy: 'Unset MEDSEAL_FHIR_DIR or make that folder.', look: fhirFolder },
    ...(options.rpc === undefined ? [] : [chainLook(options)]),
  ]
}

function chainLook(options: Given): Look {
  return {
    about: 'chain',
    remedy: 'Is the node running, and the deployment the one of this chain?',
    look: async () => {
      if (!Chain.isNamed(options)) return ''
      return Chain.use(options, async ({ chainId, addresses, provider }) => {
        for (const [name, address] of Object.entries(addresses)) {
          if ((await provider.getCode(address)) === '0x') throw new Chain.NotDeployedError({ name })
        }
        return `chain ${chainId}, every contract is there, block ${await provider.getBlockNumber()}`
      })
    },
  }
}

/** Numbers of a document are kept as written since Node 22, and TypeScript runs as it is since 22.18. */
function nodeVersion(): string {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major < 22 || (major === 22 && minor < 18)) throw new OldNodeError()
  return process.versions.node
}

/** Only the tests need the bundles. */
function fhirFolder(): string {
  const folder = process.env.MEDSEAL_FHIR_DIR
  if (folder !== undefined && !existsSync(folder)) throw new NoFolderError()
  return folder === undefined ? 'MEDSEAL_FHIR_DIR is not set, which only tests would read' : 'the folder is there'
}

/** This Node is too old. */
export class OldNodeError extends Error {
  override readonly name = 'Doctor.OldNodeError'
  constructor() {
    super(`Node ${process.versions.node} is too old.`)
  }
}

/** MEDSEAL_FHIR_DIR names no folder. */
export class NoFolderError extends Error {
  override readonly name = 'Doctor.NoFolderError'
  constructor() {
    super('MEDSEAL_FHIR_DIR names no folder.')
  }
}
