import type { Command } from 'commander'
import * as Audit from '../../chain/Audit.ts'
import * as AuditReport from '../../chain/AuditReport.ts'
import * as Chain from '../Chain.ts'
import * as ExitCode from '../ExitCode.ts'
import * as Leaf from '../Leaf.ts'
import * as Options from '../Options.ts'
import type * as Output from '../Output.ts'
import * as Progress from '../Progress.ts'

export function addTo(program: Command): void {
  Leaf.add<Required<Options.OnChain>, []>(program, {
    usage: 'audit',
    summary: 'Replays everything from the chain’s entries: roots, signals, proofs, hash chains.',
    detail: 'Trusts no contract’s word but the chain’s order. Exit code 3 when there are findings.',
    example: 'medseal audit --rpc http://localhost:8545 --deployment deployment.json',
    options: [...Options.chain({ mandatory: true })],
    act: async (options) => {
      let report: Audit.Report | undefined
      const replay = async () => {
        report = await Chain.use(options, Audit.replay)
      }
      await Progress.through([{ title: 'replay the entries and check every proof again', act: replay }])
      return told(report as unknown as Audit.Report)
    },
  })
}

function told(report: Audit.Report): Output.Answer {
  const { receipts, brokenTrails, entries } = report
  const isSound = AuditReport.isSound(report)
  const unsound = receipts.filter(({ findings }) => findings.length > 0)
  const text = [
    `${entries} audit entries, ${receipts.length} receipts: ${isSound ? 'every one sound' : 'NOT sound'}`,
    ...unsound.map(({ transactionHash, findings }) => `  ${transactionHash}: ${findings.join(', ')}`),
    ...brokenTrails.map((name) => `  ${name}: its trail does not chain`),
  ]
  return { data: AuditReport.toData(report), text, exitCode: isSound ? ExitCode.done : ExitCode.no }
}
