import { Argument, type Command } from 'commander'
import * as Completion from '../Completion.ts'
import * as Leaf from '../Leaf.ts'

export function addTo(program: Command): void {
  Leaf.add<object, [Completion.Shell]>(program, {
    usage: 'completion',
    operands: [new Argument('<shell>', 'which one').choices(Completion.shells)],
    summary: 'Prints what makes a shell complete medseal’s commands, options and files.',
    example: 'source <(medseal completion bash)',
    act: (_, shell) => {
      const script = Completion.scriptOf(shell)
      return { data: { shell, script }, text: [script] }
    },
  })
  // What the scripts ask; the word being completed comes last, and may be empty.
  program
    .command('complete', { hidden: true })
    .argument('[words...]')
    .allowUnknownOption()
    .helpOption(false)
    .action((words: string[]) => {
      for (const { word, about } of Completion.candidates(program, words)) process.stdout.write(`${word}\t${about}\n`)
    })
}
