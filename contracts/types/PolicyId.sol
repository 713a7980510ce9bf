// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {StakeholderId} from "./StakeholderId.sol";

/// @notice Number of a published policy: publisher's id << 32 | version; 0 is none.
type PolicyId is uint256;

using {publisher} for PolicyId global;

function publisher(PolicyId id) pure returns (StakeholderId) {
    return StakeholderId.wrap(PolicyId.unwrap(id) >> 32);
}
