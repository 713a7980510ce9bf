// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @notice Poseidon hash of a policy's words, a field element; 0 is never one.
type PolicyHash is uint256;
