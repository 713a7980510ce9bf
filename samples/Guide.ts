import { relative } from 'node:path'
import * as Keys from './Keys.ts'
import type { Service } from './Service.ts'

/** What is said once everything runs: where, and what to click first in whose place. */
export function text({ origin, town, requests }: Service): string {
  const { handout } = town
  const near = (path: string) => relative(process.cwd(), path)
  const [adela, dorian, clara] = handout.patients
  const [diabetes, cardiovascular] = requests
  const lines = [
    `Medseal runs at ${origin}`,
    '',
    `Patient     ${origin}/wallet`,
    '            Restore a wallet with the words below, receive the credential file, open the link to a request.',
    ...[adela, dorian, clara].flatMap((patient) =>
      patient
        ? [
            `            ${capital(patient.name)}: ${near(patient.credential)}`,
            ...wrapped(Keys.wordsOf(patient.name), 72).map((words) => `              ${words}`),
          ]
        : [],
    ),
    `            Adela can prove this:  ${diabetes?.link}`,
    `            Dorian can prove this: ${cardiovascular?.link}`,
    '            Clara meets neither: her device says so, and sends nothing.',
    `Insurer     ${origin}/insurer       with ${near(handout.account('insurer'))}`,
    '            Open a request, show its link or QR code to a patient, watch the result arrive.',
    `Hospital    ${origin}/issuer        with ${near(handout.account('hospital'))},`,
    `            ${near(handout.desk)} and ${near(handout.signingKey)}`,
    '            Issue records from the FHIR bundles in samples/patients.',
    `Registrar   ${origin}/registrar     with ${near(handout.account('registrar'))}`,
    '            Verify somebody new, suspend somebody.',
    `Auditor     ${origin}/auditor`,
    '            Needs no key. Check every receipt again in the browser.',
    `Programs    ${origin}/docs`,
    '',
    'The keys are published samples, good on the chain of this machine and nowhere else. A new passphrase is yours to',
    'choose wherever one is asked for. Ctrl-C stops everything; the next npm start goes on where it was, --fresh forgets.',
  ]
  return lines.join('\n')
}

function capital(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1)
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + word.length < width) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}
