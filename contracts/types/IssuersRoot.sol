// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @notice Root of the issuer tree, a field element; 0 is never a root.
type IssuersRoot is uint256;
