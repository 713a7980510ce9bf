// Packages that carry no types where this project's module resolution looks for them.

declare module '@zk-kit/incremental-merkle-tree' {
  export class IncrementalMerkleTree {
    constructor(
      hash: (children: bigint[]) => bigint,
      depth: number,
      zeroValue: bigint,
      arity: number,
      leaves?: bigint[],
    )
    get root(): bigint
    get leaves(): bigint[]
    insert(leaf: bigint): void
    update(index: number, leaf: bigint): void
    createProof(index: number): { leaf: bigint; siblings: bigint[][]; pathIndices: number[] }
  }
}
