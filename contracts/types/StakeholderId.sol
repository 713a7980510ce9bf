// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @notice Number of a registered stakeholder: 1, 2, 3, ...; 0 is nobody.
type StakeholderId is uint256;
