// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Nullifier} from "./Nullifier.sol";
import {RequestId} from "./RequestId.sol";
import {StakeholderId} from "./StakeholderId.sol";

/// @notice A patient's grant to one recipient; its id is its EIP-712 digest in the ConsentRegistry's domain.
struct Consent {
    RequestId requestId; // 0 for a standing consent, which is never valid for a proof
    StakeholderId recipientId;
    address patientKey; // May revoke; one per relationship
    Nullifier subject; // Counts only for a proof with this nullifier
    bytes32 detailsHash; // Hash of the words the patient agreed to
    uint64 notBefore; // Unix seconds, inclusive
    uint64 notAfter; // Unix seconds, exclusive
    uint32 uses; // 1 for a one-shot consent
    bytes32 salt; // Random, so that nobody guesses the id
}
