// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @notice EIP-712 digest of a consent; 0 where a request needs none.
type ConsentId is bytes32;
