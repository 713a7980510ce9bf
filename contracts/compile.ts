import hre from 'hardhat'

/** Compiles what has changed in `contracts/`, into `.cache/`. */
export async function compileContracts(): Promise<void> {
  await hre.tasks.getTask('build').run({ quiet: true })
}
