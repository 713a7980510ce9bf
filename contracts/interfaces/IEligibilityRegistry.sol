// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IAuditTrail} from "./IAuditTrail.sol";
import {EligibilitySignals} from "../generated/Signals.sol";
import {ConsentId} from "../types/ConsentId.sol";
import {ConsentTerms} from "../types/ConsentTerms.sol";
import {IssuersRoot} from "../types/IssuersRoot.sol";
import {Nullifier} from "../types/Nullifier.sol";
import {PolicyHash} from "../types/PolicyHash.sol";
import {PolicyId} from "../types/PolicyId.sol";
import {Request} from "../types/Request.sol";
import {RequestId} from "../types/RequestId.sol";
import {StakeholderId} from "../types/StakeholderId.sol";
import {Submission} from "../types/Submission.sol";

/// @title Checked answers to requests
/// @notice Public signals, in order: nullifier, issuersRoot, policyHash, context, occasion.
///         - scope    = first 160 bits of keccak256(abi.encode(keccak256("Medseal scope"), chainId, this contract,
///                      recipientId, program, or the request's id where program is 0))
///         - occasion = scope << 87 | yyyymmdd << 60 | (day + 2^17) << 40
///         - payload  = keccak256(abi.encode(keccak256("Medseal eligibility payload"), part))
///         - context  = keccak256(abi.encode(keccak256("Medseal eligibility context"), chainId, this contract,
///                      verifierVersion, requestId, consentId, payload, deadline)) modulo the field order
///         Spent under kind "eligibility": keccak256(abi.encode(this contract, scope, part, nullifier)), marked with the
///         request's id.
///
///         Audit entries:
///         - "eligibility.verified" (uint256 recipientId, uint256 program, bytes32 consentId, uint256 policyHash,
///           uint256 part, bytes32 kind, uint32 verifierVersion, uint256 deadline, uint256 day, uint256 nullifier,
///           uint256 issuersRoot, Proof proof), subject = request id: the receipt, from which everything above is
///           computed again and the proof is checked again
interface IEligibilityRegistry is IAuditTrail {
    /// @notice A batch went on without this submission; `refusal` is the error it would have reverted with alone.
    event SubmissionSkipped(uint256 indexed index, Nullifier indexed nullifier, bytes refusal);

    /// @notice Thrown when the circuit is none of eligibility-s, -m and -l.
    error EligibilityRegistry_UnknownKind(bytes32 kind);
    /// @notice Thrown when a request is answered at or after its end, in Unix seconds.
    error EligibilityRegistry_RequestExpired(uint256 expiresAt);
    /// @notice Thrown when the submission arrives after its own deadline, in Unix seconds.
    error EligibilityRegistry_DeadlinePassed(uint256 deadline);
    /// @notice Thrown when the request has no such part.
    error EligibilityRegistry_NoSuchPart(uint256 part, uint256 parts);
    /// @notice Thrown when the nullifier is 0.
    error EligibilityRegistry_NoNullifier();
    /// @notice Thrown when the recipient is not registered.
    error EligibilityRegistry_UnknownRecipient(StakeholderId recipientId);
    /// @notice Thrown when the recipient is suspended.
    error EligibilityRegistry_RecipientSuspended(StakeholderId recipientId);
    /// @notice Thrown when none of the recipient's roles may ask for the purpose.
    error EligibilityRegistry_PurposeNotAllowed(bytes32 purpose, uint16 roles);
    /// @notice Thrown when the request is not signed by the recipient's key.
    error EligibilityRegistry_InvalidRequestSignature(StakeholderId recipientId, address key);
    /// @notice Thrown when the issuers' root was never published, has expired, or its epoch has.
    error EligibilityRegistry_UnknownRoot(IssuersRoot root);
    /// @notice Thrown when the proof's today is more than a day from the block's, both in days since 1970-01-01.
    error EligibilityRegistry_WrongDay(uint256 day, uint256 today);
    /// @notice Thrown when the program is not an entry of this recipient's, published oncePerPerson, whose policy is
    ///         the request's only one.
    error EligibilityRegistry_UnfitProgram(PolicyId program);
    /// @notice Thrown when the request asks for a consent and none is there.
    error EligibilityRegistry_ConsentRequired();
    /// @notice Thrown when the consent is for another nullifier than the proof's.
    error EligibilityRegistry_ConsentOfAnother(Nullifier subject, Nullifier nullifier);
    /// @notice Thrown before the consent's notBefore and from its notAfter on, in Unix seconds.
    error EligibilityRegistry_ConsentNotInTime(uint256 notBefore, uint256 notAfter);
    /// @notice Thrown when the patient has revoked the consent.
    error EligibilityRegistry_ConsentRevoked(ConsentId consentId);
    /// @notice Thrown when the verifier refuses the proof, or one of a batch.
    error EligibilityRegistry_InvalidProof();
    /// @notice Thrown when a batch has submissions of more than one kind or version.
    error EligibilityRegistry_MixedBatch(uint256 index);

    /// @notice Checks an answer, spends its nullifier and leaves a receipt. Open to anyone who carries it: everything
    ///         that matters is bound into the proof.
    function verify(Submission calldata submission) external;

    /// @notice The same for many of one kind and version, with one pairing check. A submission that may not be used,
    ///         spent ones included, is skipped and told by SubmissionSkipped.
    /// @dev Warning: one invalid proof reverts the whole batch; whoever batches strangers' proofs checks them first.
    function verifyBatch(Submission[] calldata submissions) external;

    /// @notice Whether every part of the request has been met by the person behind this nullifier, for this request.
    function isMet(Request calldata request, Nullifier nullifier) external view returns (bool);

    /// @notice EIP-712 digest of the request in this contract's domain: what the recipient signs.
    function requestId(Request calldata request) external view returns (RequestId);

    function scopeOf(Request calldata request) external view returns (uint160);

    /// @notice Id of the consent that the terms make for this request; 0 where there is none.
    function consentId(Request calldata request, ConsentTerms calldata terms) external view returns (ConsentId);

    /// @notice The public signals the submission's proof is checked against.
    function signalsOf(Submission calldata submission) external view returns (EligibilitySignals memory);

    function domainSeparator() external view returns (bytes32);
}
