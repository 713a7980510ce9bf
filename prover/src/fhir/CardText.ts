/** Parts of one card, cards of one file, and characters of it that are read. */
export const mostParts = 100
export const mostCards = 100
export const longestText = 8 * 1024 * 1024

/**
 * The cards (compact JWS) in what a patient shows: the texts of their QR codes in any order, a `.smart-health-card`
 * file, or a card itself. Nothing of them is checked.
 * @throws {NotCardsError} naming the broken rule.
 */
export function cardsIn(shown: string | readonly string[]): readonly string[] {
  const texts = (typeof shown === 'string' ? [shown] : shown).map((text) => text.trim())
  if (texts.length > mostParts) refuse(`come in at most ${mostParts} parts`)
  if (texts.some(({ length }) => length > longestText)) refuse(`have at most ${longestText} characters`)
  const codes = texts.filter((text) => /^shc:\//i.test(text))
  const others = texts.filter((text) => !/^shc:\//i.test(text))
  return [...inCodes(codes), ...others.flatMap((text) => (text.startsWith('{') ? inFile(text) : [text]))]
}

/** A code holds a whole card, or a numbered part of the one card that is shown in parts. */
function inCodes(codes: readonly string[]): readonly string[] {
  const whole: string[] = []
  const parts = new Map<number, string>()
  let total: number | undefined
  for (const code of codes) {
    const match = /^shc:\/(?:(\d{1,3})\/(\d{1,3})\/)?((?:\d\d)+)$/i.exec(code)
    if (!match) refuse('are digits in pairs after "shc:/" or "shc:/<part>/<parts>/"')
    const [, part, parted, digits = ''] = match
    if (part === undefined) {
      whole.push(lettersOf(digits))
      continue
    }
    total ??= Number(parted)
    if (Number(parted) !== total || Number(part) < 1 || Number(part) > total) refuse('have parts of one card only')
    const letters = lettersOf(digits)
    if ((parts.get(Number(part)) ?? letters) !== letters) refuse('have each part once')
    parts.set(Number(part), letters)
  }
  if (total === undefined) return whole
  if (parts.size !== total) refuse('have all their parts')
  const inOrder = [...parts].sort(([a], [b]) => a - b).map(([, letters]) => letters)
  return [...whole, inOrder.join('')]
}

/** Two digits are a character's code less 45, that of "-", the lowest a JWS has. */
function lettersOf(digits: string): string {
  const letters = digits.replace(/\d\d/g, (pair) => String.fromCharCode(Number(pair) + 45))
  if (!/^[\w.-]+$/.test(letters)) refuse('have only characters of a JWS')
  return letters
}

function inFile(text: string): readonly string[] {
  let file: unknown
  try {
    file = JSON.parse(text)
  } catch {
    // The engine's own message quotes the text.
    refuse('are JSON in a file')
  }
  const cards = (file as { readonly verifiableCredential?: unknown }).verifiableCredential
  if (!Array.isArray(cards) || cards.length === 0 || cards.length > mostCards)
    refuse(`stand in verifiableCredential, 1 to ${mostCards} of them`)
  return cards.map((card) => (typeof card === 'string' ? card : refuse('are texts in verifiableCredential')))
}

function refuse(rule: string): never {
  throw new NotCardsError({ rule })
}

/** The texts hold no SMART Health Cards. They are not repeated: they are medical records. */
export class NotCardsError extends Error {
  override readonly name = 'CardText.NotCardsError'
  constructor({ rule }: { rule: string }) {
    super(`Not SMART Health Cards: they ${rule}.`)
  }
}
