// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @notice What is allowed on a developer's own chain only: delays that are shorter than the ones named.
library LocalChain {
    /// @notice Thrown off local chains when a delay, in seconds, is under its minimum.
    error LocalChain_DelayTooShort(uint256 delay, uint256 minimum);

    /// @dev Chain id of Hardhat's and Anvil's development chains.
    uint256 internal constant ID = 31337;

    function requireDelay(uint256 delay, uint256 minimum) internal view {
        if (block.chainid != ID && delay < minimum) revert LocalChain_DelayTooShort(delay, minimum);
    }
}
