/** A process that starts an embedded chain, mines two blocks, keeps the first, and dies without a word. */
import * as EmbeddedChain from '../../../src/chain/EmbeddedChain.ts'
import { connect } from '../dock.ts'

const chain = await EmbeddedChain.start({ folder: process.argv[2] ?? '', saveEverySeconds: 600 })
const provider = connect(chain.rpcUrl)
await provider.send('evm_mine', [])
await chain.save()
await provider.send('evm_mine', [])
process.stdout.write(`${chain.pid()}\n`, () => process.kill(process.pid, 'SIGKILL'))
