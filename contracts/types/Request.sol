// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {PolicyHash} from "./PolicyHash.sol";
import {PolicyId} from "./PolicyId.sol";
import {StakeholderId} from "./StakeholderId.sol";

/// @notice A recipient's question, signed by its registered key; reaches the chain only when it is used.
struct Request {
    StakeholderId recipientId;
    PolicyHash[] policyHashes; // One part each; all parts tie to one nullifier
    PolicyId program; // 0, or an entry of the recipient's that says oncePerPerson
    bytes32 purpose; // HL7 PurposeOfUse code, ASCII, left-aligned
    bool consentRequired; // Whether a proof must carry a consent that can be withdrawn
    uint256 expiresAt; // Unix seconds, signed as uint64; answered strictly before
    uint256 nonce; // Makes two equal questions two requests
}
