import { writeFileSync } from 'node:fs'
import { toCircom, toSolidity, toTypeScript } from './parameters.ts'

writeFileSync('circuits/generated/parameters.circom', toCircom())
writeFileSync('contracts/generated/Parameters.sol', toSolidity())
writeFileSync('prover/src/generated/parameters.ts', toTypeScript())
