import { Alert, Text } from '@mantine/core'
import type * as Audit from '@medseal/prover/chain/Audit'
import * as AuditReport from '@medseal/prover/chain/AuditReport'

/** The whole report in one sentence. */
export function Soundness({ report }: { report: Audit.Report }) {
  const isSound = AuditReport.isSound(report)
  const { entries, receipts, brokenTrails } = report
  const unsound = receipts.filter(({ findings }) => findings.length > 0).length
  return (
    <Alert color={isSound ? 'teal' : 'red'} title={isSound ? 'Everything is sound' : 'Not sound'} mb="md" role="status">
      <Text size="sm">
        {entries} audit entries, {receipts.length} receipts.{' '}
        {isSound
          ? 'Every proof holds, every trail chains.'
          : `${unsound} receipts with findings. Trails that do not chain: ${brokenTrails.join(', ') || 'none'}.`}
      </Text>
    </Alert>
  )
}
