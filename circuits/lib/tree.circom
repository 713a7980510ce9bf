pragma circom 2.2.0;

include "circomlib/circuits/poseidon.circom";

/// @notice Root of the tree of arity 4 in which `leaf` sits at a position.
/// @dev Records, status lists and issuers are all such trees: same arity, same depth, same hash as
///      @zk-kit/incremental-merkle-tree with Poseidon over four children.
/// @param depth Levels; 6 hold 4,096 leaves. Fixed, so a node cannot pass for a leaf.
/// @input position Two bits a level, from the leaf up, lowest first.
/// @input children All four children of each node on the way up, from the leaf up.
template TreeRoot(depth) {
    signal input leaf;
    signal input {binary} position[2 * depth];
    signal input children[depth][4];
    signal output root;

    signal node[depth + 1];
    signal lowPair[depth];
    signal highPair[depth];
    node[0] <== leaf;
    for (var level = 0; level < depth; level++) {
        // 1. The node so far is the child at its position ...
        lowPair[level] <== children[level][0] + position[2 * level] * (children[level][1] - children[level][0]);
        highPair[level] <== children[level][2] + position[2 * level] * (children[level][3] - children[level][2]);
        position[2 * level + 1] * (highPair[level] - lowPair[level]) === node[level] - lowPair[level];
        // 2. ... of the node above.
        node[level + 1] <== Poseidon(4)(children[level]);
    }
    root <== node[depth];
}
