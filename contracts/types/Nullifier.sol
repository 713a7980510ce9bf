// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @notice Mark of one use by one person in one scope, a field element; 0 is never one.
type Nullifier is uint256;
