// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @notice Keys of mappings that have two parts: one hash of both instead of one each.
library Slots {
    function keyOf(bytes32 first, bytes32 second) internal pure returns (bytes32 key) {
        assembly ("memory-safe") {
            mstore(0x00, first)
            mstore(0x20, second)
            key := keccak256(0x00, 0x40)
        }
    }
}
