import { Image } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import * as Session from '../shared/session/Session.ts'
import { Loaded } from '../shared/ui/Loaded.tsx'

/** The link of an open request, for a phone's camera. White around it in both schemes: cameras need the contrast. */
export function QrCode({ requestId }: { requestId: string }) {
  const query = useQuery({
    queryKey: ['insurer', 'qr', requestId],
    queryFn: () => Session.text(`/v1/requests/${requestId}/qr.svg`),
    staleTime: Number.POSITIVE_INFINITY,
  })
  return (
    <Loaded query={query}>
      {(svg) => (
        <Image
          src={`data:image/svg+xml,${encodeURIComponent(svg)}`}
          alt="QR code of the link"
          w={220}
          h={220}
          p="xs"
          bg="white"
          radius="md"
        />
      )}
    </Loaded>
  )
}
