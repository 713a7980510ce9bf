// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @notice View calls of two words in and one out, for about half of what the compiler's own cost.
/// @dev NOTE: trusts the caller with the selector's types, and that the target is one of this project's contracts. What
///      the target reverts with is passed on.
library Ask {
    function word(address target, bytes4 selector, uint256 first, uint256 second) internal view returns (uint256 answer) {
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore(free, selector)
            mstore(add(free, 0x04), first)
            mstore(add(free, 0x24), second)
            if iszero(staticcall(gas(), target, free, 0x44, 0x00, 0x20)) {
                returndatacopy(free, 0, returndatasize())
                revert(free, returndatasize())
            }
            answer := mload(0x00)
        }
    }
}
