// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Nullifier} from "./Nullifier.sol";

/// @notice What a one-shot consent adds to the submission that carries it; see IConsentRegistry for the whole struct.
struct ConsentTerms {
    address patientKey; // May revoke; 0 means no consent
    Nullifier subject; // The nullifier this patient shows for this request
    bytes32 detailsHash; // Hash of the words the patient agreed to
    uint256 notBefore; // Unix seconds, signed as uint64, inclusive
    uint256 notAfter; // Unix seconds, signed as uint64, exclusive
    bytes32 salt;
}
