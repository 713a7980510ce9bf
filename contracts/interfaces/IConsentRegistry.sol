// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IAuditTrail} from "./IAuditTrail.sol";
import {Consent} from "../types/Consent.sol";
import {ConsentId} from "../types/ConsentId.sol";

/// @title What patients have withdrawn
/// @notice A one-shot consent is never registered: the proof that carries its id is the grant, and only its time and its
///         revocation are checked. The state is kept under (patientKey, id), so nobody revokes another's, and a
///         revocation works on any id, granted or not, known or not.
///
///         Audit entries, subject = consent id:
///         - "consent.revoked" (address patientKey)
interface IConsentRegistry is IAuditTrail {
    /// @notice Thrown when the consent was revoked before.
    error ConsentRegistry_AlreadyRevoked(address patientKey, ConsentId id);
    /// @notice Thrown when a revocation is not signed by the patient's key.
    error ConsentRegistry_InvalidSignature(address patientKey);

    /// @notice Withdraws the caller's consent: proofs already made with it are refused from now on.
    function revoke(ConsentId id) external;

    /// @notice The same, signed by the patient's key and carried by anyone: EIP-712 Revocation(bytes32 consentId).
    /// @dev No nonce and no deadline on purpose: a revocation is for good, so there is nothing to replay.
    function revokeBySignature(address patientKey, ConsentId id, bytes calldata signature) external;

    /// @notice When it was revoked, in Unix seconds; 0 where it was not.
    function revokedAt(address patientKey, ConsentId id) external view returns (uint256);

    function consentId(Consent calldata consent) external view returns (ConsentId);

    function domainSeparator() external view returns (bytes32);
}
