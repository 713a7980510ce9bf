import { useWallet } from './session.tsx'
import { useWords } from './words.ts'

/** What to call an issuer: what the chain says it is, or that it is one where the chain cannot be asked. */
export function useIssuerName(): (issuerId: string) => string {
  const { t, say } = useWords()
  const issuers = useWallet(['issuers'], (device) => device.call('issuers', undefined))
  return (issuerId) => {
    const found = issuers.data?.find((one) => one.issuerId === issuerId)
    return found ? t('issuerNumber', { roles: say.roles(found.roles), id: found.stakeholderId }) : t('unknownIssuer')
  }
}
