// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {PoseidonT5} from "poseidon-solidity/PoseidonT5.sol";
import {Parameters} from "../generated/Parameters.sol";

/// @notice Poseidon Merkle tree of arity 4 and depth 6 with every node stored, so that an update names only a position
///         and two updates in one block both succeed. An empty leaf is 0.
/// @dev Nodes are keyed by level << 16 | index; level 0 are the leaves, level 6 is the root.
library IssuerTree {
    function update(mapping(uint256 => uint256) storage nodes, uint256 position, uint256 leaf)
        internal
        returns (uint256 node)
    {
        node = leaf;
        uint256 index = position;
        for (uint256 level; level < Parameters.TREE_DEPTH; ++level) {
            nodes[(level << 16) | index] = node;
            uint256 first = index & ~uint256(3);
            uint256[4] memory children;
            for (uint256 i; i < 4; ++i) {
                children[i] = first + i == index ? node : nodeAt(nodes, level, first + i);
            }
            node = PoseidonT5.hash(children);
            index >>= 2;
        }
        nodes[Parameters.TREE_DEPTH << 16] = node;
    }

    /// @dev No inner node is ever 0, so 0 there means that nothing was inserted below it.
    function nodeAt(mapping(uint256 => uint256) storage nodes, uint256 level, uint256 index)
        internal
        view
        returns (uint256 node)
    {
        node = nodes[(level << 16) | index];
        if (node == 0) node = emptyAt(level);
    }

    /// @dev emptyAt(0) = 0 and emptyAt(i + 1) = Poseidon of four times emptyAt(i); the test ROOT-2 recomputes them.
    function emptyAt(uint256 level) internal pure returns (uint256) {
        if (level == 0) return 0;
        if (level == 1) return 2351654555892372227640888372176282444150254868378439619268573230312091195718;
        if (level == 2) return 13867732332339151465497925642082178974038372652152621168903203076445231043372;
        if (level == 3) return 12482638920258770416445069396084160696706909713694235655126678204295434816978;
        if (level == 4) return 7166733538749145097044835779501529184583030407883999216862943858482812218900;
        if (level == 5) return 8105111289764799261118761045803039859349056024712051667352901171623997110135;
        return 12848805869306190323636404927060402794679102677145469772979902111093008224192;
    }
}
