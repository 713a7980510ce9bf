import { Alert, Button, FileButton, Group, Stack } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import { useWords } from './words.ts'

/** Reads a QR code from the camera or a picture. The picture stays on the device. */
export function Scanner({ onRead }: { onRead: (text: string) => void }) {
  const { t } = useWords()
  const [isOn, setOn] = useState(false)
  const [problem, setProblem] = useState<'inbox.noCamera' | 'inbox.noCode'>()
  const read = (text: string) => {
    setOn(false)
    onRead(text)
  }
  return (
    <Stack>
      <Group>
        <Button
          variant={isOn ? 'default' : 'filled'}
          onClick={() => {
            setProblem(undefined)
            setOn(!isOn)
          }}
        >
          {t(isOn ? 'inbox.stopScan' : 'inbox.scan')}
        </Button>
        <FileButton
          accept="image/*"
          onChange={async (file) => {
            setProblem(undefined)
            const text = file && (await codeIn(await createImageBitmap(file).catch(() => undefined)))
            if (text) read(text)
            else setProblem('inbox.noCode')
          }}
        >
          {(props) => (
            <Button variant="default" {...props}>
              {t('inbox.picture')}
            </Button>
          )}
        </FileButton>
      </Group>
      {isOn && (
        <Camera
          onRead={read}
          onFail={() => {
            setOn(false)
            setProblem('inbox.noCamera')
          }}
        />
      )}
      {problem && (
        <Alert color="yellow" role="alert">
          {t(problem)}
        </Alert>
      )}
    </Stack>
  )
}

const framesApart = 200

function Camera({ onRead, onFail }: { onRead: (text: string) => void; onFail: () => void }) {
  const { t } = useWords()
  const video = useRef<HTMLVideoElement>(null)
  const report = useRef({ onRead, onFail })
  report.current = { onRead, onFail }
  useEffect(() => {
    let stream: MediaStream | undefined
    let isOver = false
    const watch = async () => {
      try {
        stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } })
        if (isOver || !video.current) return stop()
        video.current.srcObject = stream
        await video.current.play()
        while (!isOver) {
          const text = await codeIn(video.current)
          if (text && !isOver) return report.current.onRead(text)
          await new Promise((wake) => setTimeout(wake, framesApart))
        }
      } catch {
        if (!isOver) report.current.onFail()
      }
    }
    const stop = () => {
      for (const track of stream?.getTracks() ?? []) track.stop()
    }
    void watch()
    return () => {
      isOver = true
      stop()
    }
  }, [])
  return <video ref={video} muted playsInline aria-label={t('inbox.camera')} style={{ maxWidth: 420, width: '100%' }} />
}

/** The browser's own reader where it has one; a slow one of ours, loaded when wanted, elsewhere. */
async function codeIn(picture: HTMLVideoElement | ImageBitmap | undefined): Promise<string | undefined> {
  if (!picture) return undefined
  const own = await detected(picture).catch(() => undefined)
  if (own) return own
  const pixels = pixelsOf(picture)
  if (!pixels) return undefined
  // CommonJS, whose default export bundlers and types see at different depths.
  const module: unknown = await import('jsqr')
  const read = Reflect.get(module as object, 'default') as Reader
  return read(pixels.data, pixels.width, pixels.height)?.data || undefined
}

type Reader = (pixels: Uint8ClampedArray, width: number, height: number) => { readonly data: string } | null

type Detector = { detect(picture: HTMLVideoElement | ImageBitmap): Promise<readonly { readonly rawValue: string }[]> }

async function detected(picture: HTMLVideoElement | ImageBitmap): Promise<string | undefined> {
  const Detector: (new (options: { formats: string[] }) => Detector) | undefined = Reflect.get(self, 'BarcodeDetector')
  const [code] = Detector ? await new Detector({ formats: ['qr_code'] }).detect(picture) : []
  return code?.rawValue
}

/** No larger than a code needs: reading takes the main thread's time. */
const mostPixels = 640

function pixelsOf(picture: HTMLVideoElement | ImageBitmap): ImageData | undefined {
  const [fullWidth, fullHeight] =
    picture instanceof ImageBitmap ? [picture.width, picture.height] : [picture.videoWidth, picture.videoHeight]
  const scale = Math.min(1, mostPixels / Math.max(fullWidth, fullHeight))
  const [width, height] = [Math.floor(fullWidth * scale), Math.floor(fullHeight * scale)]
  if (width === 0 || height === 0) return undefined
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })
  context?.drawImage(picture, 0, 0, width, height)
  return context?.getImageData(0, 0, width, height)
}
