/** One pass of a relayer in a process of its own, which dies without a word at the step it is told. */
import * as Follower from '../../../src/chain/Follower.ts'
import * as Relayer from '../../../src/chain/Relayer.ts'
import { open } from '../../../src/storage/open.ts'
import * as Dock from '../dock.ts'

type Order = {
  readonly databaseUrl: string
  readonly rpcUrl: string
  readonly network: { readonly chainId: string; readonly fromBlock: number; readonly addresses: never }
  readonly holder: string
  /** A step of the relayer, or 'following': in the middle of writing what was followed. */
  readonly stopAt: Relayer.Step | 'following' | 'never'
}

const order: Order = JSON.parse(process.argv[2] ?? '')
const die = () => process.kill(process.pid, 'SIGKILL')
const storage = await open(order.databaseUrl, { connections: 2 })
const provider = Dock.connect(order.rpcUrl)
const network = { ...order.network, chainId: BigInt(order.network.chainId), provider }

const following = Dock.following({ network }, storage, {
  holder: order.holder,
  announce: {
    ...Dock.announcing(),
    emit: async () => {
      if (order.stopAt === 'following') die()
    },
  },
})
const relaying = Dock.relaying({ network }, storage, {
  holder: order.holder,
  onStep: (step) => {
    if (step === order.stopAt) die()
  },
})
for (let turn = 0; turn < 4; turn++) {
  while ((await Follower.step(following)) === 'more') {
    // To the tip.
  }
  await Relayer.pass(relaying)
}
await Follower.leave(following)
await Relayer.leave(relaying)
provider.destroy()
await storage.close()
