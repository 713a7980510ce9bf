// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Nullifier} from "./Nullifier.sol";

/// @notice What a one-shot consent adds to the submission that carries it; see IConsentRegistry for the whole struct.
struct ConsentTerms {
    address patientKey; // May revoke; 0 means no consent
    Nullifier subject; // The nullifier this patient shows for this request
    bytes32 detailsHash; // Hash of the words the patient agreed to
    uint64 notBefore; // Unix seconds, inclusive
    uint64 notAfter; // Unix seconds, exclusive
    bytes32 salt;
}
