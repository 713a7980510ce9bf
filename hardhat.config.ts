import { fileURLToPath } from 'node:url'
import { defineConfig } from 'hardhat/config'

/** The npm compiler, so that nothing is downloaded; Cancun for MCOPY. */
const solidity = {
  version: '0.8.37',
  path: fileURLToPath(import.meta.resolve('solc/soljson.js')),
  settings: { optimizer: { enabled: true, runs: 1_000_000 }, evmVersion: 'cancun' },
}

/** Through the IR: slower to compile and about 1,500 gas less a proof, so only what every proof passes through. */
const hot = { ...solidity, settings: { ...solidity.settings, viaIR: true } }

const hotContracts = ['EligibilityRegistry', 'ConsentRegistry', 'NullifierStore']

export default defineConfig({
  solidity: {
    compilers: [solidity],
    overrides: Object.fromEntries(hotContracts.map((name) => [`contracts/${name}.sol`, hot])),
    npmFilesToBuild: ['poseidon-solidity/PoseidonT5.sol'],
  },
  paths: { sources: './contracts', artifacts: './.cache/artifacts', cache: './.cache/hardhat' },
  networks: {
    local: { type: 'edr-simulated', chainType: 'l1', chainId: 31337, hardfork: 'osaka' },
    // Not local: here the constructors hold to their delays and refuse development verifiers.
    public: { type: 'edr-simulated', chainType: 'l1', chainId: 11155111, hardfork: 'osaka' },
  },
})
